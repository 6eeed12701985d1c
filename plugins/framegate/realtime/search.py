"""The highest rate that a pipeline sustains, by runs at several rates."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from framegate.realtime.bounds import samples_needed
from framegate.realtime.schedule import HIGHEST
from framegate.results.realtime import Attempt, Realtime, Search

INTERVALS = 2.0
"""Frame intervals under which p99 of the ages has to be: a frame is there before the one after the next is due."""

SLOWEST = 10.0
"""Frames per second below which nothing is searched: no camera is so slow, and an attempt would take minutes."""

PRECISION = 1.02
"""Times the answer that the lowest rate that failed may be."""

FAR = 0.05
"""Share of dropped frames above which a rate that failed is not tried again."""

MOST_ATTEMPTS = 20


def seconds_needed(rate: float) -> float:
    """Seconds that an attempt has to last, so that p99 has a bound: one frame may still be under way at the end."""
    return (samples_needed(0.99) + 1) / rate


def search_rate(
    run: Callable[[float], Realtime], first: float, intervals: float = INTERVALS, most_s: float = math.inf
) -> Realtime:
    """The run at the highest rate that is sustained, with the search in it; the last one where no rate is.

    A rate is sustained if no frame is dropped and the bound of p99 is under ``intervals`` frame intervals. One that
    fails narrowly is tried once more, as any machine drops a frame now and then: where an attempt fails by accident
    one time in five, two in a row do one time in 25.

    Args:
        run: runs at a rate for at least ``seconds_needed``.
        first: a guess, such as the rate of ``single-stream``. A good one takes three attempts; one that is too high
            costs less than one that is too low.
        intervals: frame intervals that p99 of the ages has to be under.
        most_s: seconds that all attempts together may take, but for the first: a machine that is busy with others may
            drop frames at any rate.
    """
    attempts: list[Attempt] = []
    bracket, best = Bracket(), None
    rate: float | None = min(max(first, SLOWEST), HIGHEST)
    left_s = most_s
    while rate is not None and (not attempts or seconds_needed(rate) <= left_s):
        left_s -= seconds_needed(rate)
        part = run(rate)
        sustained = _is_sustained(part, rate, intervals)
        is_second = bool(attempts) and attempts[-1].rate == rate
        attempts.append(Attempt(rate, sustained, part.dropped_count, part.age_p99_s))
        best = part if sustained else best
        if part.ended or len(attempts) == MOST_ATTEMPTS:
            break
        is_narrow = part.dropped_count <= FAR * part.came
        if sustained or is_second or not is_narrow:
            rate = bracket.following(rate, part.delivered_per_s, is_sustained=sustained)
    highest = max((attempt.rate for attempt in attempts if attempt.sustained), default=None)
    return replace(best or part, search=Search(highest, intervals, tuple(attempts)))


@dataclass
class Bracket:
    """Between which rates the answer is, and which to try next.

    Attributes:
        low: the highest rate that was sustained; 0 before the first.
        high: the lowest that was not; infinite before the first.
        streak: count of the last rates that all were sustained, or all were not.
        capacity: frames per second that were delivered at the last rate that was not sustained; 0 before one.
    """

    low: float = 0.0
    high: float = math.inf
    streak: int = 0
    capacity: float = 0.0
    _was_sustained: bool | None = None

    def following(self, rate: float, delivered_per_s: float, *, is_sustained: bool) -> float | None:
        """The rate to try after one that was sustained or not; None where the answer is near enough.

        Steps away from a rate begin small, as a guess may be good, and each is the square of the one before. A pipeline
        that cannot keep up delivers as many frames as it can, which is about what it sustains.
        """
        self.streak = self.streak + 1 if is_sustained == self._was_sustained else 1
        self._was_sustained = is_sustained
        if is_sustained:
            self.low = rate
        else:
            self.high, self.capacity = rate, delivered_per_s
        if self.high <= max(PRECISION * self.low, SLOWEST) or self.low >= HIGHEST:
            return None
        step = math.pow(PRECISION, 1 << (self.streak - 1))
        middle = math.sqrt(self.low * self.high) if self.low else SLOWEST
        if is_sustained:
            is_near = PRECISION * self.low >= self.capacity
            return min(self.low * step if is_near else middle, middle, HIGHEST)
        slower = min(self.high / step, self.capacity)
        return slower if slower > max(PRECISION * self.low, SLOWEST) else middle


def _is_sustained(part: Realtime, rate: float, intervals: float) -> bool:
    return not part.dropped_count and part.age_p99_s is not None and part.age_p99_s < intervals / rate
