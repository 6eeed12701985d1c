"""The Protocols that backends implement and the frozen values that pass between them.

One pattern holds throughout: whatever is timed has one whole call (``load``, ``run``, ``draw``) and a
``stages()`` that returns the same work cut into named pieces. The whole call is its stages in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from framegate.errors import UsageError

if TYPE_CHECKING:
    from framegate.gl.functions import GLFunctions

Array = NDArray[Any]
Pixels = NDArray[np.uint8]
Float32 = NDArray[np.float32]


class Stage(NamedTuple):
    """A timed part of a longer way: ``call`` takes what the stage before returned."""

    name: str
    call: Callable[[Any], Any]


Stages = tuple[Stage, ...]


class Size(NamedTuple):
    """Height and width in pixels. As text: ``256`` for a square, else ``WIDTHxHEIGHT`` (``640x480``)."""

    height: int
    width: int

    def __str__(self) -> str:
        return str(self.width) if self.height == self.width else f"{self.width}x{self.height}"

    @classmethod
    def parse(cls, text: str) -> Size:
        """Read ``256`` or ``640x480`` (width x height).

        Raises:
            UsageError: if the text is neither, or a side is not in 1..16384.
        """
        parts = text.strip().lower().split("x")
        if len(parts) > 2 or not all(part.isascii() and part.isdigit() for part in parts):
            raise UsageError(f"size {text!r} is not a size; write 256 or 640x480 (width x height)")
        width, height = int(parts[0]), int(parts[-1])
        if not (1 <= width <= 16384 and 1 <= height <= 16384):
            raise UsageError(f"size {text!r} is out of range; each side is 1 to 16384 pixels")
        return cls(height, width)


@dataclass(frozen=True)
class TensorInfo:
    """Name, shape (``None`` where a dimension is dynamic) and numpy dtype name of an input or output."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str

    def __str__(self) -> str:
        dims = "x".join("?" if dim is None else str(dim) for dim in self.shape)
        return f"{self.name}: {self.dtype} [{dims}]"


Range = tuple[float, float]


@dataclass(frozen=True)
class ModelSpec:
    """Where a model comes from, before anything is read.

    Attributes:
        name: short name, used in test ids and stored results.
        source: name of the model source (``"path"``, ``"npm"``, ``"pix2pix"``, or a plugin's).
        locator: what the source needs to find it: a path, ``NAME@VERSION#path/in/package``, …
        options: further keys of the spec, for the source alone (``sha512``, ``filters``, …).
        sizes: input sizes the default matrix runs; empty means what model.json says.
        input_range: value range the model expects, e.g. ``(-1, 1)`` or ``(0, 255)``; None means guess.
        output_range: value range the model returns; None means guess.
    """

    name: str
    source: str
    locator: str
    options: Mapping[str, object] = field(default_factory=dict)
    sizes: tuple[Size, ...] = ()
    input_range: Range | None = None
    output_range: Range | None = None


@dataclass(frozen=True)
class ResolvedModel:
    """A model's files on this disk.

    Attributes:
        name: the spec's name.
        path: the ``model.json``.
        format: ``"layers"`` or ``"graph"``.
        sha256: hex digest over ``model.json`` and its shards, in manifest order.
    """

    name: str
    path: Path
    format: Literal["layers", "graph"]
    sha256: str


class ModelSource(Protocol):
    """Turns a spec into files on disk with a known hash."""

    def resolve(self, spec: ModelSpec, cache: Path) -> ResolvedModel:
        """Bring the model's files, using ``cache`` (a folder that may not exist yet) for what is fetched or made.

        Raises:
            SourceError: the model could not be brought; the cache is left without it.
            BackendUnavailable: a tool or package the source needs is not installed.
            ModelError: the files are there but are not a TF.js model.
        """
        ...

    def input_size(self, spec: ModelSpec) -> Size | None:
        """The one size the model takes, where that is known before anything is fetched or built; None elsewhere.

        It decides at which size the model runs when the user names none; ``resolve`` need not have been called.
        """
        ...


class LoadedModel(Protocol):
    """A model that is ready to run."""

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """What ``run`` is fed, in the model's order."""
        ...

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """What ``run`` returns, in the model's order."""
        ...

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run once: input name -> array in, output name -> array out. The outputs are in host memory."""
        ...

    def stages(self) -> Stages:
        """``run`` cut into ``inference`` (ends when the result exists) and ``readback`` (brings it to host memory)."""
        ...

    def close(self) -> None:
        """Free what the model holds; it cannot run after this."""
        ...


class Runtime(Protocol):
    """Loads models and runs them."""

    def describe(self) -> str:
        """Version and device in a few words, e.g. ``TensorFlow 2.19.0, 2 CPU cores``."""
        ...

    def load(self, model: ResolvedModel) -> LoadedModel:
        """Read the model's files and make it ready to run.

        Raises:
            ModelError: the files are broken, or hold something that the runtime does not know.
            BackendUnavailable: the runtime does not take this kind of model.
        """
        ...

    def stages(self) -> Stages:
        """``load`` cut into ``parse``, ``weights`` and ``build``: a ResolvedModel in, a LoadedModel out."""
        ...


@dataclass(frozen=True)
class GLInfo:
    """What a GL context says of itself."""

    vendor: str
    renderer: str
    version: str
    is_software: bool


class Screen(Protocol):
    """Where a frame ends: an RGBA8 framebuffer of fixed size, or plain memory for the null context."""

    def show(self, rgba: Pixels) -> None:
        """Bring uint8 RGBA (H, W, 4), first row at the top, to the framebuffer; returns when it is there."""
        ...

    def present(self) -> None:
        """Show the framebuffer to the viewer (swap); does nothing where there is no window."""
        ...

    def read(self) -> Pixels:
        """The framebuffer as uint8 RGBA (H, W, 4), first row at the top."""
        ...

    def close(self) -> None:
        """Delete the framebuffer."""
        ...


class GLContext(Protocol):
    """An OpenGL context, or the null context that keeps pixels in memory."""

    @property
    def name(self) -> str:
        """The name of the kind of context that this is; never ``auto``."""
        ...

    @property
    def functions(self) -> GLFunctions:
        """OpenGL entry points of this very context.

        Raises:
            BackendUnavailable: for the null context.
        """
        ...

    def info(self) -> GLInfo:
        """Vendor, renderer and version strings; the context need not be current."""
        ...

    def current(self) -> AbstractContextManager[None]:
        """Make the context current inside a ``with`` block, and no context current after it."""
        ...

    def screen(self, size: Size) -> Screen:
        """A framebuffer of that size; the context must be current, here and in all of the screen's methods."""
        ...

    def finish(self) -> None:
        """Return when all that was asked of the device is done."""
        ...

    def release(self) -> None:
        """Destroy the context; a second call does nothing."""
        ...


class Renderer(Protocol):
    """Takes a tensor to the screen. Built from a GLContext, which is current in every call.

    ``tolerance`` is the largest difference from the ``topixels`` oracle, in steps of 1/255, that is still right.
    """

    @property
    def tolerance(self) -> int:
        """0 for a picture equal to the oracle's in every bit."""
        ...

    def prepare(self, shape: tuple[int, ...], dtype: str) -> None:
        """Allocate for tensors of that shape, (H, W) or (H, W, 1 | 3 | 4), and dtype.

        Raises:
            UsageError: a shape or dtype that the renderer does not take.
            BackendUnavailable: a size or context that the renderer does not take.
        """
        ...

    def draw(self, tensor: Array) -> None:
        """The whole way, present included; returns only when the pixels are in the framebuffer."""
        ...

    def stages(self) -> Stages:
        """``draw`` cut into ``convert``, ``draw`` and ``present`` (tensor in, nothing out), after ``prepare``."""
        ...

    def read(self) -> Pixels:
        """What is on the screen: uint8 RGBA (H, W, 4), first row at the top."""
        ...

    def close(self) -> None:
        """Free what ``prepare`` allocated; a second call does nothing."""
        ...


Step = Callable[[Pixels], Pixels]
"""One preprocessing operation: a uint8 image, (H, W, 3) RGB or (H, W) grey, to one of the same height and width."""

ModelSourceFactory = Callable[[], ModelSource]
RuntimeFactory = Callable[[], Runtime]
GLContextFactory = Callable[[], GLContext]
RendererFactory = Callable[[GLContext], Renderer]
