"""The two rules that decide, on logarithms of times, and nothing but numbers in and numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, log1p, sqrt
from statistics import median

from framegate.gate.verdicts import Verdict

SLOWER = log(1.02)
"""What a launch, or a first look at pairs, has to differ by to count as different."""
SIGMAS = 3.0
ENOUGH_RUNS = 5
ENOUGH_LAUNCHES = 5
LEVEL = 0.05
TRIM = 0.2
CANARY_REACH = 3.0
"""By how many times its own shift a slow machine may excuse that of a benchmark, which may mind more than it."""
TAIL = 0.00135
"""One side of three standard deviations."""
FEWEST_DEGREES = 4
"""Of freedom: those of one run of five launches. The quantile for a single one, 235, would let anything through."""


def spread(values: Sequence[float]) -> float:
    """1.4826 times the median absolute deviation: the standard deviation, were the values normal."""
    middle = median(values)
    return 1.4826 * median(abs(value - middle) for value in values)


@dataclass(frozen=True)
class HistoryShift:
    """A candidate's launches against those of accepted runs, in logarithms.

    Attributes:
        shift: of the median.
        bound: what a shift has to exceed.
        verdict: ``same``, ``regressed``, ``improved``, or ``inconclusive`` where most launches are slower by more than
            the floor and the history varies by as much.
    """

    shift: float
    bound: float
    verdict: Verdict


def against_history(candidate: Sequence[float], accepted: Sequence[Sequence[float]], floor: float) -> HistoryShift:
    """The stored mode's rule: robust, and quick.

    The scale is that of single launches around their common median, over all accepted runs, so it holds what differs
    from launch to launch and from day to day. With fewer than five runs it is known less well, and three deviations
    become the quantile of Student's t that is as rare. Fewer than five launches in all may agree by chance, and
    are taken to differ by 2 % at least.

    Args:
        candidate: logarithm of each launch's value.
        accepted: the same for each accepted run, at least one, the oldest first.
        floor: the smallest change that counts, as a fraction of the time.
    """
    from scipy import stats

    launches = [value for run in accepted for value in run]
    middle = median(launches)
    shift = median(candidate) - middle
    sigmas, scale = SIGMAS, spread(launches)
    if len(launches) < ENOUGH_LAUNCHES:
        scale = max(scale, SLOWER)
    if len(accepted) < ENOUGH_RUNS:
        sigmas = max(SIGMAS, float(stats.t.ppf(1 - TAIL, max(FEWEST_DEGREES, len(launches) - 1))))
    bound = max(log1p(floor), sigmas * scale * sqrt(1 / len(candidate) + 1 / len(accepted)))

    def most(sign: float) -> bool:
        beyond = sum(sign * (value - middle) > SLOWER for value in candidate)
        return 3 * beyond >= 2 * len(candidate)

    verdict = Verdict.SAME
    if shift > bound and most(1.0):
        verdict = Verdict.REGRESSED
    elif shift > log1p(floor) and most(1.0):
        verdict = Verdict.INCONCLUSIVE
    elif shift < -bound and most(-1.0):
        verdict = Verdict.IMPROVED
    return HistoryShift(shift, bound, verdict)


@dataclass(frozen=True)
class PairsShift:
    """Pairs of launches, in logarithms: 20 %-trimmed mean with its 95 % interval.

    Attributes:
        mean: trimmed mean of ln(candidate/base).
        low: lower end of the interval.
        high: upper end.
        p: chance of a mean so far from zero on its side in identical code, before any correction. One-sided, as a
            benchmark is flagged for being slower, or for being faster, and each has its own question.
        count: pairs.
    """

    mean: float
    low: float
    high: float
    p: float
    count: int

    @property
    def half_width(self) -> float:
        """Of the interval."""
        return (self.high - self.low) / 2

    def pairs_needed(self, floor: float) -> int:
        """About how many pairs would bring the interval's half width down to the floor."""
        limit = log1p(floor)
        return max(self.count + 1, round(self.count * (self.half_width / limit) ** 2))


def of_pairs(pairs: Sequence[float]) -> PairsShift:
    """Trimmed mean with winsorised standard error (Yuen 1974), Student's t with h - 1 degrees of freedom.

    Args:
        pairs: one value a pair, at least five.

    Raises:
        ValueError: fewer than five, or one that is no number.
    """
    import numpy as np
    from scipy import special

    if len(pairs) < ENOUGH_RUNS or not all(map(isfinite, pairs)):
        raise ValueError(f"five finite pairs are needed at least; there are {list(pairs)}")
    values = np.sort(np.asarray(pairs, np.float64))
    count = len(values)
    cut = int(TRIM * count)
    kept = count - 2 * cut
    mean = float(values[cut : count - cut].mean())
    winsorised = np.clip(values, values[cut], values[count - cut - 1])
    error = float(np.sqrt(np.sum((winsorised - winsorised.mean()) ** 2) / (kept * (kept - 1))))
    # scipy.stats says the same ten times slower, which thousands of simulated trials would feel.
    reach = error * float(special.stdtrit(kept - 1, 1 - LEVEL / 2))
    # Pairs that agree to the last digit have no error; there is nothing left to chance then.
    tail = 0.0 if error == 0 else float(special.stdtr(kept - 1, -abs(mean) / error))
    return PairsShift(mean, mean - reach, mean + reach, 1.0 if mean == 0 else tail, count)


def verdict_of_pairs(shift: PairsShift, floor: float, adjusted_p: float) -> Verdict:
    """Stage two: what the pairs say, given the p-value after the correction for many benchmarks.

    ``regressed`` where the whole interval is above zero and the mean above the floor; ``improved`` by symmetry;
    ``inconclusive`` where the interval is wider than the floor to either side; else ``same``.
    """
    limit = log1p(floor)
    if adjusted_p <= LEVEL:
        if shift.low > 0 and shift.mean > limit:
            return Verdict.REGRESSED
        if shift.high < 0 and shift.mean < -limit:
            return Verdict.IMPROVED
    return Verdict.INCONCLUSIVE if shift.half_width > limit else Verdict.SAME


def adjust(p_values: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Benjamini and Hochberg's correction, over everything that was collected."""
    from scipy import stats

    if not p_values:
        return {}
    adjusted = stats.false_discovery_control(list(p_values.values()), method="bh")
    return dict(zip(p_values, map(float, adjusted), strict=True))


def may_be_the_machine(change: float, drift: float) -> bool:
    """Whether a benchmark that is slower by a fraction may be so because the machine is, by a logarithm."""
    return log1p(change) <= CANARY_REACH * drift


def as_change(value: float) -> float:
    """A logarithm of a ratio as a fraction: 0.0953 as 0.1."""
    return exp(value) - 1
