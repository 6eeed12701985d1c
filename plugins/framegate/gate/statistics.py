"""The two rules that decide, on logarithms of times, and nothing but numbers in and numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import copysign, exp, isfinite, log, sqrt
from statistics import median

from framegate.gate.verdicts import Verdict

SLOWER = log(1.02)
"""What a launch, or a first look at pairs, has to differ by to count as different."""
SIGMAS = 3.0
"""Standard deviations of its history that a shift has to exceed: of identical code, one shift in 370 does."""
ENOUGH_RUNS = 5
"""Accepted runs from which on their spread is believed, and pairs from which on there is an interval."""
ENOUGH_LAUNCHES = 5
"""Launches that do not agree by chance; fewer are taken to differ by `SLOWER` at least."""
LEVEL = 0.05
"""Largest p, after the correction, at which a shift counts; the interval is the 95 % one that belongs to it."""
TRIM = 0.2
"""Share of the pairs left out at each end: another program that gets in the way of a pair in five moves nothing."""
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


def verdict_of(change: float, limit: float, *, sure: bool = True) -> Verdict:
    """The direction of a change that is larger than a limit, and not due to chance."""
    if not sure or abs(change) <= limit:
        return Verdict.SAME
    return Verdict.REGRESSED if change > 0 else Verdict.IMPROVED


@dataclass(frozen=True)
class HistoryShift:
    """A candidate's launches against those of accepted runs.

    Attributes:
        change: the shift of the median.
        noise: the shift that chance alone may cause.
        most_differ: whether two thirds of the launches differ by 2 % in the direction of the shift.
        p: None, as nothing is known of how the launches are distributed.
    """

    change: float
    noise: float = 0.0
    most_differ: bool = True
    p: None = None

    def interval(self, limit: float) -> tuple[float, float]:
        """The shift, less and plus what it has to exceed."""
        bound = self.least(limit)
        return self.change - bound, self.change + bound

    def least(self, limit: float) -> float:
        """What a slowdown has to exceed."""
        return max(limit, self.noise)

    def verdict(self, limit: float, p: float | None = None) -> Verdict:
        """The verdict; ``inconclusive`` where most are slower by the limit, and the history varies by as much."""
        del p
        verdict = verdict_of(self.change, self.least(limit), sure=self.most_differ)
        is_unsure = verdict is Verdict.SAME and self.most_differ and self.change > limit
        return Verdict.INCONCLUSIVE if is_unsure else verdict


def against_history(candidate: Sequence[float], accepted: Sequence[Sequence[float]]) -> HistoryShift:
    """The stored mode's estimate: robust, and quick.

    The scale is that of single launches around their common median, over all accepted runs, so it holds what differs
    from launch to launch and from day to day. With fewer than five runs it is known less well, and three deviations
    become the quantile of Student's t that is as rare. Fewer than five launches in all may agree by chance, and
    are taken to differ by 2 % at least.

    Args:
        candidate: logarithm of each launch's value.
        accepted: the same for each accepted run, at least one, the oldest first.
    """
    from scipy import special

    launches = [value for run in accepted for value in run]
    middle = median(launches)
    shift = median(candidate) - middle
    sigmas, scale = SIGMAS, spread(launches)
    if len(launches) < ENOUGH_LAUNCHES:
        scale = max(scale, SLOWER)
    if len(accepted) < ENOUGH_RUNS:
        sigmas = max(SIGMAS, float(special.stdtrit(max(FEWEST_DEGREES, len(launches) - 1), 1 - TAIL)))
    noise = sigmas * scale * sqrt(1 / len(candidate) + 1 / len(accepted))
    beyond = sum(copysign(1.0, shift) * (value - middle) > SLOWER for value in candidate)
    return HistoryShift(shift, noise, 3 * beyond >= 2 * len(candidate))


@dataclass(frozen=True)
class PairsShift:
    """Pairs of launches, in logarithms or shares: 20 %-trimmed mean with its 95 % interval.

    Attributes:
        change: the trimmed mean of the pairs.
        low: lower end of the interval.
        high: upper end of the interval.
        p: chance of a mean so far from zero on its side in identical code, before any correction. One-sided, as a
            benchmark is flagged for being slower, or for being faster, and each has its own question. None where the
            pairs were only looked at.
    """

    change: float
    low: float
    high: float
    p: float | None

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.high - self.low) / 2

    def interval(self, limit: float) -> tuple[float, float]:
        """The interval, which does not depend on the limit."""
        del limit
        return self.low, self.high

    def least(self, limit: float) -> float | None:
        """What a slowdown has to exceed; None where the pairs were only looked at, and others would have decided."""
        return None if self.p is None else max(limit, self.half_width)

    def verdict(self, limit: float, p: float | None) -> Verdict:
        """The verdict of the pairs, given p after the correction for many families.

        ``regressed`` where the whole interval is above zero and the mean above the limit; ``improved`` by symmetry;
        ``inconclusive`` where the interval is wider than the limit to either side; else ``same``.
        """
        if p is None:
            return Verdict.SAME
        verdict = verdict_of(self.change, limit, sure=p <= LEVEL and (self.low > 0 or self.high < 0))
        return Verdict.INCONCLUSIVE if verdict is Verdict.SAME and self.half_width > limit else verdict


def first_look(pairs: Sequence[float]) -> PairsShift:
    """The finding on a family that the pairs of stage one settled: it has not changed."""
    return PairsShift(median(pairs), min(pairs), max(pairs), None)


def of_pairs(pairs: Sequence[float]) -> PairsShift:
    """Trimmed mean with winsorised standard error (Yuen 1974), Student's t with h - 1 degrees of freedom.

    Args:
        pairs: one value per pair, at least five.

    Raises:
        ValueError: there are fewer than five values, or one is not a number.
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
    return PairsShift(mean, mean - reach, mean + reach, 1.0 if mean == 0 else tail)


def pairs_needed(count: int, half_width: float, limit: float) -> int | None:
    """About how many pairs would bring the half width of an interval down to the limit; None if no number would.

    Args:
        count: number of pairs that the interval is from.
        half_width: half the length of the interval.
        limit: the smallest change that counts.
    """
    return max(count + 1, round(count * (half_width / limit) ** 2)) if limit else None


def adjust(p_values: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Benjamini and Hochberg's correction, over everything that was collected."""
    # scipy.stats has it too, and takes a second to import.
    adjusted, least = dict.fromkeys(p_values, 1.0), 1.0
    ranks = enumerate(sorted(p_values, key=lambda key: p_values[key]), 1)
    for rank, key in reversed(list(ranks)):
        adjusted[key] = least = min(least, p_values[key] * len(p_values) / rank)
    return adjusted


def as_change(value: float) -> float:
    """The logarithm of a ratio as a fraction: 0.0953 is 0.1."""
    return exp(value) - 1
