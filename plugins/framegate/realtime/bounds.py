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
    return next(count for count in itertools.count(SMALLEST_RANK) if _rank(count, share) >= SMALLEST_RANK)


def one_percent_low(intervals_s: Sequence[float]) -> float | None:
    """Frames per second during the slowest 1 % of the intervals; None with fewer than 1,000 of them."""
    if len(intervals_s) < SAMPLES_OF_LOW:
        return None
    return 1 / fmean(sorted(intervals_s)[-math.floor(LOW_SHARE * len(intervals_s)) :])


def _rank(count: int, share: float) -> int:
    """The largest ``k`` for which the ``k``-th largest of so many samples bounds the percentile; 0 without one."""
    # Late, as they are slow to import, and the command line and most runs ask for no bound.
    import numpy as np
    from scipy import special

    fewer_above = special.bdtr(np.arange(count + 1.0), count, 1 - share)
    return int(np.searchsorted(fewer_above, 1 - CONFIDENCE, side="right"))
