"""What a tensor's way to the screen costs, part by part, and how far that is from one copy of the tensor."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from framegate.interfaces import Array, Stages
from framegate.measure.stages import Clock
from framegate.results.parts import ScreenCosts

BUDGET_S = 0.2
LEAST, MOST = 3, 60
"""Repeats of each measurement: as many as fit into the budget, within these."""

SHORT, BURST = 2, 8
"""Frames that follow each other without a wait: a burst, or fewer where a burst would not fit into the budget."""

DeviceClock = Callable[[Callable[[], Any]], float]
"""Makes a call and returns the seconds, by the device's clock, that what it asked for took there."""


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
        finish: function that returns when the device is done.
        device_clock: the device's own, if it has one.
        clock: function that returns seconds as a float.
    """

    def awaited(call: Callable[[], Any]) -> float:
        started = clock()
        call()
        finish()
        return clock() - started

    def frames(count: int) -> None:
        for _ in range(count):
            value = convert(tensor)
            for _, call in passes:
                value = call(value)

    def in_parts(by: DeviceClock) -> dict[str, float]:
        value, seconds = tensor, {}
        for name, call in (("convert", convert), *passes):
            results: list[Any] = []
            seconds[name] = by(lambda call=call, value=value, results=results: results.append(call(value)))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
            (value,) = results
        return seconds

    def pair() -> tuple[float, float]:
        return awaited(lambda: frames(1)), awaited(lambda: frames(burst)) / burst

    finish()
    burst = BURST if awaited(lambda: frames(1)) * BURST <= BUDGET_S else SHORT
    alone, in_flight = zip(*_repeated(pair, clock), strict=True)
    by_device = None if device_clock is None else _medians(_repeated(lambda: in_parts(device_clock), clock))
    return ScreenCosts(
        tensor_bytes=tensor.nbytes,
        uploaded_bytes=convert(tensor).nbytes,
        copy_s=copy_seconds(tensor, clock),
        passes_s=_medians(_repeated(lambda: in_parts(awaited), clock)),
        gpu_s=None if by_device is None else {name: by_device[name] for name, _ in passes},
        frame_s=median(alone),
        in_flight_s=median(in_flight),
    )


def copy_seconds(tensor: Array, clock: Clock = time.perf_counter) -> float:
    """Seconds of the fastest of several copies of a tensor."""
    import numpy as np

    target = np.empty_like(tensor)

    def timed() -> float:
        started = clock()
        np.copyto(target, tensor)
        return clock() - started

    return min(map(float, _repeated(timed, clock)))


def _repeated(measure: Callable[[], Any], clock: Clock) -> list[Any]:
    samples: list[Any] = []
    started = clock()
    while len(samples) < LEAST or (len(samples) < MOST and clock() - started < BUDGET_S):
        samples.append(measure())
    return samples


def _medians(samples: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(sample[name] for sample in samples) for name in samples[0]}
