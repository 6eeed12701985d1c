"""What timing the stages of a frame costs, by this thread's own processor time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from framegate.interfaces import Stage
from framegate.measure.frame import FRAME_STAGES, FrameLoop
from speed.figures import Figures, report

CALLS = 200
REPEATS = 15
STAGE_S = 1e-3


def best_s(call: Callable[[], Any]) -> float:
    """Seconds of a call, the best of several means."""

    def once() -> float:
        started = time.thread_time()
        for _ in range(CALLS):
            call()
        return (time.thread_time() - started) / CALLS

    return min(once() for _ in range(REPEATS))


def overhead_s() -> float:
    """Seconds that a staged frame takes longer than its calls written bare."""
    data = np.zeros(1000, np.float32)

    def work(value: Any) -> Any:
        np.add(data, 1, out=data)
        return value

    loop = FrameLoop([data], tuple(Stage(name, work) for name in FRAME_STAGES))

    def bare() -> None:
        for _ in FRAME_STAGES:
            work(data)

    return best_s(loop) - best_s(bare)


def outside() -> float:
    """The least share of a frame of a millisecond per stage that is outside of its stages."""

    def busy(value: Any) -> Any:
        end = time.thread_time() + STAGE_S
        while time.thread_time() < end:
            pass
        return value

    loop = FrameLoop([0], tuple(Stage(name, busy) for name in FRAME_STAGES), time.thread_time)
    wholes = []
    for _ in range(50):
        started = time.thread_time()
        loop()
        wholes.append(time.thread_time() - started)
    sums = map(sum, zip(*loop.timer.samples.values(), strict=True))
    return min(1 - inside / whole for inside, whole in zip(sums, wholes, strict=True))


def measure() -> Figures:
    """Microseconds, and percent of a frame."""
    return {"overhead": 1e6 * overhead_s(), "outside": 100 * outside()}


if __name__ == "__main__":
    report(measure)
