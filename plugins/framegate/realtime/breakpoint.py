"""The largest model that holds a rate, from the seconds that frames of several sizes take."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

LAUNCH_SPREAD = 0.05
"""Standard deviation by which the times of a launch differ as a whole, as a share. No launch can know it of itself."""

DRAWS = 400
"""Of these, ten lie beyond either end of the interval, so that no end is a single accident."""
COVERED = 0.95
"""Share of the draws that the interval covers."""


@dataclass(frozen=True)
class Breakpoint:
    """Up to which size frames come in time.

    Attributes:
        size: the largest size that holds the rate; the largest that was tried where that one does, 0 where none does.
        low: lower end of the interval for the size in another launch.
        high: its upper end; neither is outside of what was tried.
    """

    size: float
    low: float
    high: float


def breakpoint_of(samples_s: Mapping[float, Sequence[float]], rate: float) -> Breakpoint:
    """The size at which a frame takes a frame interval.

    A larger model is assumed never to be faster: medians that fall are evened out. Between two sizes the time is
    assumed to be a power of the size. For the interval, the samples of each size are drawn anew, and the times of the
    launch as a whole are varied by ``LAUNCH_SPREAD``; it covers 95 % of the sizes that come out.

    Args:
        samples_s: size -> seconds of its frames, in one launch.
        rate: frames per second.
    """
    sizes = sorted(samples_s)
    chance = random.Random(0)  # noqa: S311 # the same samples give the same interval
    draws = sorted(
        _crossing(
            sizes,
            [median(chance.choices(samples_s[size], k=len(samples_s[size]))) for size in sizes],
            chance.lognormvariate(0, LAUNCH_SPREAD) / rate,
        )
        for _ in range(DRAWS)
    )
    outside = round((1 - COVERED) / 2 * DRAWS)
    size = _crossing(sizes, [median(samples_s[size]) for size in sizes], 1 / rate)
    return Breakpoint(size, min(size, draws[outside]), max(size, draws[-1 - outside]))


def _crossing(sizes: Sequence[float], times_s: Sequence[float], limit_s: float) -> float:
    """The largest size whose time is not above the limit; 0 where there is none."""
    points = list(zip(sizes, _rising(times_s), strict=True))
    if points[0][1] > limit_s:
        return 0.0
    for (size, time_s), (larger, longer_s) in itertools.pairwise(points):
        if longer_s > limit_s:
            share = math.log(limit_s / time_s) / math.log(longer_s / time_s)
            return size * math.pow(larger / size, share)
    return float(sizes[-1])


def _rising(times_s: Sequence[float]) -> list[float]:
    """The nearest times that never fall: neighbours that do are replaced by their geometric mean."""
    pools: list[tuple[float, int]] = []
    for time_s in times_s:
        logarithm, count = math.log(time_s), 1
        while pools and pools[-1][0] > logarithm:
            before, others = pools.pop()
            logarithm = (logarithm * count + before * others) / (count + others)
            count += others
        pools.append((logarithm, count))
    return [math.exp(logarithm) for logarithm, count in pools for _ in range(count)]
