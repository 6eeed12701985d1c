"""Floors, from the ini file and from the marker."""

from __future__ import annotations

from math import log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.errors import UsageError
from framegate.gate.floors import Floors, parse_floors
from framegate.gate.verdicts import MISSED, P95, TOTAL


def test_defaults_hold_where_nothing_is_said() -> None:
    floors = parse_floors([], 0.03)
    assert [floors.fraction(family) for family in (TOTAL, "draw", P95, MISSED)] == [0.03, 0.03, 0.10, 0.05]
    assert [floors.seconds(family) for family in (TOTAL, "draw", P95)] == [0.0, 20e-6, 0.0]


@pytest.mark.parametrize(
    ("line", "family", "fraction", "seconds"),
    [
        ("draw = 10%", "draw", 0.10, 20e-6),
        ("draw=10%", "draw", 0.10, 20e-6),
        ("  draw = 10 %  50us ", "draw", 0.10, 50e-6),
        ("first-run = 2.5% 0us", "first-run", 0.025, 0.0),
        ("total = 4% 100us", TOTAL, 0.04, 100e-6),
        ("p95 = 20%", P95, 0.20, 0.0),
        ("missed = 1%", MISSED, 0.01, 20e-6),
        ("all = 7%", "convert", 0.07, 20e-6),
        ("all = 7% 5us", "convert", 0.07, 5e-6),
        ("all = 7%", P95, 0.10, 0.0),
    ],
)
def test_a_line_sets_the_floor_of_its_family(line: str, family: str, fraction: float, seconds: float) -> None:
    floors = parse_floors([line, "", "   "], 0.05)
    assert floors.fraction(family) == pytest.approx(fraction)
    assert floors.seconds(family) == pytest.approx(seconds)


def test_a_limit_is_a_logarithm_of_times_and_a_difference_of_shares() -> None:
    floors = parse_floors(["draw = 10%", "missed = 1%"], 0.03)
    assert [floors.limit(family) for family in (TOTAL, "draw", MISSED)] == pytest.approx([log(1.03), log(1.1), 0.01])


@pytest.mark.parametrize(
    "line",
    [
        "draw",
        "draw = ",
        "draw = 10",
        "draw = ten%",
        "draw = -1%",
        "= 10%",
        "draw = 10% 20",
        "draw = 10% 20ms",
        "a b = 1%",
        "draw = 1.2.3%",
        "draw = .%",
        "draw = 10% 1.2.3us",
        "draw = 1%; x = 2%",
    ],
)
def test_unparsable_floor_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="gate_floor") as caught:
        parse_floors([line], 0.05)
    assert repr(line.strip()) in str(caught.value)


@given(st.text(max_size=30))
def test_any_line_is_a_floor_or_a_mistake_of_the_user(line: str) -> None:
    try:
        floors = parse_floors([line], 0.05)
    except UsageError:
        return
    assert floors.general >= 0


@given(st.floats(0, 900), st.floats(0, 1e5), st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]*", fullmatch=True))
def test_what_was_written_is_what_is_read(percent: float, microseconds: float, family: str) -> None:
    floors = parse_floors([f"{family} = {percent:.3f}% {microseconds:.3f}us"], 0.05)
    name = "draw" if family == "all" else family
    assert floors.fraction(name) == pytest.approx(percent / 100, abs=1e-5)
    assert floors.seconds(name) == pytest.approx(microseconds / 1e6, abs=1e-9)


def test_a_marker_is_of_its_benchmark_alone() -> None:
    floors = parse_floors(["draw = 10% 50us"], 0.03)
    own = floors.of_marker({"floor": 0.2, "absolute_s": 1e-3})
    assert own.fraction(TOTAL) == 0.2
    assert own.fraction("draw") == 0.10
    assert own.seconds("draw") == own.seconds(TOTAL) == 1e-3
    assert floors.fraction(TOTAL) == 0.03
    assert floors.of_marker({}) is floors
    assert Floors().of_marker({"floor": 0}).general == 0.0


@pytest.mark.parametrize(
    "marker",
    [
        {"floor": "5%"},
        {"floor": -0.1},
        {"floor": True},
        {"floor": None},
        {"floor": 10},
        {"absolute_s": -1},
        {"flor": 0.1},
    ],
)
def test_what_a_marker_cannot_be(marker: dict[str, Any]) -> None:
    (name,) = marker
    with pytest.raises(UsageError, match=name) as caught:
        Floors().of_marker(marker)
    assert "it takes floor and absolute_s" in str(caught.value)


def test_nan_floor_is_refused() -> None:
    with pytest.raises(UsageError):
        Floors().of_marker({"floor": float("nan")})


def test_a_benchmark_that_may_vary_may_vary_in_its_slow_rounds() -> None:
    assert Floors().of_marker({"floor": 0.3}).fraction(P95) == 0.3
    assert parse_floors(["all = 30%", "p95 = 20%"], 0.05).fraction(P95) == 0.2
    assert parse_floors(["all = 1%"], 0.05).fraction(P95) == 0.10
