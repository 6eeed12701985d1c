"""What samples say of a tail, and how many of them it takes to say anything.

A percentile of a sample is as often below the true one as above it. What is shown is a bound instead: with 99 %
confidence the true percentile is not above it. Of independent samples, the number above the true percentile is
binomial; the ``k``-th largest sample is such a bound if, with a probability of 1 % or less, fewer than ``k`` are above.
As in the early stopping of MLPerf's LoadGen, the largest sample by itself bounds nothing, for one accident would then
be the whole answer: ``k`` is 2 or more, which takes 64 samples for p90 and 662 for p99.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache
from statistics import fmean

CONFIDENCE = 0.99
SMALLEST_RANK = 2
LOW_SHARE = 0.01
SAMPLES_OF_LOW = 1000
"""Of the slowest 1 % there must be ten, whose mean is not one accident."""


def upper_bound(samples: Sequence[float], share: float) -> float | None:
    """A value that the percentile is not above, with 99 % confidence; None where the samples do not say.

    Args:
        samples: samples, in any order.
        share: the percentile as a share, such as 0.99.
    """
    rank = _rank(len(samples), share)
    return sorted(samples)[-rank] if rank >= SMALLEST_RANK else None


@cache
def samples_needed(share: float) -> int:
    """Count of samples from which on a percentile has a bound: 64 for 0.9, 662 for 0.99."""
    return next(
        count for count in itertools.count(1) if _at_most(SMALLEST_RANK - 1, count, 1 - share) <= 1 - CONFIDENCE
    )


def one_percent_low(intervals_s: Sequence[float]) -> float | None:
    """Frames per second during the slowest 1 % of the intervals; None with fewer than 1,000 of them."""
    if len(intervals_s) < SAMPLES_OF_LOW:
        return None
    return 1 / fmean(sorted(intervals_s)[-math.floor(LOW_SHARE * len(intervals_s)) :])


def _rank(count: int, share: float) -> int:
    """The largest ``k`` for which the ``k``-th largest of so many samples bounds the percentile; 0 without one."""
    probability = 0.0
    for rank in range(count + 1):
        probability += _exactly(rank, count, 1 - share)
        if probability > 1 - CONFIDENCE:
            return rank
    return count


def _at_most(most: int, count: int, chance: float) -> float:
    return math.fsum(_exactly(hits, count, chance) for hits in range(most + 1))


def _exactly(hits: int, count: int, chance: float) -> float:
    """Binomial probability, by logarithms: powers of many samples are smaller than any float."""
    if hits > count:
        return 0.0
    ways = math.lgamma(count + 1) - math.lgamma(hits + 1) - math.lgamma(count - hits + 1)
    return math.exp(ways + hits * math.log(chance) + (count - hits) * math.log1p(-chance))
