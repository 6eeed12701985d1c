"""What a page measured, and what it showed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.measure.events import BrowserEvents
    from framegate.realtime.run import Run


@dataclass(frozen=True)
class PageRounds:
    """What a page measured.

    Attributes:
        stages_s: seconds of each round by stage; they add up to the round.
        dispatch_s: seconds until the call that runs the model returned, a part of ``inference``.
        outside: share of the time that is in no stage.
        tensors_left: tensors that the rounds left behind.
        bytes_left: bytes that they left behind, on the device where the backend counts them there.
        first_at_s: when the first of them had ended, in seconds since 1970.
        bytes_read: bytes that were read back from devices of WebGPU.
        began_s: when each round began, on the page's clock.
        events: what the browser noted meanwhile, beside the page's clock; None where it was not asked, or cannot.
    """

    stages_s: Mapping[str, Sequence[float]]
    dispatch_s: Sequence[float]
    outside: float
    tensors_left: int
    bytes_left: int
    first_at_s: float = 0.0
    bytes_read: int = 0
    began_s: Sequence[float] = ()
    events: BrowserEvents | None = None

    @property
    def frames(self) -> int:
        """How many rounds there were."""
        return len(self.dispatch_s)

    @property
    def wholes_s(self) -> list[float]:
        """Seconds of each round."""
        return [sum(parts) for parts in zip(*self.stages_s.values(), strict=True)]


@dataclass(frozen=True)
class Delivered:
    """Frames under ``requestAnimationFrame``, one at a time.

    Attributes:
        frames: those that came to the canvas.
        callbacks: how often the browser asked for one.
        seconds: time from the first callback's registration to the last frame in the canvas.
        tensors_left: tensors that the frames left behind.
        bytes_left: bytes that they left behind.
    """

    frames: int
    callbacks: int
    seconds: float
    tensors_left: int
    bytes_left: int


@dataclass(frozen=True)
class DisplayRun:
    """A run as the display saw it.

    Attributes:
        run: the same run, whose frames are shown when the display has them; those that it never had are dropped in
            flight.
        behind_s: seconds from the time that the page itself took for that to it, for each frame that was shown.
    """

    run: Run
    behind_s: Sequence[float]


@dataclass(frozen=True)
class PageRun:
    """A run against a clock in a page, and what it left behind.

    Attributes:
        run: its frames.
        stages_s: seconds of each of its sights by stage; no stage but the last was waited for.
        display: its frames on the display; None where no trace was taken.
        tensors_left: tensors that it left behind.
        bytes_left: bytes that it left behind.
        events: what the browser noted meanwhile, beside this process' clock; None where it was not asked, or cannot.
    """

    run: Run
    stages_s: Mapping[str, Sequence[float]]
    tensors_left: int
    bytes_left: int
    display: DisplayRun | None = None
    events: BrowserEvents | None = None

    @property
    def frames(self) -> int:
        """Number of frames that were taken to the canvas."""
        return len(self.run.sights)


@dataclass(frozen=True)
class PageView:
    """What is done in a page with a model's outputs.

    Attributes:
        name: the view's.
        shape: shape of its picture, (H, W, C).
        settings: what the page's view is made with: what JSON can hold, and arrays of bytes.
    """

    name: str
    shape: tuple[int | None, ...]
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PageLook:
    """What is on the canvas after a frame, and what the model makes of its picture.

    Attributes:
        picture: which of the pictures that frame was fed: its index.
        outputs: what the model makes of that picture, apart from any frame: the outputs that are shown, by name.
        unit: the picture that the page's view makes of these outputs, as it is drawn: float32 (H, W, C) in [0, 1].
        pixels: what the browser shows of the canvas: uint8 RGBA (H, W, 4), first row at the top.
        state: what the inputs were fed that are fed an output of the frame before.
    """

    picture: int
    outputs: Mapping[str, Array]
    unit: Array
    pixels: Pixels
    state: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class PageInputs:
    """What a model is fed beside the frame.

    Attributes:
        frame: the input that takes the frame.
        arrays: what others are fed, in the first frame at least.
        state: inputs that are fed an output of the frame before, and the place of that output.
    """

    frame: str
    arrays: Mapping[str, Array] = field(default_factory=dict)
    state: Mapping[str, int] = field(default_factory=dict)
