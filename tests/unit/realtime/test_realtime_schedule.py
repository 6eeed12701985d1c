"""Frames are due when their number says, however long a camera runs; a rate that cannot be is one clear line."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framegate.errors import UsageError
from framegate.realtime.schedule import HIGHEST, LOWEST, MAX, Schedule, parse_rate

RATES = st.floats(LOWEST, HIGHEST)
BEGINNINGS = st.floats(0, 1e6)


def test_frames_are_due_by_their_numbers() -> None:
    schedule = Schedule(rate=50, began_s=100.0)
    assert [schedule.due_s(number) for number in (0, 1, 50)] == [100.0, 100.02, 101.0]
    assert [schedule.number_due(now_s) for now_s in (99.0, 99.999, 100.0, 100.019, 100.02, 101.0)] == [
        -1,
        -1,
        0,
        0,
        1,
        50,
    ]


@settings(deadline=None)
@given(RATES, BEGINNINGS, st.integers(0, 10_000_000))
def test_a_frame_is_the_newest_from_its_own_time_on(rate: float, began_s: float, number: int) -> None:
    schedule = Schedule(rate, began_s)
    assert schedule.number_due(schedule.due_s(number)) == number


@settings(deadline=None)
@given(RATES, BEGINNINGS, st.floats(-10, 1e6))
def test_the_newest_frame_is_due_and_the_next_is_not(rate: float, began_s: float, after_s: float) -> None:
    schedule, now_s = Schedule(rate, began_s), began_s + after_s
    number = schedule.number_due(now_s)
    assert number == -1 or schedule.due_s(number) <= now_s
    assert now_s < schedule.due_s(number + 1)


def test_a_day_of_frames_does_not_drift() -> None:
    rate = Fraction(30000, 1001)
    schedule, number = Schedule(float(rate), began_s=0.0), 24 * 60 * 60 * 30
    assert abs(Fraction(schedule.due_s(number)) - number / rate) < Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", 24), ("29.97", 29.97), ("30000/1001", 30000 / 1001), ("60", 60), ("1e3", 1000), ("1000", 1000),
        ("0.1", 0.1), ("max", MAX),
    ],
)  # fmt: skip
def test_a_rate_is_read_as_users_write_it(text: str, rate: object) -> None:
    assert parse_rate("--frame-rate", text) == rate


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-30",
        "nan",
        "inf",
        "-inf",
        "1e9",
        "1000.1",
        "0.01",
        "30fps",
        "thirty",
        "1/0",
        "30/",
        "/2",
        "",
        "max ",
        "60/1/1",
    ],
)
def test_a_rate_that_cannot_be_is_named(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_rate("--frame-rate", text)
    assert str(error.value) == (
        f"--frame-rate {text!r} is not a rate from 0.1 to 1000 frames per second (30, 29.97, 30000/1001), nor max"
    )
