"""Freezes are found where there are some, and nowhere else."""

from __future__ import annotations

import pytest
from clock_runs import jittery_run
from hypothesis import given, settings
from hypothesis import strategies as st

from framegate.realtime.freezes import freezes
from framegate.realtime.statistics import realtime_of

QUIET_S = [0.02] * 30


def frozen(intervals_s: list[float], jitter_s: float = 0) -> list[float]:
    return [intervals_s[place] for place in freezes(intervals_s, jitter_s)]


@pytest.mark.parametrize(
    ("average_s", "limit_s"),
    [(0.02, 0.17), (0.05, 0.2), (0.075, 0.225), (0.1, 0.3)],  # average + 150 ms, and three times it from 75 ms on
)
def test_the_limit_is_webrtcs(average_s: float, limit_s: float) -> None:
    before_s = [average_s] * 30
    assert frozen([*before_s, limit_s]) == [limit_s]
    assert frozen([*before_s, limit_s - 0.0009]) == [limit_s - 0.0009]
    assert frozen([*before_s, limit_s - 0.0011]) == []


def test_what_is_short_by_less_than_the_jitter_is_a_freeze() -> None:
    assert frozen([*QUIET_S, 0.1641], jitter_s=0.001) == [0.1641]
    assert frozen([*QUIET_S, 0.1639], jitter_s=0.001) == []


def test_no_jitter_makes_a_freeze_of_another_number_of_frames() -> None:
    assert frozen([*QUIET_S, 0.1601], jitter_s=1) == [0.1601]
    assert frozen([*QUIET_S, 0.1599], jitter_s=1) == []


def test_the_average_is_of_the_last_thirty_and_takes_five() -> None:
    assert frozen([0.02] * 4 + [0.5]) == []
    assert frozen([0.02] * 5 + [0.5]) == [0.5]
    assert frozen([0.5] * 30 + [0.02] * 29 + [0.18]) == []
    assert frozen([0.5] * 30 + [0.02] * 30 + [0.18]) == [0.18]


def test_a_freeze_is_part_of_the_average_of_those_after_it() -> None:
    assert frozen([*QUIET_S, 0.5, 0.18]) == [0.5]  # the average is 36 ms then


@settings(deadline=None)
@given(st.floats(0.001, 1), st.integers(0, 100))
def test_intervals_that_are_all_alike_have_none(interval_s: float, count: int) -> None:
    assert frozen([interval_s] * count) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_of_a_hundred_freezes_of_150_ms_are_found(seed: int) -> None:
    late = range(50, 10_050, 100)
    part = realtime_of(jittery_run(60, 10_100, late=late, seed=seed))
    assert part.freezes == len(late) == 100
    assert 0.15 < part.longest_freeze_s < 0.18
    assert part.frozen_s == pytest.approx(100 * (1 / 60 + 0.15), rel=0.01)


@pytest.mark.parametrize("rate", [24, 60])
@pytest.mark.parametrize("seed", range(3))
def test_ten_thousand_quiet_frames_have_none(rate: float, seed: int) -> None:
    assert realtime_of(jittery_run(rate, 10_000, seed=seed)).freezes == 0
