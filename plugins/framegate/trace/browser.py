"""A browser's own events, beside the frames of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from framegate.measure.events import BrowserEvents

    Event = dict[str, Any]

MARGIN_S = 0.05
"""Seconds before the first frame and after the last whose events are written: a frame is presented after its draw."""
MOST_SLICES = 40_000
"""About 6 MB. Where there are more, the shortest are left out."""
GPU_THREAD = "CrGpuMain"
"""The thread of Chromium's GPU process that draws, and that hands out the work of WebGL and WebGPU."""
KEPT = ("name", "cat", "ph", "ts", "dur", "pid", "tid", "s", "id", "id2", "scope", "args")
_COUNTERS = "UpdateCounters"


class BrowserPart(NamedTuple):
    """What of a trace is a browser's.

    Attributes:
        events: trace events, in microseconds from the trace's beginning.
        about: what ``otherData`` says of them.
    """

    events: list[Event]
    about: dict[str, Any]


def browser_part(launches: Sequence[BrowserEvents], began_s: float, ended_s: float) -> BrowserPart:
    """Events of browsers within some time.

    Args:
        launches: what each browser noted.
        began_s: when the trace begins, on the clock of the frames; `MARGIN_S` before the first of them.
        ended_s: when the last frame has ended.
    """
    high_us = (ended_s - began_s + MARGIN_S) * 1e6
    events = list(chain.from_iterable(_moved(launch, began_s, high_us) for launch in launches))
    slices_us = sorted((event["dur"] for event in events if "dur" in event), reverse=True)
    shortest_us = slices_us[MOST_SLICES] if len(slices_us) > MOST_SLICES else -1.0
    kept = [event for event in events if event.get("dur", shortest_us + 1) > shortest_us]
    return BrowserPart(
        kept,
        {
            "events": len(kept),
            "events_left_out": len(events) - len(kept),
            "clock_error_us": round(max(launch.error_s for launch in launches) * 1e6, 3),
        },
    )


def _moved(launch: BrowserEvents, began_s: float, high_us: float) -> list[Event]:
    """Events until a time; what had begun before the trace begins with it, as no viewer takes times below zero."""
    by_us = (launch.offset_s - began_s) * 1e6
    events = []
    for event in launch.events:
        if event["ph"] == "M":
            events.append({key: event[key] for key in KEPT if key in event} | {"ts": 0})
            continue
        at_us = event["ts"] + by_us
        if at_us + event.get("dur", 0) >= 0 and at_us <= high_us:
            times_us = {"ts": round(max(at_us, 0.0), 3)}
            if "dur" in event:
                times_us["dur"] = round(event["dur"] + min(at_us, 0.0), 3)
            moved = {key: event[key] for key in KEPT if key in event} | times_us
            events.append(_heap(moved) if event["name"] == _COUNTERS else moved)
    return events


def _heap(event: Mapping[str, Any]) -> Event:
    """The size of the heap that JavaScript uses, as the counter that viewers draw."""
    used_mb = event["args"].get("data", {}).get("jsHeapSizeUsed", 0) / 1e6
    return {"name": "JavaScript heap", "ph": "C", "args": {"MB": used_mb}} | {
        key: event[key] for key in ("cat", "pid", "tid", "ts")
    }
