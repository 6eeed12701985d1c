"""The contract of whatever takes frames to a screen and is measured. `framegate.pipelines.null` is its template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from framegate.interfaces import AS_TO_PIXELS, Drawing
from framegate.values import ANY_FLOAT32, Tolerance

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.measure.stages import KeepCall
    from framegate.models.output_range import ShownRange
    from framegate.realtime.run import Run, RunRequest, Sight

PYTHON, PAGE = "python", "page"
"""Kinds of pipelines; the attribute ``pipeline`` of a runtime's or renderer's factory names its kind."""

StagesS = Mapping[str, Sequence[float]]


def pipeline_of(factory: object) -> str:
    """The kind of pipelines that a runtime or renderer belongs to: `PYTHON`, unless its factory names another."""
    return str(getattr(factory, "pipeline", PYTHON))


@dataclass(frozen=True)
class Look:
    """What was on the screen after a frame, and what it has to be compared with.

    Attributes:
        after: which frame it was, in words: ``the last frame``.
        screen: uint8 RGBA (H, W, 4), first row at the top.
        drawn: the picture that was to be drawn, (H, W, C).
        feeds: what the model was fed for that frame, computed apart from it: input name -> tensor. Those of the
            frames before follow, the newest first, as far as they are known.
        outputs: what the model returned for that frame, by name.
        drawing: how the picture was to be drawn.
        tolerance: largest difference from the oracle's picture that is right, in steps of 1/255.
        agreement: how far the outputs may be from the reference's.
        shown_range: how a frame's values lie in the range in which they are shown; None where a view draws a picture of
            them, as of boxes.
        fed: the picture that ``feeds`` were made of, uint8 (H, W, 3) or (H, W); None where that is not kept.
        number: place of that frame among those that are shown in turn, from 0; None where nobody counts.
        again: runs a model that throws dice on ``feeds[0]`` once more; None of any other model, where ``drawn`` and
            ``outputs`` are those of the frame, and where that cannot be done.
    """

    after: str
    screen: Pixels
    drawn: Array
    feeds: Sequence[Mapping[str, Array]]
    outputs: Mapping[str, Array]
    drawing: Drawing = AS_TO_PIXELS
    tolerance: int = 0
    agreement: Tolerance = ANY_FLOAT32
    shown_range: ShownRange | None = None
    fed: Pixels | None = None
    number: int | None = None
    again: Callable[[], Mapping[str, Array]] | None = None


class Bench(Protocol):
    """Decides how many frames are measured: pytest-benchmark, or the gate."""

    @property
    def takes_batches(self) -> bool:
        """Whether frames may be measured many at a time: not with timing off, nor where each one is asked for."""
        ...

    def run(self, frame: Callable[[], object]) -> slice:
        """Call ``frame`` as often as it takes; returns which of all calls so far were rounds, counted from the last."""
        ...

    def repeat(self, frame: Callable[[], object], rounds: int) -> None:
        """Call ``frame`` once per round, and that often."""
        ...


class Pipeline(Protocol):
    """Takes frames from a source to a screen, one per call.

    Frames come from an iterator; each has its number and the time at which it was due. Between ``prepare`` and
    ``close`` a pipeline is called by nobody else and in one thread.

    Attributes:
        samples: seconds of each stage in every call so far, by stage, in the order in which a frame meets them.
    """

    @property
    def samples(self) -> Mapping[str, list[float]]:
        """Seconds of each stage in every call so far."""
        ...

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """Slow stages down with real work, to test that the gate notices; ``{}`` restores them.

        Args:
            delays_s: seconds for each stage that is slowed down.

        Raises:
            ValueError: there is no such stage.
        """
        ...

    def keep_calls(self, keep: KeepCall | None) -> None:
        """Have ``keep`` given the clock's readings of each frame's stages from now on; None ends that."""
        ...

    def prepare(self, keep: Callable[[Look], None] | None = None) -> None:
        """Take the frames that no round takes again: what is done once, at a first frame, belongs to no round.

        Args:
            keep: called with what the first frame shows, of which the next frame may overwrite arrays. Nothing is read
                back without.
        """
        ...

    def __call__(self) -> object:
        """Take the next frame to the screen; returns when its pixels are there."""
        ...

    def run(self, request: RunRequest) -> Run:
        """Take frames as they come in a scenario, and read on the screen which of them arrived.

        ``samples`` then has the stages of those frames that were shown.

        Raises:
            UsageError: there is no such run of this pipeline.
        """
        ...

    def sights(self, request: RunRequest) -> AbstractContextManager[Iterator[Sight]]:
        """The same frame by frame, for whoever decides how many frames a run has; each is taken when it is asked for.

        Raises:
            UsageError: there is no such run of this pipeline, or only as a whole.
        """
        ...

    def measure(self, bench: Bench) -> StagesS:
        """Take as many frames as ``bench`` asks for; returns the seconds of each round by stage, if rounds are timed.

        Raises:
            WrongOutput: frames left something behind.
        """
        ...

    def look(self) -> Sequence[Look]:
        """What was on the screen after frames whose picture has to be right, the last one among them.

        No frame is taken for it. What can only be read at its time, was.
        """
        ...

    def describe(self) -> Mapping[str, Mapping[str, Any]]:
        """What is stored beside the stages, by its place in ``extra_info``: what JSON can hold.

        It is asked before frames are measured, and again after.
        """
        ...

    def close(self) -> None:
        """Free what belongs to this pipeline alone; a second call does nothing."""
        ...
