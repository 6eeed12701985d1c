"""Frames that were measured before: in the browser of a person, who then has them stored as a suite stores its own."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framegate.errors import UsageError
from framegate.measure.replay import ReplayClock
from framegate.models.frame_io import ShownIO
from framegate.pipelines.base import Bench, Look, StagesS

if TYPE_CHECKING:
    from framegate.measure.stages import KeepCall
    from framegate.realtime.run import Run, RunRequest, Sight


@dataclass(frozen=True)
class Recording:
    """A cell's frames, measured.

    Attributes:
        frames_s: seconds of each frame.
        stages_s: seconds of each stage, frame by frame.
        looks: what was on the screen, and what it is to be compared with.
        facts: what is stored beside them.
        shown: which outputs were shown, and how.
        device: what drew or computed, by its name; None where that was no GPU's part.
    """

    frames_s: Sequence[float]
    stages_s: StagesS
    looks: Sequence[Look]
    facts: Mapping[str, Mapping[str, Any]]
    shown: ShownIO
    device: str | None

    def write(self, path: Path) -> None:
        """Write it, for a process that this one starts."""
        path.write_bytes(pickle.dumps(self))

    @classmethod
    def read(cls, path: Path) -> Recording:
        """What `write` has written.

        Raises:
            UsageError: it is something else.
        """
        try:
            recording = pickle.loads(path.read_bytes())  # noqa: S301 # from the process that started this one
        except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError) as error:
            raise UsageError(f"--frame-recording {path}: no recording of framegate live ({error})") from error
        if not isinstance(recording, cls):
            raise UsageError(f"--frame-recording {path}: no recording of framegate live")
        return recording


class KeptBench:
    """Has as many frames measured as a page decides, and keeps their times.

    Args:
        clock: the pipeline's.
    """

    takes_batches = True

    def __init__(self, clock: ReplayClock) -> None:
        self._clock = clock
        self.frames_s: list[float] = []

    def run(self, frame: Callable[[], object]) -> slice:
        """See `Bench`; no page asks for single frames."""
        self.repeat(frame, 1)
        return slice(-1, None)

    def repeat(self, frame: Callable[[], object], rounds: int) -> None:
        """See `Bench`."""
        for _ in range(rounds):
            began_s = self._clock()
            frame()
            self.frames_s.append(self._clock() - began_s)


class RecordedPipeline:
    """Plays a recording back: the clock moves on as it did when the frames were measured.

    Args:
        recording: the frames.
        clock: read by whoever times the calls.
    """

    def __init__(self, recording: Recording, clock: ReplayClock) -> None:
        self.samples: dict[str, list[float]] = {}
        self._recording = recording
        self._clock = clock

    def prepare(self, keep: Callable[[Look], None] | None = None) -> None:
        """Nothing: no frame is taken now."""
        del keep

    def __call__(self) -> object:
        """Refuse: the frames have been taken.

        Raises:
            UsageError: always.
        """
        raise UsageError("frames of --frame-recording have been measured; leave it out to measure others")

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """See `__call__`."""
        del delays_s
        self()

    def keep_calls(self, keep: KeepCall | None) -> None:
        """Nothing: a recording has no readings of a clock."""
        del keep

    def run(self, request: RunRequest) -> Run:
        """See `__call__`."""
        del request
        raise UsageError("a recording is of test_browser; leave --frame-recording out")

    def sights(self, request: RunRequest) -> AbstractContextManager[Iterator[Sight]]:
        """See `run`."""
        del request
        raise UsageError("a recording is of test_browser; leave --frame-recording out")

    def measure(self, bench: Bench) -> StagesS:
        """Have the benchmark see the recorded frames, one per round."""
        remaining = iter(self._recording.frames_s)
        bench.repeat(lambda: self._clock.advance(next(remaining)), len(self._recording.frames_s))
        return self._recording.stages_s

    def look(self) -> Sequence[Look]:
        """What was on the screen then."""
        return self._recording.looks

    def describe(self) -> Mapping[str, Mapping[str, Any]]:
        """What was said then."""
        return self._recording.facts

    def close(self) -> None:
        """Nothing is open."""
