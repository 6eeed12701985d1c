"""How many frames waited, and how many were on their way, at each time of a run against a clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framegate.realtime.run import Run

Counts = list[tuple[float, int]]


def waiting(run: Run, queue: int = 1) -> Counts:
    """Seconds, and the frames that were due by then and had not begun their way.

    A frame that newer ones pushed out waited until the one after the queue's length was due; of one that was late when
    its turn came, it is not known how long it waited, and it is left out.
    """
    steps = [(at_s, by) for sight in run.sights for at_s, by in ((sight.due_s, 1), (sight.began_s, -1))]
    for frame, at_s in dropped_at(run):
        if run.rate and run.dropped[frame] == "queue":
            steps += [(at_s, 1), (at_s + queue / run.rate, -1)]
    return _counted(steps)


def under_way(run: Run) -> Counts:
    """Seconds, and the frames that had begun their way by then and were not on the screen."""
    return _counted((at_s, by) for sight in run.sights for at_s, by in ((sight.began_s, 1), (sight.shown_s, -1)))


def dropped_at(run: Run) -> list[tuple[int, float]]:
    """The frames that were dropped, and the seconds at which each was due; none where no schedule said when."""
    return [(frame, run.began_s + frame / run.rate) for frame in sorted(run.dropped)] if run.rate else []


def _counted(steps: Iterable[tuple[float, int]]) -> Counts:
    by_time: defaultdict[float, int] = defaultdict(int)
    for at_s, by in steps:
        by_time[at_s] += by
    times_s = sorted(by_time)
    return list(zip(times_s, accumulate(by_time[at_s] for at_s in times_s), strict=True))
