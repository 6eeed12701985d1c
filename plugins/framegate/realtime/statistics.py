"""From a run to its numbers."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, median
from typing import NamedTuple, get_args

from framegate.realtime.bounds import SAMPLES_OF_LOW, one_percent_low, samples_needed, upper_bound
from framegate.realtime.freezes import freezes
from framegate.realtime.run import Reason, Run
from framegate.realtime.settling import has_settled
from framegate.realtime.verify import faults
from framegate.results.realtime import Realtime

SLACK = 0.05
"""Of a refresh, by which a frame may last longer, as 1/59.94 s does on a display of 60 Hz."""


class Showing(NamedTuple):
    """The first time that a frame was on the screen.

    Attributes:
        number: number of the frame.
        start_s: when its age began.
        shown_s: when its pixels were on the screen.
    """

    number: int
    start_s: float
    shown_s: float

    @property
    def age_s(self) -> float:
        """Its age when it was shown."""
        return self.shown_s - self.start_s


def realtime_of(run: Run) -> Realtime:
    """The numbers of a run."""
    showings = list(_showings(run))
    ages_s = tuple(showing.age_s for showing in showings)
    intervals_s = _steps([showing.shown_s for showing in showings])
    errors_s = [abs(step_s) for step_s in _steps(ages_s)]
    jitter_s = _deviation(intervals_s)
    frozen_s = [intervals_s[place] for place in freezes(intervals_s, jitter_s or 0)]
    seconds = max(run.ended_s - run.began_s, run.came / run.rate if run.rate else 0.0)
    per_s = len(showings) / seconds if seconds > 0 else 0.0
    wrongs = Counter(itertools.chain.from_iterable(wrongs for _, wrongs in faults(run)))
    dropped = _dropped(run, {showing.number for showing in showings})
    return Realtime(
        scenario=run.scenario,
        rate=run.rate,
        seconds=seconds,
        came=run.came,
        delivered=len(showings),
        delivered_per_s=per_s,
        dropped=dropped,
        waiting=run.came - len(showings) - sum(dropped.values()),
        repeated=wrongs["repeated"],
        stale=wrongs["stale"],
        out_of_order=wrongs["out of order"],
        unreadable=wrongs["unreadable"],
        ages_s=ages_s,
        age_median_s=median(ages_s) if ages_s else None,
        age_p90_s=upper_bound(ages_s, 0.9),
        age_p99_s=upper_bound(ages_s, 0.99),
        low_per_s=one_percent_low(intervals_s),
        jitter_s=jitter_s,
        animation_error_mean_s=fmean(errors_s) if errors_s else None,
        animation_error_p99_s=upper_bound(errors_s, 0.99),
        freezes=len(frozen_s),
        longest_freeze_s=max(frozen_s, default=0.0),
        frozen_s=math.fsum(frozen_s),
        missed_display_intervals=_missed(run, intervals_s),
        settled=has_settled(ages_s),
        ended=run.ended,
        more_s=_more_s(len(showings), per_s),
    )


def frozen_spans(run: Run) -> list[tuple[float, float]]:
    """From when to when the picture stood still: the seconds before and after each interval that is a freeze."""
    shown_s = [showing.shown_s for showing in _showings(run)]
    intervals_s = _steps(shown_s)
    return [(shown_s[place], shown_s[place + 1]) for place in freezes(intervals_s, _deviation(intervals_s) or 0)]


def _showings(run: Run) -> Iterator[Showing]:
    """The frames that were seen, in the order in which they were."""
    starts_s = {sight.frame: sight.began_s if run.scenario == "offline" else sight.due_s for sight in run.sights}
    for sight in run.sights:
        if sight.screen is not None and sight.screen in starts_s:
            yield Showing(sight.screen, starts_s.pop(sight.screen), sight.shown_s)


def _dropped(run: Run, shown: set[int]) -> dict[str, int]:
    """Reason -> count. A frame up to the newest that was taken, neither shown nor dropped before, was in flight."""
    reasons = Counter(run.dropped.values())
    newest = max((sight.frame for sight in run.sights), default=-1)
    lost = sum(number not in shown and number not in run.dropped for number in range(newest + 1))
    reasons["in flight"] += lost
    return {reason: reasons[reason] for reason in get_args(Reason)}


def _missed(run: Run, intervals_s: Sequence[float]) -> int | None:
    """Refreshes beyond those that a frame stands for where all of them come in time."""
    display_interval_s = run.display_interval_s
    if display_interval_s is None:
        return None
    stands = 1 if run.rate is None else max(1, math.ceil(1 / run.rate / display_interval_s - SLACK))
    return sum(max(0, round(interval_s / display_interval_s) - stands) for interval_s in intervals_s)


def _more_s(frames: int, per_s: float) -> Mapping[str, float]:
    """Field -> seconds that the run was too short for it."""
    needed = {
        "age_p90_s": samples_needed(0.9),
        "age_p99_s": samples_needed(0.99),
        "animation_error_p99_s": samples_needed(0.99) + 1,
        "low_per_s": SAMPLES_OF_LOW + 1,
    }
    return {name: (count - frames) / per_s for name, count in needed.items() if 0 < frames < count and per_s}


def _steps(values: Sequence[float]) -> list[float]:
    return [second - first for first, second in itertools.pairwise(values)]


def _deviation(values: Sequence[float]) -> float | None:
    """Median absolute deviation from the median."""
    if not values:
        return None
    middle = median(values)
    return median(abs(value - middle) for value in values)
