from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from framegate.interfaces import Stage, Stages
from framegate.measure.device import copy_seconds, measure_costs
from framegate.measure.stages import run

TENSOR = np.zeros((4, 6, 3), np.float32)
ASK_S = {"upload": 0.25, "draw": 0.5, "present": 0.125}
WORK_S = {"upload": 1.0, "draw": 8.0, "present": 2.0}


class Device:
    """A device that works on what it is asked for only once it is waited for, and a clock that sees it all."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waiting = 0.0
        self.waits = 0
        self.uploaded: list[Any] = []

    def clock(self) -> float:
        return self.now

    def finish(self) -> None:
        self.now += self.waiting
        self.waiting = 0.0
        self.waits += 1

    def passes(self) -> Stages:
        return tuple(Stage(name, self._asks(name)) for name in ASK_S)

    def _asks(self, name: str) -> Callable[[Any], None]:
        def ask(value: Any) -> None:
            if name == "upload":
                self.uploaded.append(value)
            else:
                assert value is None
            self.now += ASK_S[name]
            self.waiting += WORK_S[name]

        return ask


def to_bytes(_: Any) -> Any:
    return np.zeros((4, 6, 4), np.uint8)


def test_each_pass_is_awaited() -> None:
    device = Device()
    costs = measure_costs(TENSOR, to_bytes, device.passes(), device.finish, clock=device.clock)
    assert costs.passes_s == {name: ASK_S[name] + WORK_S[name] for name in ASK_S}
    assert costs.gpu_s is None
    assert (costs.tensor_bytes, costs.uploaded_bytes) == (288, 96)
    assert all(value.dtype == np.uint8 for value in device.uploaded)


def test_in_flight_only_the_last_frame_is_awaited() -> None:
    device = Device()
    waits: list[int] = []

    def convert(tensor: Any) -> Any:
        waits.append(device.waits)
        return to_bytes(tensor)

    costs = measure_costs(TENSOR, convert, device.passes(), device.finish, clock=device.clock)
    assert costs.in_flight_s == sum(ASK_S.values()) + sum(WORK_S.values())
    assert waits[-1] == waits[-2] == waits[-3], "a frame was awaited before the next was asked for"


def test_the_devices_own_clock_is_kept_apart() -> None:
    device = Device()

    def device_clock(call: Callable[[], Any]) -> float:
        before = device.waiting
        call()
        return device.waiting - before

    costs = measure_costs(TENSOR, to_bytes, device.passes(), device.finish, device_clock, device.clock)
    assert costs.gpu_s == WORK_S
    assert costs.passes_s["draw"] == 8.5


def test_a_copy_is_the_fastest_of_several() -> None:
    durations = iter([5.0, 3.0, 4.0])
    now = [0.0]
    readings = [0]

    def clock() -> float:
        readings[0] += 1
        if readings[0] % 2 == 0:
            now[0] += next(durations)
        return now[0]

    assert copy_seconds(TENSOR, clock) == 3.0


def test_a_slow_part_is_called_thrice_and_a_fast_one_no_more_than_thirty_times() -> None:
    calls = {"slow": 0, "fast": 0}
    now = [0.0]

    def part(name: str, seconds: float) -> Stage:
        def call(_: Any) -> None:
            calls[name] += 1
            now[0] += seconds

        return Stage(name, call)

    stages = (part("slow", 1.0), part("fast", 1e-6))
    measure_costs(TENSOR, to_bytes, stages, lambda: None, clock=lambda: now[0])
    # Three each by itself, three as a whole frame, and as many again with none awaited.
    assert calls == {"slow": 9, "fast": 36}
    assert run(stages, None) is None


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_bytes_are_those_of_the_tensor(dtype: str) -> None:
    device = Device()
    tensor = np.zeros((2, 5), dtype)
    costs = measure_costs(tensor, lambda given: given, device.passes(), device.finish, clock=device.clock)
    assert costs.tensor_bytes == costs.uploaded_bytes == tensor.nbytes
