"""What does not fit is left out, and all else of it is read."""

from __future__ import annotations

from dataclasses import dataclass

from framegate.results.reading import read_as


@dataclass(frozen=True)
class Facts:
    seconds: float = 0.5
    count: int = 3
    name: str = ""


def test_a_truth_value_is_no_number() -> None:
    assert read_as({"seconds": True, "count": True, "name": "x"}, Facts) == Facts(name="x")
    assert read_as({"seconds": 2, "count": 1.5, "name": "x"}, Facts) == Facts(2.0, name="x")
