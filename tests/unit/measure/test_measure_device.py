from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from framegate.interfaces import Stage, Stages
from framegate.measure.device import copy_seconds, measure_costs

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


def test_each_part_is_awaited() -> None:
    device = Device()
    costs = measure_costs(TENSOR, to_bytes, device.passes(), device.finish, clock=device.clock)
    assert costs.passes_s == {"convert": 0.0} | {name: ASK_S[name] + WORK_S[name] for name in ASK_S}
    assert costs.gpu_s is None
    assert (costs.tensor_bytes, costs.uploaded_bytes) == (288, 96)
    assert all(value.dtype == np.uint8 for value in device.uploaded)


def test_in_flight_only_the_last_frame_of_a_burst_is_awaited() -> None:
    device = Device()
    waits: list[int] = []

    def convert(tensor: Any) -> Any:
        waits.append(device.waits)
        return to_bytes(tensor)

    costs = measure_costs(TENSOR, convert, device.passes(), device.finish, clock=device.clock)
    assert costs.frame_s == costs.in_flight_s == sum(ASK_S.values()) + sum(WORK_S.values())
    # A frame to know its length; then thrice a frame and a burst, which is short for frames as long as these.
    assert waits[: 1 + 3 * 3] == [1, 2, 3, 3, 4, 5, 5, 6, 7, 7]


def test_what_overlaps_shows_in_flight() -> None:
    device = Device()

    def finish() -> None:
        device.waiting = min(device.waiting, 2 * WORK_S["draw"])
        Device.finish(device)

    costs = measure_costs(TENSOR, to_bytes, device.passes(), finish, clock=device.clock)
    assert costs.frame_s == 0.875 + 11
    assert costs.in_flight_s == (2 * 0.875 + 16) / 2


def test_fast_frames_come_in_bursts_of_eight() -> None:
    device = Device()
    quick = tuple(Stage(name, lambda _: None) for name in ASK_S)
    waits: list[int] = []

    def convert(tensor: Any) -> Any:
        waits.append(device.waits)
        device.now += 1e-3
        return to_bytes(tensor)

    measure_costs(TENSOR, convert, quick, device.finish, clock=device.clock)
    assert waits[:10] == [1, 2, *[3] * 8]


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
    readings = iter([0.0, 0.0, 5.0, 5.0, 8.0, 8.0, 12.0, 12.0])
    assert copy_seconds(TENSOR, lambda: next(readings)) == 3.0
