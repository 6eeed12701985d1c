"""The rules that decide, in numbers that were worked out by hand or by another program.

That program is scipy.stats, which takes longer to import than many a file's tests take: it is imported where it is
used, and not by every worker that collects this file.
"""

from __future__ import annotations

from math import exp, inf, log, log1p, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.gate.statistics import (
    PairsShift,
    adjust,
    against_history,
    as_change,
    first_look,
    of_pairs,
    pairs_needed,
    spread,
    verdict_of,
)
from framegate.gate.verdicts import Verdict

LAUNCHES = (-0.02, -0.01, 0.0, 0.01, 0.02)
FIVE_RUNS = (LAUNCHES,) * 5
SCALE = 0.014826  # 1.4826 times their median deviation, 0.01
FLOOR = log(1.05)
YUEN = (-0.01, 0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.20)


def flat(shift: float, count: int = 5) -> list[float]:
    return [shift] * count


def test_the_spread_is_that_of_normal_values() -> None:
    assert spread([value for run in FIVE_RUNS for value in run]) == pytest.approx(SCALE)
    assert spread([3.0, 3.0, 3.0, 100.0]) == 0


def test_the_floor_is_the_bound_where_the_history_is_quiet() -> None:
    found = against_history(flat(0.049), FIVE_RUNS)
    assert found.change == pytest.approx(0.049)
    assert found.noise == pytest.approx(3 * SCALE * sqrt(1 / 5 + 1 / 5)) == pytest.approx(0.02813, abs=1e-5)
    assert found.interval(FLOOR) == pytest.approx((0.049 - log(1.05), 0.049 + log(1.05)))
    assert found.verdict(FLOOR) is Verdict.REGRESSED
    assert against_history(flat(0.048), FIVE_RUNS).verdict(FLOOR) is Verdict.SAME


def test_three_deviations_are_the_bound_where_it_is_noisy() -> None:
    noisy = [[10 * value for value in run] for run in FIVE_RUNS]
    bound = 3 * 10 * SCALE * sqrt(1 / 5 + 1 / 5)
    assert bound == pytest.approx(0.28130, abs=1e-5)
    assert against_history(flat(0.281), noisy).interval(FLOOR) == pytest.approx((0.281 - bound, 0.281 + bound))
    assert against_history(flat(0.282), noisy).verdict(FLOOR) is Verdict.REGRESSED
    # Slower by more than the floor, and it cannot be told from chance: not the same, either.
    assert against_history(flat(0.281), noisy).verdict(FLOOR) is Verdict.INCONCLUSIVE
    assert against_history(flat(0.048), noisy).verdict(FLOOR) is Verdict.SAME
    assert against_history(flat(-0.281), noisy).verdict(FLOOR) is Verdict.SAME


def test_more_launches_and_more_runs_narrow_the_bound() -> None:
    noisy = [[10 * value for value in run] for run in FIVE_RUNS * 2]
    assert against_history(flat(0.2, 20), noisy).noise == pytest.approx(30 * SCALE * sqrt(1 / 20 + 1 / 10))


@pytest.mark.parametrize(("slower", "of", "verdict"), [(2, 3, "regressed"), (4, 5, "regressed"), (7, 10, "regressed")])
def test_two_thirds_of_the_launches_have_to_be_slower(slower: int, of: int, verdict: str) -> None:
    assert against_history(flat(0.1, slower) + flat(0.0, of - slower), FIVE_RUNS).verdict(FLOOR) == verdict
    # One fewer, and the median may still be beyond the bound: it is chance.
    fewer = flat(0.1, slower - 1) + flat(0.019, of - slower + 1)
    assert against_history(fewer, FIVE_RUNS).verdict(FLOOR) is Verdict.SAME


def test_a_median_beyond_the_bound_is_not_enough() -> None:
    candidate = [0.0, 0.0, 0.1, 0.1, 0.1]
    found = against_history(candidate, FIVE_RUNS)
    assert found.change > max(FLOOR, found.noise)
    assert found.verdict(FLOOR) is Verdict.SAME


def test_faster_is_the_mirror_image() -> None:
    assert against_history(flat(-0.06), FIVE_RUNS).verdict(FLOOR) is Verdict.IMPROVED
    assert against_history([-0.06] * 3 + [0.0] * 2, FIVE_RUNS).verdict(FLOOR) is Verdict.SAME


@pytest.mark.parametrize("runs", [1, 2, 3, 4])
def test_fewer_than_five_runs_widen_the_bound(runs: int) -> None:
    from scipy import stats

    noisy = [[10 * value for value in LAUNCHES]] * runs
    deviations = float(stats.t.isf(0.00135, 5 * runs - 1))
    assert deviations > 3
    bound = deviations * 10 * SCALE * sqrt(1 / 5 + 1 / runs)
    assert against_history(flat(0.0), noisy).noise == pytest.approx(bound)


@pytest.mark.parametrize("launches", [1, 2, 4])
def test_launches_too_few_to_vary_are_not_taken_for_steady(launches: int) -> None:
    from scipy import stats

    found = against_history(flat(0.1, launches), [flat(0.0, launches)])
    assert found.noise == pytest.approx(float(stats.t.isf(0.00135, 4)) * log(1.02) * sqrt(1 / launches + 1))
    assert found.verdict(FLOOR) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("launches", [1, 2, 3])
def test_a_short_history_of_few_launches_still_finds_what_is_three_times_slower(launches: int) -> None:
    history = [[0.0, 0.05, 0.1][:launches]]
    assert against_history(flat(log(3), launches), history).verdict(FLOOR) is Verdict.REGRESSED


def test_yuen_by_hand() -> None:
    # The six in the middle have the mean 0.035. Two on either side are pulled in to 0.01 and 0.06; the squares of the
    # ten around their mean 0.035 add up to 0.00425; h = 6.
    found = of_pairs(YUEN)
    assert found.change == pytest.approx(0.035)
    assert found.half_width == pytest.approx(2.570582 * sqrt(0.00425 / (6 * 5)), rel=1e-6)
    assert found.low == pytest.approx(0.035 - found.half_width)


def test_yuen_as_scipy_has_it() -> None:
    from scipy import stats

    # Against ten zeros, Yuen's test of two samples is that of one.
    both = stats.ttest_ind(YUEN, np.zeros(10), equal_var=False, trim=0.2, alternative="greater")
    assert of_pairs(YUEN).p == pytest.approx(float(both.pvalue), rel=1e-9)
    assert of_pairs([-value for value in YUEN]).p == pytest.approx(float(both.pvalue), rel=1e-9)


def test_the_interval_is_that_of_tukey_and_mclaughlin_but_for_yuens_denominator() -> None:
    from scipy.stats import mstats

    low, high = (float(end) for end in mstats.trimmed_mean_ci(np.array(YUEN), limits=(0.2, 0.2)))
    found = of_pairs(YUEN)
    assert found.change == pytest.approx((low + high) / 2)
    # (n-1) (h/n)^2 n against h (h-1)
    assert found.half_width == pytest.approx((high - low) / 2 * sqrt(9 * 0.36 * 10 / (6 * 5)))


@given(st.lists(st.floats(-1, 1), min_size=5, max_size=30))
def test_swapping_the_sides_mirrors_the_result(values: list[float]) -> None:
    there, back = of_pairs(values), of_pairs([-value for value in values])
    assert there.change == pytest.approx(-back.change, abs=1e-12)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)
    assert there.p is not None
    assert 0 <= there.p <= 1


def test_one_wild_pair_of_ten_moves_nothing() -> None:
    wild = [*YUEN[:-1], 5.0]
    assert of_pairs(wild) == of_pairs(YUEN)


def test_pairs_that_agree_leave_nothing_to_chance() -> None:
    found = of_pairs(flat(0.1, 10))
    assert (found.low, found.high) == pytest.approx((0.1, 0.1))
    assert found.p == 0.0
    assert of_pairs(flat(0.0, 10)).p == 1.0


@pytest.mark.parametrize("pairs", [[], [0.1] * 4, [0.1] * 9 + [nan], [0.1] * 9 + [inf]])
def test_too_few_pairs_or_none_that_is_a_number(pairs: list[float]) -> None:
    with pytest.raises(ValueError, match="five finite pairs are needed"):
        of_pairs(pairs)


@pytest.mark.parametrize(
    ("low", "mean", "high", "p", "verdict"),
    [
        (0.01, 0.05, 0.09, 0.01, "regressed"),
        (0.01, 0.05, 0.09, 0.06, "inconclusive"),  # not after the correction, and too wide
        (0.04, 0.05, 0.06, 0.06, "same"),  # not after the correction
        (0.01, 0.029, 0.04, 0.01, "same"),  # below the floor
        (-0.01, 0.04, 0.09, 0.01, "inconclusive"),
        (-0.09, -0.05, -0.01, 0.01, "improved"),
        (-0.04, -0.029, -0.01, 0.01, "same"),
        (-0.02, 0.0, 0.02, 1.0, "same"),
        (-0.03, 0.0, 0.03, 1.0, "inconclusive"),
    ],
)
def test_what_the_pairs_say(low: float, mean: float, high: float, p: float, verdict: str) -> None:
    assert PairsShift(mean, low, high, p).verdict(log1p(0.03), p) == verdict


def test_the_limit_itself_does_not_count() -> None:
    just = log1p(0.03)
    assert PairsShift(just + 1e-9, 0.02, 0.04, 0.001).verdict(just, 0.001) is Verdict.REGRESSED
    assert PairsShift(just - 1e-9, 0.02, 0.04, 0.001).verdict(just, 0.001) is Verdict.SAME


def test_four_times_the_pairs_halve_the_interval() -> None:
    assert pairs_needed(10, 2 * log1p(0.03), log1p(0.03)) == 40
    assert pairs_needed(10, 0.01, log1p(0.03)) == 11


def test_no_number_of_pairs_settles_a_floor_of_nothing() -> None:
    assert pairs_needed(10, 0.01, 0.0) is None


def test_a_first_look_settles_what_it_is_asked_about() -> None:
    found = first_look([0.01, -0.02, 0.0, 0.5, -0.5])
    assert (found.change, found.interval(0.03), found.p) == (0.0, (-0.5, 0.5), None)
    assert found.verdict(0.0, None) is Verdict.SAME


@pytest.mark.parametrize(
    ("change", "sure", "verdict"),
    [
        (0.031, True, "regressed"),
        (0.03, True, "same"),
        (-0.03, True, "same"),
        (-0.031, True, "improved"),
        (1.0, False, "same"),
        (-1.0, False, "same"),
    ],
)
def test_a_change_counts_beyond_the_limit_and_where_it_is_sure(change: float, *, sure: bool, verdict: str) -> None:
    assert verdict_of(change, 0.03, sure=sure) == verdict


def test_benjamini_and_hochberg_by_hand() -> None:
    # Sorted: 0.01 x 4/1 = 0.04; 0.02 x 4/2 = 0.04; 0.04 x 4/3 = 0.0533; 0.5 x 4/4 = 0.5.
    given_p = {("a", "total"): 0.04, ("b", "total"): 0.01, ("c", "total"): 0.5, ("d", "total"): 0.02}
    found = adjust(given_p)
    assert list(found) == list(given_p)
    assert list(found.values()) == pytest.approx([0.04 * 4 / 3, 0.04, 0.5, 0.04])
    assert adjust({}) == {}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_and_hochberg_as_scipy_has_it(p_values: list[float]) -> None:
    from scipy import stats

    found = adjust({(str(index), "total"): p for index, p in enumerate(p_values)})
    assert list(found.values()) == pytest.approx(stats.false_discovery_control(p_values).tolist())


def test_what_was_not_looked_at_again_counts_in_the_correction() -> None:
    alone = adjust({("a", "total"): 0.01})
    among = adjust({("a", "total"): 0.01} | {(str(index), "total"): 1.0 for index in range(29)})
    assert alone["a", "total"] == pytest.approx(0.01)
    assert among["a", "total"] == pytest.approx(0.30)


def test_a_logarithm_as_a_change() -> None:
    assert as_change(log(1.1)) == pytest.approx(0.1)
    assert exp(log1p(0.05)) - 1 == pytest.approx(0.05)
