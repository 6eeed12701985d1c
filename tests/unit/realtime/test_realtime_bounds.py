"""A tail has a bound where the samples are enough, and the bound holds as often as it says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from framegate.realtime.bounds import one_percent_low, samples_needed, upper_bound


@pytest.mark.parametrize(("share", "count"), [(0.9, 64), (0.99, 662), (0.5, 11), (0.999, 6636)])
def test_so_many_samples_are_needed(share: float, count: int) -> None:
    assert samples_needed(share) == count
    assert stats.binom.cdf(1, count, 1 - share) <= 0.01 < stats.binom.cdf(1, count - 1, 1 - share)


@pytest.mark.parametrize(("share", "count"), [(0.9, 64), (0.99, 662)])
def test_the_first_bound_is_the_second_largest_sample(share: float, count: int) -> None:
    samples = [float(number) for number in range(count)]
    assert upper_bound(samples[1:], share) is None
    assert upper_bound(samples, share) == count - 2
    assert upper_bound([*samples[:-1], 1e9], share) == count - 2


@pytest.mark.parametrize("count", [662, 1_000, 5_000, 20_000])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_the_order_statistic_is_that_of_the_binomial_distribution(count: int, share: float) -> None:
    bound = upper_bound(range(count), share)
    assert bound == count - stats.binom.ppf(0.01, count, 1 - share)


def test_there_is_none_of_no_samples() -> None:
    assert (upper_bound([], 0.9), one_percent_low([])) == (None, None)


@settings(deadline=None)
@given(st.lists(st.floats(0, 10), min_size=64, max_size=300), st.randoms(use_true_random=False))
def test_a_bound_is_a_sample_whatever_their_order(samples: list[float], chance: random.Random) -> None:
    bound = upper_bound(samples, 0.9)
    assert bound in samples
    assert sum(sample > bound for sample in samples if bound is not None) < 0.1 * len(samples)
    assert upper_bound(chance.sample(samples, len(samples)), 0.9) == bound


@pytest.mark.parametrize(("share", "count"), [(0.9, 64), (0.9, 500), (0.99, 662)])
def test_the_true_percentile_is_above_the_bound_once_in_a_hundred_runs(share: float, count: int) -> None:
    chance = random.Random(12)  # noqa: S311 # no secret depends on it
    bounds = (upper_bound([chance.random() for _ in range(count)], share) for _ in range(2_000))
    assert sum(bound is not None and bound < share for bound in bounds) <= 30  # 20 are expected, 4.4 is one deviation


def test_the_low_is_the_rate_of_the_slowest_hundredth() -> None:
    intervals_s = [0.02] * 990 + [0.04] * 5 + [0.06] * 5
    assert one_percent_low(intervals_s) == pytest.approx(20)
    assert one_percent_low(intervals_s[1:]) is None
