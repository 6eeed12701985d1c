"""What a run against a clock comes to: which frames reached the screen, how old they were, and how evenly they came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from framegate.results.parts import Part


@dataclass(frozen=True)
class Attempt:
    """A run at one rate, while the highest one is looked for.

    Attributes:
        rate: frames that came per second.
        sustained: whether no frame was dropped and the bound of p99 was low enough.
        dropped: count of the frames that were dropped.
        age_p99_s: bound of p99 of the ages; None with too few frames.
    """

    rate: float
    sustained: bool
    dropped: int
    age_p99_s: float | None


@dataclass(frozen=True)
class Search:
    """The search for the highest rate that is sustained.

    Attributes:
        rate: the highest rate that was sustained; None where none was.
        intervals: frame intervals that p99 of the ages had to be under.
        attempts: the runs, in their order.
    """

    rate: float | None
    intervals: float
    attempts: tuple[Attempt, ...]

    @property
    def failed(self) -> float | None:
        """The lowest rate above it that was not sustained; None where all were."""
        rates = [attempt.rate for attempt in self.attempts if not attempt.sustained]
        return min((rate for rate in rates if rate > (self.rate or 0)), default=None)


@dataclass(frozen=True)
class Realtime(Part):
    """A run against a clock, in numbers.

    Attributes:
        scenario: how frames came: ``camera``, ``single-stream`` or ``offline``.
        rate: frames that came per second; None where no schedule said when.
        seconds: time from the first frame's due time to the last one on the screen, or until the next frame would have
            come where that is later.
        came: count of the frames that came in that time.
        delivered: count of the frames that were seen on the screen.
        delivered_per_s: ``delivered`` by ``seconds``.
        dropped: reason -> count of the frames that were dropped for it: ``queue``, ``late``, ``in flight``.
        waiting: count of the frames that had come and were still on their way, or before it, when the run ended.
        repeated: count of the looks at the screen that saw the number of the look before.
        stale: count of those that saw an older frame than the one just taken there.
        out_of_order: count of those that saw an older frame than one that was seen before.
        unreadable: count of those that saw no number, or one of no frame of the run.
        ages_s: seconds from a frame's due time to its pixels on the screen, frame by frame as they were shown; in
            ``offline``, where all are due at once, from the beginning of its way.
        age_median_s: median of the ages; None without any.
        age_p90_s: a time that p90 of the ages is not above, with 99 % confidence; None with too few frames.
        age_p99_s: the same of p99.
        low_per_s: frames per second during the slowest 1 % of the intervals between shown frames; None with too few.
        jitter_s: median absolute deviation of those intervals from their median; None without any.
        animation_error_mean_s: mean difference between a frame's step on the screen and its step in the camera's time.
        animation_error_p99_s: a time that p99 of the differences is not above, with 99 % confidence.
        more_s: field that is None for want of frames -> seconds more that the run would have to last.
        freezes: count of the intervals that are freezes.
        longest_freeze_s: the longest of them; 0 without one.
        frozen_s: all of them together.
        missed_display_intervals: refreshes of the display for which no frame was there in time; None where its
            interval is not known.
        settled: whether the ages of the second half are those of the first; None with too few frames.
        ended: why the run ended before its time; None for one that lasted as long as it was to.
        search: the search that led to this rate, where there was one.
    """

    key = "realtime"
    scenario: str
    rate: float | None
    seconds: float
    came: int
    delivered: int
    delivered_per_s: float
    dropped: Mapping[str, int]
    waiting: int
    repeated: int
    stale: int
    out_of_order: int
    unreadable: int
    ages_s: tuple[float, ...]
    age_median_s: float | None
    age_p90_s: float | None
    age_p99_s: float | None
    low_per_s: float | None
    jitter_s: float | None
    animation_error_mean_s: float | None
    animation_error_p99_s: float | None
    freezes: int
    longest_freeze_s: float
    frozen_s: float
    missed_display_intervals: int | None = None
    settled: bool | None = None
    ended: str | None = None
    more_s: Mapping[str, float] = field(default_factory=dict)
    search: Search | None = None

    @property
    def dropped_count(self) -> int:
        """Count of all frames that were dropped."""
        return sum(self.dropped.values())
