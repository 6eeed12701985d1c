"""The account of a run's time, on a clock that the test moves."""

import pytest

from framegate.bench.allowance import LEAST_RUNS, RUNS, USUAL_S, Allowance


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def measure(allowance: Allowance, clock: Clock, kind: str, seconds: float, *, is_measured: bool = True) -> None:
    allowance.begin(kind)
    clock.now_s += seconds
    allowance.end(is_measured=is_measured)


def test_the_estimate_is_the_usual_one_until_a_cell_has_ended(clock: Clock) -> None:
    allowance = Allowance(150, ["page", "page", "python"], clock)
    assert allowance.estimate_s() == 2 * USUAL_S["page"] + USUAL_S["python"]
    measure(allowance, clock, "page", 20.0)
    assert allowance.estimate_s() == 20 + USUAL_S["python"]


def test_what_a_cell_has_taken_so_far_is_not_to_come_any_more(clock: Clock) -> None:
    allowance = Allowance(150, ["page", "page"], clock)
    allowance.begin("page")
    clock.now_s += 3
    assert allowance.estimate_s() == 2 * USUAL_S["page"] - 3
    clock.now_s += 100
    assert allowance.estimate_s() == USUAL_S["page"]


def test_the_estimate_is_the_mean_of_cells_of_the_kind(clock: Clock) -> None:
    allowance = Allowance(150, ["page"] * 4, clock)
    measure(allowance, clock, "page", 4.0)
    measure(allowance, clock, "page", 6.0)
    assert allowance.estimate_s() == 10.0


def test_what_was_left_out_says_nothing_of_the_others(clock: Clock) -> None:
    allowance = Allowance(150, ["page"] * 3, clock)
    measure(allowance, clock, "page", 10.0)
    measure(allowance, clock, "page", 0.1, is_measured=False)
    assert allowance.estimate_s() == 10.0


def test_the_estimate_is_never_more_than_is_left(clock: Clock) -> None:
    allowance = Allowance(30, ["page"] * 9, clock)
    assert allowance.estimate_s() == 30
    clock.now_s += 31
    assert (allowance.left_s, allowance.gone_s, allowance.estimate_s()) == (0, 31, 0)


def test_a_frame_is_weighed_by_what_is_left(clock: Clock) -> None:
    allowance = Allowance(60, ["page"], clock)
    assert allowance.affords(60 / RUNS)
    assert not allowance.affords(60 / RUNS + 0.01)
    assert allowance.affords(60 / LEAST_RUNS, is_first=True)
    clock.now_s += 1
    assert not allowance.affords(60 / LEAST_RUNS, is_first=True)
