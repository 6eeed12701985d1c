"""Run a chain of stages, and time each of them at next to no cost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from framegate.interfaces import Stage, Stages

Clock = Callable[[], float]


class TimedCall(NamedTuple):
    """One call of a chain of stages, as the clock was read.

    Attributes:
        frame: number of the frame; None where it has none.
        stages: names of the stages.
        readings_s: seconds of the clock before the first stage and after each; one more than there are stages.
        thread: name of the thread that ran it.
    """

    frame: int | None
    stages: tuple[str, ...]
    readings_s: Sequence[float]
    thread: str

    @classmethod
    def of(cls, frame: int, began_s: float, stages_s: Mapping[str, float], thread: str) -> TimedCall:
        """A call of which it is known when it began and how long its stages took, one right after another."""
        return cls(frame, tuple(stages_s), list(accumulate(stages_s.values(), initial=began_s)), thread)


KeepCall = Callable[[TimedCall], object]
"""Called after each call of a chain that has ended, in the thread that ran it."""


def run(stages: Stages, value: Any) -> Any:
    """Pass ``value`` through the stages in order and return what the last one returns."""
    for _, call in stages:
        value = call(value)
    return value


class StageTimer:
    """Runs a chain of stages as one call and keeps the seconds each stage took in each call.

    One clock reading stands between two stages, so the stages of a call add up to the call but for the loop itself.

    Args:
        stages: the chain; two stages may not share a name.
        clock: function that returns seconds as a float.

    Attributes:
        keep: function that is given the readings of each call; None keeps the seconds of the stages alone.
    """

    def __init__(self, stages: Sequence[Stage], clock: Clock = time.perf_counter) -> None:
        self._clock = clock
        self.keep: KeepCall | None = None
        self.samples: dict[str, list[float]] = {stage.name: [] for stage in stages}
        if len(self.samples) != len(stages):
            raise ValueError(f"two stages share a name: {[stage.name for stage in stages]}")
        self._given = [stage.call for stage in stages]
        self._calls = self._given

    def __call__(self, value: Any, frame: int | None = None) -> Any:
        """Pass ``value`` through the stages and return what the last one returns; ``frame`` is its frame's number."""
        clock = self._clock
        readings = [clock()]
        for call in self._calls:
            value = call(value)
            readings.append(clock())
        # Kept at the end: a call that raises leaves no half sample behind.
        for samples, before, after in zip(self.samples.values(), readings, readings[1:], strict=False):
            samples.append(after - before)
        if self.keep is not None:
            self.keep(TimedCall(frame, tuple(self.samples), readings, threading.current_thread().name))
        return value

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """Slow stages down with real work, to test that the gate notices; ``{}`` restores them.

        Args:
            delays_s: stage -> seconds for which it keeps the processor busy besides.

        Raises:
            ValueError: there is no such stage.
        """
        unknown = delays_s.keys() - self.samples.keys()
        if unknown:
            raise ValueError(f"no stage {', '.join(sorted(unknown))}; there is {', '.join(self.samples)}")
        self._calls = [
            _slowed(call, delays_s[name]) if delays_s.get(name) else call
            for name, call in zip(self.samples, self._given, strict=True)
        ]

    def rounds(self, count: int, calls_after: int = 1) -> dict[str, list[float]]:
        """The samples that belong to the rounds of a benchmark, per stage, in seconds.

        Args:
            count: calls that the rounds consist of.
            calls_after: calls since. pytest-benchmark calls a function to calibrate and warm up, then for its rounds,
                then once more for the return value; ``pedantic`` does not.
        """
        return {
            name: samples[len(samples) - count - calls_after : len(samples) - calls_after]
            for name, samples in self.samples.items()
        }


def _slowed(call: Callable[[Any], Any], seconds: float) -> Callable[[Any], Any]:
    def slowed(value: Any) -> Any:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass
        return call(value)

    return slowed
