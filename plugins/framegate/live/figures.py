"""The figures of the frames that a page has shown lately, by the statistics of the suites, and a trace of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING, Any

from framegate.browser.runs import page_run
from framegate.measure.stages import TimedCall
from framegate.realtime.run import CAMERA, RunRequest
from framegate.realtime.statistics import frozen_spans, realtime_of
from framegate.realtime.verify import wrong_looks
from framegate.trace.keeper import Kept
from framegate.trace.write import PAGE_CLOCK, Trace, trace_json

if TYPE_CHECKING:
    from framegate.browser.results import PageRun

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

    Beside those of `framegate.realtime.statistics`, ``wrong`` is how many looks at the canvas saw something wrong, and
    ``frozen`` from when to when the picture stood still, in seconds of the page's clock.

    Args:
        lately: what the page tells: ``sights`` and the rest, as ``framegate.run`` returns them, and the ``rate`` at
            which frames came.
        numbers: how many different numbers frames have.
    """
    measured = _run_of(lately, numbers)
    realtime = realtime_of(measured.run)
    figures = {name: getattr(realtime, name) for name in _SHOWN}
    return {
        **figures,
        "dropped": sum(realtime.dropped.values()),
        "wrong": wrong_looks(measured.run),
        "frozen": frozen_spans(measured.run),
        "stages_s": {stage: median(samples) for stage, samples in measured.stages_s.items()},
    }


def trace_of(lately: Mapping[str, Any], numbers: int, cell: str) -> bytes:
    """The same frames as trace events: a slice for each stage, which frames waited, which were missed, and the memory.

    Args:
        lately: see `figures_of`; ``memory`` has seconds, and the bytes of all tensors then.
        numbers: how many different numbers frames have.
        cell: what is shown, as a test's name says it.

    Returns:
        JSON that Perfetto and the Firefox Profiler open.
    """
    measured = _run_of(lately, numbers)
    run, stages_s = measured.run, measured.stages_s
    calls = [
        TimedCall.of(sight.frame, sight.began_s, {stage: seconds[place] for stage, seconds in stages_s.items()}, "page")
        for place, sight in enumerate(run.sights)
    ]
    memory = [(float(at_s), int(size)) for at_s, size in lately["memory"]]
    return trace_json(Trace(cell, os.getpid(), Kept(calls, memory), run=run, clock=PAGE_CLOCK))


def _run_of(lately: Mapping[str, Any], numbers: int) -> PageRun:
    """The frames as a run of a camera, on the page's clock."""
    request = RunRequest(CAMERA, rate=lately["rate"], in_flight=1)
    return page_run(request, lately, offset_s=0.0, numbers=numbers)
