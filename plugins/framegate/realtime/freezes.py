"""Freezes as WebRTC counts them (``freezeCount`` of its statistics)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

WINDOW = 30
FEWEST = 5
"""Intervals before one that can be told to be a freeze; WebRTC's own code wants as many."""

LONGER_S = 0.150
TIMES = 3
STEP_S = 0.001
"""WebRTC counts in whole milliseconds."""

SPREAD = 6
"""Median absolute deviations that an interval may be short of the limit: four standard deviations of a normal one."""


def freezes(intervals_s: Sequence[float], jitter_s: float) -> Iterator[int]:
    """The places of those intervals between shown frames that are freezes.

    An interval is one if it is at least the larger of three times the average and the average plus 150 ms, where the
    average is that of the last 30 intervals before it, earlier freezes included.

    A frame that is 150 ms late is exactly at the limit where the average is below 75 ms, so that jitter alone would
    decide. The decision is for the freeze: an interval counts if it is short of the limit by no more than the
    intervals jitter (six times ``jitter_s``, which is their median absolute deviation), by no less than WebRTC's own
    step of 1 ms, and by no more than half an average interval, within which no other number of frames is meant. At
    60 Hz that is 8 ms of 167 at most; a quiet run's intervals are nowhere near.
    """
    for index, interval_s in enumerate(intervals_s):
        before_s = intervals_s[max(0, index - WINDOW) : index]
        if len(before_s) >= FEWEST:
            average_s = fmean(before_s)
            leeway_s = min(max(STEP_S, SPREAD * jitter_s), average_s / 2)
            if interval_s >= max(TIMES * average_s, average_s + LONGER_S) - leeway_s:
                yield index
