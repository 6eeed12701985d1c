"""The highest rate that is sustained is found in a few attempts, for pipelines of which it is known."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from service_runs import service_run

from framegate.realtime.schedule import HIGHEST
from framegate.realtime.search import SLOWEST, search_rate, seconds_needed
from framegate.realtime.statistics import realtime_of
from framegate.realtime.verify import verify_run
from framegate.results.realtime import Realtime


def attempts_of(service_s: Callable[[int], float]) -> Callable[[float], Realtime]:
    """Attempts that last as long as they need to, and so much longer that a queue would overflow."""

    def attempt(rate: float) -> Realtime:
        run = service_run(rate, math.ceil(1.5 * seconds_needed(rate) * rate), service_s)
        verify_run(run)
        return realtime_of(run)

    return attempt


def sustained(part: Realtime) -> float:
    assert part.search is not None
    assert part.search.rate is not None
    assert part.rate == part.search.rate
    return part.search.rate


@pytest.mark.parametrize("service_s", [0.0013, 0.005, 0.020, 0.045, 0.090])
@pytest.mark.parametrize("times", [0.05, 0.6, 1, 1.3, 20])
def test_the_rate_of_a_known_service_time_is_found(service_s: float, times: float) -> None:
    part = search_rate(attempts_of(lambda _: service_s), first=times / service_s)
    assert 0.97 / service_s < sustained(part) < 1.01 / service_s
    assert part.search is not None
    assert len(part.search.attempts) <= 13
    assert part.dropped_count == 0


def test_a_good_guess_takes_few_attempts() -> None:
    part = search_rate(attempts_of(lambda _: 0.020), first=50)
    assert 49 < sustained(part) < 50.5
    assert part.search is not None
    assert len(part.search.attempts) <= 3


def test_attempts_say_what_they_came_to() -> None:
    search = search_rate(attempts_of(lambda _: 0.020), first=100).search
    assert search is not None
    first, second = search.attempts[:2]
    assert (first.rate, first.sustained, second.sustained) == (100, False, True)
    assert first.dropped > 400  # half of what came
    assert second.rate == pytest.approx(50, rel=0.01)
    assert second.age_p99_s == pytest.approx(0.02, rel=0.1)
    rates = {attempt.rate: attempt.sustained for attempt in search.attempts}
    assert search.rate == max(rate for rate, is_sustained in rates.items() if is_sustained)
    assert search.rate < min(rate for rate, is_sustained in rates.items() if not is_sustained)


def test_old_frames_are_not_sustained_though_all_are_shown() -> None:
    # A pipeline of three stages side by side: a frame every 10 ms, each 30 ms old.
    def attempt(rate: float) -> Realtime:
        part = realtime_of(service_run(rate, 1_000, lambda _: 0.010))
        return replace(part, age_p99_s=(part.age_p99_s or 0) + 0.020)

    assert sustained(search_rate(attempt, first=100)) == pytest.approx(2 / 0.030, rel=0.03)
    assert sustained(search_rate(attempt, first=100, intervals=4)) == pytest.approx(100, rel=0.03)


@pytest.mark.parametrize("seed", range(20))
def test_a_machine_that_halts_now_and_then_is_measured_between_the_halts(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 # no secret depends on it

    def service_s(number: int) -> float:
        del number
        return chance.gammavariate(400, 0.020 / 400) + (0.1 if chance.random() < 1 / 5_000 else 0)

    assert 40 < sustained(search_rate(attempts_of(service_s), first=50)) < 51


def test_a_narrow_failure_is_tried_again_and_a_clear_one_is_not() -> None:
    rates: list[float] = []

    def attempt(rate: float) -> Realtime:
        rates.append(rate)
        part = realtime_of(service_run(rate, 1_000, lambda _: 0.020))
        is_accident = rates in ([40], [40, 40, 40.8])
        return replace(part, dropped={"queue": 1}) if is_accident else part

    assert sustained(search_rate(attempt, first=40)) > 49
    assert rates[:4] == [40, 40, 40.8, 40.8]
    assert all(rates.count(rate) == 1 for rate in rates if rate > 53)


def test_no_rate_may_be_sustained() -> None:
    part = search_rate(attempts_of(lambda _: 0.5), first=60)
    assert part.search is not None
    assert part.search.rate is None
    assert part.search.attempts[-1].rate == SLOWEST
    assert part.rate == SLOWEST


def test_no_camera_is_faster_than_the_highest() -> None:
    assert sustained(search_rate(attempts_of(lambda _: 1e-5), first=5_000)) == HIGHEST


def test_a_search_that_has_no_time_left_says_what_it_knows() -> None:
    part = search_rate(attempts_of(lambda _: 0.020), first=100, most_s=30)
    assert part.search is not None
    assert part.search.attempts[0].rate == 100
    assert [attempt.sustained for attempt in part.search.attempts] == [False, True]
    assert [part.search.rate, part.search.failed] == pytest.approx([50, 100], rel=0.01)
    assert search_rate(attempts_of(lambda _: 0.020), first=40, most_s=1).rate == 40  # the first is always made


def test_a_source_that_ends_ends_the_search() -> None:
    def attempt(rate: float) -> Realtime:
        return replace(realtime_of(service_run(rate, 100, lambda _: 0.02)), ended="the camera was pulled out")

    part = search_rate(attempt, first=30)
    assert part.search is not None
    assert (part.ended, part.search.rate, len(part.search.attempts)) == ("the camera was pulled out", None, 1)
