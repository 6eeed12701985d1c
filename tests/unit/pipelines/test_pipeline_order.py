"""Stages one frame after another, and overlapped: the same pictures in the same order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE_S

from framegate.errors import FrameError
from framegate.interfaces import Array, Frame, Pixels, Stage, Stages
from framegate.pipelines.order import Order, Overlapped, Serial

Draws = list[tuple[int, int, str]]
"""Number of each frame, the value that was drawn, and the name of the thread that drew it."""


def frames(count: int | None = None) -> Iterator[Frame]:
    for number in itertools.count() if count is None else range(count):
        yield Frame(number, 0.0, np.full((2, 2, 3), number % 256, np.uint8))


def chain(drawn: Draws, wait: Callable[[str], object] = bool) -> Stages:
    """Steps and a model that overwrite their own memory with every frame, as the real ones do."""
    fed, returned = np.zeros((1,), np.int64), np.zeros((1,), np.int64)

    def preprocess(picture: Pixels) -> dict[str, Array]:
        wait("preprocess")
        fed[0] = picture[0, 0, 0]
        return {"x": fed}

    def infer(feeds: Mapping[str, Array]) -> dict[str, Array]:
        wait("inference")
        returned[0] = feeds["x"][0] * 10
        return {"y": returned}

    def draw(outputs: Mapping[str, Array]) -> None:
        wait("draw")
        drawn.append((-1, int(outputs["y"][0]), threading.current_thread().name))

    return (
        Stage("preprocess", preprocess),
        Stage("inference", infer),
        Stage("readback", lambda outputs: outputs),
        Stage("draw", draw),
    )


@pytest.fixture(params=[(Serial, 1), (Overlapped, 1), (Overlapped, 2), (Overlapped, 5)])
def order(request: pytest.FixtureRequest) -> Iterator[tuple[Order, Draws]]:
    drawn: Draws = []
    kind, in_flight = request.param
    order: Order = kind(chain(drawn))
    order.in_flight = in_flight
    yield order, drawn
    order.close()
    order.close()


def test_all_frames_come_out_in_order_with_their_own_picture(order: tuple[Order, Draws]) -> None:
    take, drawn = order
    source = frames(200)
    announced: list[int] = []
    numbers = [take(source, lambda frame: announced.append(frame.number)).number for _ in range(200)]
    with pytest.raises(StopIteration):
        take(source, bool)
    assert numbers == announced == list(range(200))
    assert [value for _, value, _ in drawn] == [number * 10 for number in range(200)]
    assert {len(seconds) for seconds in take.samples.values()} == {200}


def test_frames_that_ended_leave_nothing_to_those_that_follow(order: tuple[Order, Draws]) -> None:
    take, _ = order
    for _ in range(3):
        source = frames(5)
        assert [take(source, bool).number for _ in range(5)] == list(range(5))
        with pytest.raises(StopIteration):
            take(source, bool)


def test_the_caller_draws(order: tuple[Order, Draws]) -> None:
    take, drawn = order
    source = frames()
    for _ in range(3):
        take(source, bool)
    assert {thread for _, _, thread in drawn} == {threading.current_thread().name}


def test_a_fault_of_the_source_comes_after_the_frames_before_it(order: tuple[Order, Draws]) -> None:
    take, drawn = order

    def failing() -> Iterator[Frame]:
        yield from frames(3)
        raise FrameError("the cable was pulled")

    source = failing()
    for _ in range(3):
        take(source, bool)
    with pytest.raises(FrameError, match="the cable was pulled"):
        take(source, bool)
    assert len(drawn) == 3


def test_delays_go_to_their_stages(order: tuple[Order, Draws]) -> None:
    take, _ = order
    source = frames()
    take(source, bool)
    take.slow({"inference": 0.02, "draw": 0.01})
    take(source, bool), take(source, bool)
    assert take.samples["draw"][-1] >= 0.01
    assert max(take.samples["inference"]) >= 0.02
    take.slow({})
    with pytest.raises(ValueError, match="no stage nowhere; there is preprocess, inference, readback, draw"):
        take.slow({"nowhere": 1.0})


def test_stages_of_several_frames_run_at_the_same_time() -> None:
    """All three stages wait for each other: in one thread they would wait for ever."""
    together = threading.Barrier(3, timeout=PATIENCE_S)
    drawn: Draws = []
    arrivals = dict.fromkeys(("preprocess", "inference", "draw"), 0)

    def wait(stage: str) -> None:
        arrivals[stage] += 1
        # Frame 2 is preprocessed and frame 1 inferred while frame 0 is drawn.
        if (stage, arrivals[stage]) in {("preprocess", 3), ("inference", 2), ("draw", 1)}:
            together.wait()

    order = Overlapped(chain(drawn, wait))
    order.in_flight = 3
    assert order(frames(3), bool).number == 0
    order.close()


@pytest.mark.parametrize("in_flight", [1, 2, 4])
def test_no_more_frames_are_under_way_than_were_asked_for(in_flight: int) -> None:
    handed: list[int] = []
    shown = itertools.count(1)
    most: list[int] = []

    def counted() -> Iterator[Frame]:
        for frame in frames(50):
            handed.append(frame.number)
            yield frame

    def draws(_: Any) -> None:
        most.append(len(handed) - next(shown) + 1)

    order, source = Overlapped(chain([])), counted()
    order.in_flight = in_flight
    for _ in range(50):
        order(source, draws)
    order.close()
    assert max(most) <= in_flight
