"""Run a chain of stages, and time each of them at next to no cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from framegate.interfaces import Stage, Stages

Clock = Callable[[], float]


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
        clock: returns seconds as a float.
    """

    def __init__(self, stages: Sequence[Stage], clock: Clock = time.perf_counter) -> None:
        self._clock = clock
        self.samples: dict[str, list[float]] = {stage.name: [] for stage in stages}
        if len(self.samples) != len(stages):
            raise ValueError(f"two stages share a name: {[stage.name for stage in stages]}")
        self._timed = [(stage.call, self.samples[stage.name].append) for stage in stages]

    def __call__(self, value: Any) -> Any:
        """Pass ``value`` through the stages and return what the last one returns."""
        clock = self._clock
        before = clock()
        for call, keep in self._timed:
            value = call(value)
            now = clock()
            keep(now - before)
            before = now
        return value

    def rounds(self, count: int) -> dict[str, list[float]]:
        """The samples of the ``count`` calls before the last one, per stage, in seconds.

        pytest-benchmark calls a function to calibrate and warm up, then ``count`` times for its rounds, then once
        more for the return value; these are the samples that belong to the rounds.
        """
        return {name: samples[-count - 1 : -1] for name, samples in self.samples.items()}
