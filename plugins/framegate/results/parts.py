"""The parts of a result; each knows its key in ``extra_info`` and how it is written there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from statistics import median
from typing import Any, ClassVar, Self

from framegate.results.reading import Misfit, read_as

FORM_VERSION = 1
"""Of the form in which results are stored. Files from before it was written have version 0."""


class Part:
    """A frozen dataclass whose fields are what is stored under its key.

    Attributes:
        key: its key in ``extra_info``.
    """

    key: ClassVar[str]

    def stored(self) -> Any:
        """The part as JSON holds it."""
        return asdict(self)  # type: ignore[call-overload] # the parts are dataclasses

    def store(self, extra_info: dict[str, Any]) -> None:
        """Write the part, in place of one that is there."""
        extra_info[self.key] = self.stored()

    @classmethod
    def read(cls, extra_info: Mapping[str, Any]) -> Self | None:
        """The part that is stored; None where its key is missing or holds something else."""
        if cls.key not in extra_info:
            return None
        try:
            part: Self = read_as(extra_info[cls.key], cls)
        except Misfit:
            return None
        return part


@dataclass(frozen=True)
class Form(Part):
    """The form in which a result is stored.

    Attributes:
        version: version of ``schema.json``.
    """

    key = "framegate"
    version: int


@dataclass(frozen=True)
class Cell(Part):
    """The cell, and the backends that it ran on; None where one does not apply.

    Attributes:
        model: name of the model.
        model_sha256: digest of the model's files.
        size: side or ``WIDTHxHEIGHT`` of the picture.
        preprocess: toggles, joined by ``+``.
        runtime: name of the runtime; with ``auto``, the one that it took.
        runtime_version: version of the runtime and its device, in words.
        threads: number of threads the runtime computes on.
        renderer: name of the renderer.
        gl: name of the GL context.
        gl_renderer: device of the context or page, by its own name.
        is_software: whether a GPU's work was done by the CPU; None where no GPU was asked for any.
        vsync: whether a swap of the window's buffers waited for the display; None where there is no window.
        scenario: how frames came, and how many per second: ``camera-30``; None outside of runs against a clock.
        pipeline: order of the stages of several frames in such a run.
    """

    key = "frame"
    model: str | None = None
    model_sha256: str | None = None
    size: str | None = None
    preprocess: str | None = None
    runtime: str | None = None
    runtime_version: str | None = None
    threads: int | None = None
    renderer: str | None = None
    gl: str | None = None
    gl_renderer: str | None = None
    is_software: bool | None = None
    vsync: bool | None = None
    scenario: str | None = None
    pipeline: str | None = None


@dataclass(frozen=True)
class FedFrames(Part):
    """The frames that were fed.

    Attributes:
        source: photo, clip or file.
        fit: how frames of another shape are brought to the cell's size.
    """

    key = "frames"
    source: str
    fit: str


@dataclass(frozen=True)
class Agreement(Part):
    """The comparison of the last outputs with those of a reference.

    Attributes:
        compared_with: runtime of the reference; None where nothing could be compared.
        differs_by: largest difference, as a share of the outputs' range.
    """

    key = "agreement"
    compared_with: str | None = None
    differs_by: float | None = None


@dataclass(frozen=True)
class ShownOutputs(Part):
    """What of a model's outputs is shown, and how.

    Attributes:
        view: name of the view.
        outputs: names of the outputs, the main one first.
        reason: why it was taken, in words; None where the user said so.
    """

    key = "shown"
    view: str
    outputs: tuple[str, ...]
    reason: str | None = None

    def __str__(self) -> str:
        return f"{self.view} of {', '.join(self.outputs)}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True)
class PictureValues(Part):
    """The values of the first picture, and the range in which they are shown.

    Attributes:
        shown: values that are black and full brightness.
        smallest: smallest value.
        largest: largest value.
        clamped: share of the values outside of ``shown``.
        guessed: the ranges that nobody has written down, by the spec's key for them.
    """

    key = "picture"
    shown: tuple[float, float]
    smallest: float
    largest: float
    clamped: float
    guessed: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class TraceFile(Part):
    """The trace of the cell's frames.

    Attributes:
        file: where it was written.
    """

    key = "trace"
    file: str


@dataclass(frozen=True)
class Memory(Part):
    """Memory of the process, its libraries included; None where the system does not say.

    Attributes:
        peak_bytes: most that it held, while the model was loaded and run.
        steady_bytes: what it held after the rounds.
    """

    key = "memory"
    peak_bytes: int | None
    steady_bytes: int | None


@dataclass(frozen=True)
class StageSamples(Part):
    """Seconds of every round, stage by stage.

    Attributes:
        samples_s: stage -> its seconds in each round; all of one length.
    """

    key = "stages_s"
    samples_s: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.samples_s)

    @cached_property
    def medians_s(self) -> dict[str, float]:
        """Stage -> its median seconds."""
        return {name: median(seconds) for name, seconds in self.samples_s.items()}

    @cached_property
    def total_s(self) -> float:
        """Median seconds of a round, all stages together; there must be some."""
        return median(map(sum, zip(*self.samples_s.values(), strict=True)))

    def stored(self) -> Any:
        """The seconds, without a name of their own."""
        return {name: list(seconds) for name, seconds in self.samples_s.items()}

    @classmethod
    def read(cls, extra_info: Mapping[str, Any]) -> Self | None:
        """The seconds that are stored; None where they are missing, or differ in number from stage to stage."""
        try:
            samples: Mapping[str, tuple[float, ...]] = read_as(extra_info.get(cls.key), Mapping[str, tuple[float, ...]])
        except Misfit:
            return None
        lengths = {len(seconds) for seconds in samples.values()}
        return cls(samples) if len(lengths) == 1 and lengths != {0} else None


@dataclass(frozen=True)
class ScreenCosts(Part):
    """Costs of one tensor's way to the screen.

    Attributes:
        tensor_bytes: bytes of the tensor.
        uploaded_bytes: bytes handed to the device for each frame.
        copy_s: seconds of one copy of the tensor, the fastest of several: a warm one, in the cache if it fits.
        passes_s: median seconds of ``convert``, ``upload``, ``draw`` and ``present`` of a frame, each awaited.
        gpu_s: seconds of the last three by the device's own clock; None where it has none.
        frame_s: median seconds of a frame that is awaited at its end only.
        in_flight_s: median seconds of a frame where only the last of a burst is awaited.
        is_gpu_s_trusted: whether the device's clock counts all of its work, which a software rasteriser's may not.
    """

    key = "screen"
    tensor_bytes: int
    uploaded_bytes: int
    copy_s: float
    passes_s: Mapping[str, float]
    gpu_s: Mapping[str, float] | None
    frame_s: float
    in_flight_s: float
    is_gpu_s_trusted: bool = True
