"""The largest model that holds a rate, with an interval in which another launch finds it too."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framegate.realtime.breakpoint import Breakpoint, breakpoint_of

FILTERS = (4, 8, 16, 24, 32, 48, 64)


def time_s(filters: float) -> float:
    """A frame of a network that breaks 30 frames per second at 25 filters."""
    return 0.002 + 0.00005013 * filters**2


def launch(chance: random.Random, spread: float = 0.05, frames: int = 40) -> dict[float, list[float]]:
    """The seconds of every frame: the launch differs as a whole, each size and each frame; one in fifty is slow."""
    factor = chance.lognormvariate(0, spread)
    samples_s: dict[float, list[float]] = {}
    for filters in FILTERS:
        mean_s = time_s(filters) * factor * chance.lognormvariate(0, 0.01)
        samples_s[filters] = [
            mean_s * chance.lognormvariate(0, 0.04) * (2 if chance.random() < 0.02 else 1) for _ in range(frames)
        ]
    return samples_s


def test_the_size_between_two_that_were_tried() -> None:
    # A time that is proportional to the square breaks at exactly the square root.
    point = breakpoint_of({size: [size**2 / 10_000] for size in (4, 8, 16, 32)}, rate=25)
    assert point.size == pytest.approx(20)
    assert 18 < point.low < 19.5
    assert 20.5 < point.high < 22


def test_the_largest_may_hold_it_and_the_smallest_may_not() -> None:
    assert breakpoint_of({4: [0.001], 8: [0.002]}, rate=30) == Breakpoint(8, 8, 8)
    assert breakpoint_of({4: [0.1], 8: [0.2]}, rate=30) == Breakpoint(0, 0, 0)
    assert breakpoint_of({8: [1 / 30]}, rate=30) == Breakpoint(8, 0, 8)


def test_a_larger_model_is_never_faster() -> None:
    # 8 and 16 are evened out to 20 ms, so that the rate breaks above 16.
    point = breakpoint_of({4: [0.01], 8: [0.025], 16: [0.016], 32: [0.08]}, rate=25)
    assert point.size == pytest.approx(16 * 2**0.5)


def test_a_slow_frame_in_fifty_moves_nothing() -> None:
    samples_s: dict[float, list[float]] = {size: [time_s(size)] * 49 + [1.0] for size in FILTERS}
    point = breakpoint_of(samples_s, 30)
    assert point.size == pytest.approx(25, rel=0.001)
    assert 23 < point.low < point.high < 27


def test_intervals_of_two_launches_overlap_and_hold_the_truth() -> None:
    chance = random.Random(3)  # noqa: S311 # no secret depends on it
    points = [breakpoint_of(launch(chance), 30) for _ in range(80)]
    pairs = list(zip(points[::2], points[1::2], strict=True))
    assert sum(one.low <= two.high and two.low <= one.high for one, two in pairs) >= 0.95 * len(pairs)
    assert sum(point.low <= 25 <= point.high for point in points) >= 0.9 * len(points)
    assert all(1.02 < point.high / point.low < 1.2 for point in points)


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(1, 100), st.lists(st.floats(1e-4, 10), min_size=1, max_size=3), min_size=1, max_size=5)
)
def test_an_interval_is_within_what_was_tried_and_around_the_size(samples_s: dict[float, list[float]]) -> None:
    point = breakpoint_of(samples_s, 30)
    assert 0 <= point.low <= point.size <= point.high <= max(samples_s)
    assert point.size == 0 or point.size >= min(samples_s)
