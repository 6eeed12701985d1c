"""The frozen values that pass between backends; `framegate.interfaces` has the Protocols, and these names too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from framegate.errors import UsageError
from framegate.words import BrowserGPU, CameraInput, OutOfRange, PageThread, Scaling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Pixels = NDArray[np.uint8]
    Float32 = NDArray[np.float32]
else:  # The installed plugin is imported in every pytest run, and most of them have no use for numpy.
    Array = Pixels = Float32 = Any


@dataclass(frozen=True)
class Tolerance:
    """How far a model's outputs may be from the reference's.

    Attributes:
        share: largest difference that is right for any model, as a share of the range of an output's values.
        widest: the same at most, for a model whose outputs move by more when its input is rounded otherwise.
        precision: numbers that the outputs were computed with: ``float32`` or ``float16``.
    """

    share: float = 1e-3
    widest: float = 1e-3
    precision: str = "float32"


ANY_FLOAT32 = Tolerance()
"""Of Python's runtimes, each of which computes in its own order."""


class Stage(NamedTuple):
    """A timed part of a longer way: ``call`` takes what the stage before returned."""

    name: str
    call: Callable[[Any], Any]


Stages = tuple[Stage, ...]


class Frame(NamedTuple):
    """A picture on its way to a screen.

    Attributes:
        number: its place among the frames of its source, from 0.
        due_s: when it was due, in seconds of the clock that the pipeline reads.
        picture: uint8 (H, W, 3), RGB.
        began_s: when its source handed it out, on that clock.
    """

    number: int
    due_s: float
    picture: Pixels
    began_s: float = 0.0


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
        if len(parts) > 2 or not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in parts):
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
class TensorForm:
    """How a picture lies in the tensor that a model takes.

    Attributes:
        size: height and width.
        channels: 1, 3 or 4.
        dtype: ``float32`` or ``int32``.
        ranges: what the bytes 0 and 255 become: one for all channels, or one each, in the tensor's order.
        is_batched: whether there is a dimension of 1 before the others.
        is_channels_first: whether the channels come before height and width.
        is_bgr: whether blue is the first of three or four channels.
    """

    size: Size
    channels: int
    dtype: str
    ranges: tuple[Range, ...]
    is_batched: bool = True
    is_channels_first: bool = False
    is_bgr: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's."""
        picture = (self.channels, *self.size) if self.is_channels_first else (*self.size, self.channels)
        return (1, *picture) if self.is_batched else picture


InputValue = bool | int | float | Sequence[Any] | Path
"""A number, numbers in lists, or a file: a picture, or an array that ends in ``.npy``."""


@dataclass(frozen=True)
class InputSpec:
    """What a spec says of a model's inputs, each by its name.

    Attributes:
        frame: the input that takes the frame; None means guess.
        values: what other inputs are fed in every frame.
        state: inputs that are fed what an output was in the frame before, and that output.
        state_shapes: shapes of what such inputs are fed in the first frame, where model.json leaves them open.
        is_bgr: whether pictures are fed with blue as the first of three or four channels.
        ranges: what the bytes 0 and 255 become in each channel, in the order in which they are fed, or in all; empty
            means the model's one range.
    """

    frame: str | None = None
    values: Mapping[str, InputValue] = field(default_factory=dict)
    state: Mapping[str, str] = field(default_factory=dict)
    state_shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    is_bgr: bool = False
    ranges: tuple[Range, ...] = ()


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
        preprocess: preprocessing that the model was made for, which runs when the user names none; None means any.
        view: name of the view that shows its outputs; None means guess.
        outputs: names of the outputs that the view shows, the main one first; empty means guess.
        view_options: further keys of the spec, for the view alone (``palette``, ``labels``, …).
        inputs: what its inputs are fed.
    """

    name: str
    source: str
    locator: str
    options: Mapping[str, object] = field(default_factory=dict)
    sizes: tuple[Size, ...] = ()
    input_range: Range | None = None
    output_range: Range | None = None
    preprocess: str | None = None
    view: str | None = None
    outputs: tuple[str, ...] = ()
    view_options: Mapping[str, object] = field(default_factory=dict)
    inputs: InputSpec = field(default_factory=InputSpec)


@dataclass(frozen=True)
class Drawing:
    """How a tensor is shown.

    Attributes:
        value_range: the float32 values that are shown as 0 and 255; integers are shown as they are, from 0 to 255.
        out_of_range: ``strict`` refuses values outside, as ``toPixels`` does; ``clamp`` shows the nearest one inside.
            NaN is shown as 0 in either.
        window: pixels of the window that the picture is scaled to; None is the picture's own size.
        scaling: what a pixel of the window shows, of a picture of another size: the nearest one, or a blend of four.
    """

    value_range: Range = (0.0, 1.0)
    out_of_range: OutOfRange = "strict"
    window: Size | None = None
    scaling: Scaling = "nearest"


AS_TO_PIXELS = Drawing()
"""[0, 1], nothing outside, no scaling."""


LayerFactory = Callable[[Any], Any]
"""Given the module ``tf_keras``, a class of layers (a subclass of its ``layers.Layer``)."""


@dataclass(frozen=True)
class ResolvedModel:
    """A model's files on this disk.

    Attributes:
        name: the spec's name.
        path: the ``model.json``.
        format: ``"layers"`` or ``"graph"``.
        sha256: hex digest over ``model.json`` and its shards, in manifest order.
        layers: the user's own layers that it names, class name -> factory.
    """

    name: str
    path: Path
    format: Literal["layers", "graph"]
    sha256: str
    layers: Mapping[str, LayerFactory] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class GLRequest:
    """What a GL context is asked to be.

    Attributes:
        device: number of the device it is on, from 0, GPUs before software; None leaves that to the context. Only a
            factory that has ``devices()``, which returns their names in this order, is asked for one.
        window: whether its window, where it has one, is to be seen.
        vsync: whether a swap of its window's buffers waits for the display.
    """

    device: int | None = None
    window: bool = False
    vsync: bool = False


ANYWHERE = GLRequest()
"""On whichever device, with nothing to be seen and nothing to wait for."""


@dataclass(frozen=True)
class BrowserRequest:
    """What a browser is asked to be.

    Attributes:
        path: the program to start; None is where the browser is usually installed.
        gpu: what it draws with: ``software`` of its own, the same everywhere, or the machine's ``native`` GPU.
        thread: where a page's model runs and draws: the page's ``main`` thread, or a ``worker``.
        headed: whether its window is to be seen.
        launches: how many browsers, one after another, a cell is measured in.
        cost: whether what a model costs its page is asked for.
        kernels: whether the times of single kernels are asked for.
        camera_input: what the model is fed of a camera's frame.
        presented: whether a trace says when the display had the frames of a run against a clock.
        timeout_s: how long each call into a page may take; None leaves it to the calls.
        recording: frames that ``framegate live`` has measured; None is a browser that measures now.
    """

    path: str | None = None
    gpu: BrowserGPU = "software"
    thread: PageThread = "main"
    headed: bool = False
    launches: int = 1
    cost: bool = False
    kernels: bool = False
    camera_input: CameraInput = "video"
    presented: bool = False
    timeout_s: int | None = None
    recording: Path | None = None


@dataclass(frozen=True)
class GLInfo:
    """What a GL context says of itself.

    Attributes:
        vsync: whether a swap of its window's buffers waits for the display; None where there is no window.
    """

    vendor: str
    renderer: str
    version: str
    is_software: bool
    vsync: bool | None = None
