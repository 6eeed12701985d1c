"""What a tensor's way to the screen costs, part by part, and how far that is from one copy of the tensor."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from framegate.interfaces import Array, Stages
from framegate.measure.stages import Clock

BUDGET_S = 0.2
LEAST, MOST = 3, 30
"""Calls of each part: as many as fit into the budget, within these."""

DeviceClock = Callable[[Callable[[], Any]], float]
"""Makes a call and returns the seconds that the device worked on what the call asked for."""


@dataclass(frozen=True)
class ScreenCosts:
    """What one tensor's way to the screen costs.

    Attributes:
        tensor_bytes: of the tensor.
        uploaded_bytes: handed to the device for each frame.
        copy_s: seconds of one copy of the tensor from memory to memory, the fastest of several.
        passes_s: median seconds of ``upload``, ``draw`` and ``present``, the device's work awaited after each.
        gpu_s: the same by the device's own clock; None where it has none.
        in_flight_s: seconds a frame where frames follow each other and only the last is awaited.
    """

    tensor_bytes: int
    uploaded_bytes: int
    copy_s: float
    passes_s: Mapping[str, float]
    gpu_s: Mapping[str, float] | None
    in_flight_s: float


def measure_costs(
    tensor: Array,
    convert: Callable[[Array], Any],
    passes: Stages,
    finish: Callable[[], None],
    device_clock: DeviceClock | None = None,
    clock: Clock = time.perf_counter,
) -> ScreenCosts:
    """Measure it all, after the rounds of a benchmark and outside of them.

    Args:
        tensor: what is drawn.
        convert: what is done to it on the CPU; its result is what is uploaded.
        passes: ``Renderer.passes()``.
        finish: returns when the device is done.
        device_clock: the device's own, if it has one.
        clock: returns seconds as a float.
    """
    converted = convert(tensor)

    def awaited(call: Callable[[], Any]) -> float:
        started = clock()
        call()
        finish()
        return clock() - started

    def frame() -> None:
        given = convert(tensor)
        for name, call in passes:
            call(given if name == "upload" else None)

    def frames(count: int) -> None:
        for _ in range(count):
            frame()

    def timed(by: DeviceClock) -> dict[str, float]:
        finish()
        return {name: median(_repeated(by, call, converted if name == "upload" else None)) for name, call in passes}

    passes_s = timed(awaited)
    count = len(_repeated(awaited, lambda _: frame(), None))
    return ScreenCosts(
        tensor_bytes=tensor.nbytes,
        uploaded_bytes=converted.nbytes,
        copy_s=copy_seconds(tensor, clock),
        passes_s=passes_s,
        gpu_s=None if device_clock is None else timed(device_clock),
        in_flight_s=awaited(lambda: frames(count)) / count,
    )


def copy_seconds(tensor: Array, clock: Clock = time.perf_counter) -> float:
    """Seconds of the fastest of several copies of a tensor."""
    import numpy as np

    target = np.empty_like(tensor)

    def timed(call: Callable[[], Any]) -> float:
        started = clock()
        call()
        return clock() - started

    return min(_repeated(timed, lambda _: np.copyto(target, tensor), None))


def _repeated(by: DeviceClock, call: Callable[[Any], Any], value: Any) -> list[float]:
    seconds = [by(lambda: call(value))]
    while len(seconds) < LEAST or (len(seconds) < MOST and sum(seconds) < BUDGET_S):
        seconds.append(by(lambda: call(value)))
    return seconds
