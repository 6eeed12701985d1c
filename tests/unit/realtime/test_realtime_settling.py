"""A run has settled if its halves are alike."""

from __future__ import annotations

import random

import pytest

from framegate.realtime.settling import has_settled


def ages(count: int, seed: int) -> list[float]:
    chance = random.Random(seed)  # noqa: S311 # no secret depends on it
    return [chance.gauss(0.02, 0.002) for _ in range(count)]


@pytest.mark.parametrize("count", [100, 119, 600, 20_000])
def test_ages_that_are_alike_have_settled(count: int) -> None:
    runs = 200 if count < 1_000 else 3
    assert sum(has_settled(ages(count, seed)) is False for seed in range(runs)) <= 0.02 * runs


def test_too_few_say_nothing() -> None:
    assert has_settled(ages(99, 1)) is None


def test_a_queue_that_fills_has_not_settled() -> None:
    assert has_settled([age_s + 0.00002 * number for number, age_s in enumerate(ages(600, 1))]) is False


def test_a_second_half_that_is_slower_by_a_tenth_has_not_settled() -> None:
    assert has_settled(ages(300, 1) + [1.1 * age_s for age_s in ages(300, 2)]) is False
    assert has_settled([1.1 * age_s for age_s in ages(300, 2)] + ages(300, 1)) is False


def test_a_sure_difference_of_a_hundredth_is_none() -> None:
    assert has_settled([0.02] * 300 + [0.0202] * 300)
    assert has_settled([0.02] * 300 + [0.0206] * 300) is False


def test_a_rare_slow_frame_is_no_trend() -> None:
    ages_s = ages(600, 1)
    ages_s[590] = 1.0
    assert has_settled(ages_s)
