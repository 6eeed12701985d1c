"""The figures on the page are those of the suites, of the frames that it has shown lately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from framegate.live.figures import figures_of

RATE = 10.0
NUMBERS = 4096

Row = tuple[int, int | None, float, float, float, dict[str, float]]


def row(number: int, screen: int | None = None, *, late_s: float = 0.0, first: int = 0) -> Row:
    """A frame that is due every 0.1 s, and on the canvas 20 ms later."""
    due_s = 3 + (number - first) / RATE
    return number, number if screen is None else screen, due_s, due_s, due_s + late_s + 0.02, {"draw": 0.02}


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    lately = {"sights": rows, "began": 3.0, "display_interval": 1 / 60, "ended": None, "rate": RATE}
    return figures_of(lately | {"tensors_left": 0, "bytes_left": 0}, NUMBERS)


def test_every_frame_is_shown() -> None:
    told = figures([row(number) for number in range(11)])
    assert (told["came"], told["delivered"], told["dropped"], told["wrong"], told["freezes"]) == (11, 11, 0, 0, 0)
    assert told["age_median_s"] == pytest.approx(0.02)
    assert told["stages_s"] == {"draw": 0.02}
    assert told["frozen"] == []


def test_a_frame_that_another_one_stands_for_is_one_wrong_look_though_it_is_repeated_and_stale() -> None:
    told = figures([row(0), row(1), row(2, screen=1), row(3)])
    assert told["wrong"] == 1


def test_numbers_begin_again() -> None:
    told = figures([row(number % NUMBERS, first=4090 - NUMBERS * (number >= NUMBERS)) for number in range(4090, 4110)])
    assert (told["came"], told["dropped"], told["wrong"]) == (20, 0, 0)


def test_frames_between_those_that_were_taken_were_missed() -> None:
    assert figures([row(0), row(1), row(4)])["dropped"] == 2


def test_a_freeze_is_told_with_its_time_on_the_pages_clock() -> None:
    told = figures([*(row(number) for number in range(10)), *(row(number, late_s=0.5) for number in range(10, 12))])
    assert told["freezes"] == 1
    [span] = told["frozen"]
    assert span == pytest.approx((3.92, 4.52))
