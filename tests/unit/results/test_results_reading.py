"""What does not fit is left out, and all else of it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from framegate.results.reading import read_as


@dataclass(frozen=True)
class Facts:
    seconds: float = 0.5
    count: int = 3
    name: str = ""


@dataclass(frozen=True)
class Lists:
    numbers: Sequence[float] = ()
    by_name: Mapping[str, Sequence[float]] = field(default_factory=dict)
    facts: tuple[Facts, ...] = ()
    other: Facts | None = None


def test_a_truth_value_is_no_number() -> None:
    assert read_as({"seconds": True, "count": True, "name": "x"}, Facts) == Facts(name="x")
    assert read_as({"seconds": 2, "count": 1.5, "name": "x"}, Facts) == Facts(2.0, name="x")


def test_a_list_that_does_not_fit_leaves_the_others() -> None:
    assert read_as({"numbers": "x", "by_name": {"a": [1]}}, Lists) == Lists(by_name={"a": [1.0]})
    assert read_as({"numbers": [0.5], "by_name": {"a": ["x"]}}, Lists) == Lists(numbers=[0.5])


def test_what_is_inside_of_others_is_read_field_by_field_too() -> None:
    stored = {"facts": [{"count": 4}, {"count": "x", "name": "y"}], "other": {"seconds": [], "count": 5}}
    assert read_as(stored, Lists) == Lists(facts=(Facts(count=4), Facts(name="y")), other=Facts(count=5))


def test_a_number_beyond_all_floats_is_left_out() -> None:
    assert read_as({"seconds": 10**400, "name": "x"}, Facts) == Facts(name="x")
