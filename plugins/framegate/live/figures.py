"""The figures of the frames that a page has shown lately, by the statistics of the suites."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from framegate.browser.runs import page_run
from framegate.realtime.run import CAMERA, RunRequest
from framegate.realtime.statistics import realtime_of

_SHOWN = (
    "came",
    "delivered",
    "delivered_per_s",
    "age_median_s",
    "age_p99_s",
    "low_per_s",
    "freezes",
    "longest_freeze_s",
    "frozen_s",
    "seconds",
    "more_s",
)


def figures_of(lately: Mapping[str, Any], numbers: int) -> dict[str, Any]:
    """The figures of some frames.

    Args:
        lately: what the page tells: ``sights`` and the rest, as ``framegate.run`` returns them, and the ``rate`` at
            which frames came.
        numbers: how many different numbers frames have.
    """
    request = RunRequest(CAMERA, rate=lately["rate"], in_flight=1)
    measured = page_run(request, lately, offset_s=0.0, numbers=numbers)
    realtime = realtime_of(measured.run)
    figures = {name: getattr(realtime, name) for name in _SHOWN}
    return {
        **figures,
        "dropped": sum(realtime.dropped.values()),
        "wrong": realtime.repeated + realtime.stale + realtime.out_of_order + realtime.unreadable,
        "stages_s": {stage: median(samples) for stage, samples in measured.stages_s.items()},
    }
