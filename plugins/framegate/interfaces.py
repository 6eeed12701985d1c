"""The Protocols that backends implement, and the frozen values that pass between them.

One pattern holds throughout: whatever is timed has one whole call (``load``, ``run``, ``draw``) and a
``stages()`` that returns the same work cut into named pieces. The whole call is its stages in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from framegate.values import (
    ANYWHERE,
    AS_TO_PIXELS,
    Array,
    Drawing,
    Float32,
    Frame,
    GLInfo,
    GLRequest,
    InputSpec,
    InputValue,
    LayerFactory,
    ModelSpec,
    Pixels,
    Range,
    ResolvedModel,
    Size,
    Stage,
    Stages,
    TensorForm,
    TensorInfo,
)
from framegate.words import OutOfRange, Scaling

if TYPE_CHECKING:
    from framegate.glfunctions import GLFunctions

__all__ = [
    "ANYWHERE",
    "AS_TO_PIXELS",
    "Array",
    "Canvas",
    "Drawing",
    "Float32",
    "Frame",
    "FrameSourceFactory",
    "GLContext",
    "GLContextFactory",
    "GLInfo",
    "GLRequest",
    "InputSpec",
    "InputValue",
    "LayerFactory",
    "LoadedModel",
    "MakeRenderer",
    "ModelSource",
    "ModelSourceFactory",
    "ModelSpec",
    "OutOfRange",
    "Pixels",
    "Range",
    "Renderer",
    "RendererFactory",
    "ResolvedModel",
    "Runtime",
    "RuntimeFactory",
    "Scaling",
    "Screen",
    "Size",
    "Stage",
    "Stages",
    "Step",
    "TensorForm",
    "TensorInfo",
]


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
        """The one size the model takes; None where it takes any, or where that is not known.

        It decides at which size the model runs when the user names none; ``resolve`` need not have been called. Nothing
        is built for it, and what is fetched for it stays in the cache.
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


class Canvas(Protocol):
    """A place for bytes, and a way to bring them to a screen."""

    def upload(self, rgba: Pixels) -> None:
        """Hand over uint8 RGBA (H, W, 4), first row at the top; the caller may overwrite it afterwards."""
        ...

    def draw(self) -> None:
        """Ask for what was uploaded to be drawn; ``GLContext.finish`` returns when it is."""
        ...


class Screen(Protocol):
    """Where a frame ends: an RGBA8 framebuffer of fixed size, or plain memory for the null context."""

    def canvas(self) -> Canvas:
        """What brings bytes here; it lives as long as the screen."""
        ...

    def present(self) -> None:
        """Ask for the picture to be shown: scaled to the window's size if that is another, and swapped.

        ``GLContext.finish`` returns when it is. Does nothing where there is no window and nothing to scale.
        """
        ...

    def read(self, corner: Size | None = None) -> Pixels:
        """What is shown, scaled if need be, as uint8 RGBA (H, W, 4), first row at the top.

        Args:
            corner: height and width of the part to read, from the upper left; None reads all of it.
        """
        ...

    def close(self) -> None:
        """Delete the framebuffer."""
        ...


class GLContext(Protocol):
    """An OpenGL context, or the null context that keeps pixels in memory."""

    @property
    def name(self) -> str:
        """The kind of context that this is, never ``auto``; with its device (``egl:1``) where one was asked for."""
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

    def screen(self, size: Size, drawing: Drawing = AS_TO_PIXELS) -> Screen:
        """A framebuffer of that size, shown as ``drawing`` says.

        The context must be current, here and in all of the screen's methods.
        """
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

    def prepare(self, shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> None:
        """Allocate for tensors of that shape, (H, W) or (H, W, 1 | 3 | 4), and dtype: float32, int32 or uint8.

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

    def passes(self) -> Stages:
        """What ``draw`` and ``present`` ask of the device, without waiting for it: ``upload``, ``draw``, ``present``.

        The first takes what ``convert`` returned, an array, and the others nothing. Empty where there is no device.
        """
        ...

    def read(self) -> Pixels:
        """What is on the screen: uint8 RGBA (H, W, 4), first row at the top."""
        ...

    def close(self) -> None:
        """Free what ``prepare`` allocated; a second call does nothing."""
        ...


Step = Callable[[Pixels], Pixels]
"""One preprocessing operation: a uint8 image, (H, W, 3) RGB or (H, W) grey, to one of the same height and width."""

FrameSourceFactory = Callable[[str], Iterator[Pixels]]
"""Opens a frame source, told what stands after its name and a colon: RGB frames, uint8 (H, W, 3), of one size.

A factory whose attribute ``is_live`` is true opens a device whose frames come whether or not somebody asks for them.
"""

ModelSourceFactory = Callable[[], ModelSource]
RuntimeFactory = Callable[[], Runtime]
GLContextFactory = Callable[[GLRequest], GLContext]
RendererFactory = Callable[[GLContext], Renderer]


class MakeRenderer(Protocol):
    """Builds and prepares a renderer."""

    def __call__(self, shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Renderer:
        """Build and prepare it."""
        ...
