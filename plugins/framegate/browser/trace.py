"""What a trace of the browser says: when what a page drew was on the display, and what the browser did meanwhile."""

from __future__ import annotations

import bisect
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from framegate.errors import BrowserError
from framegate.measure.events import BrowserEvents

MARKS = "blink.user_timing"
PRESENTED = (MARKS, "devtools.timeline")
"""Categories of what `read_marks` reads. The last has what each collection of garbage is made of, too: of the events of
a page's thread that is most, and it takes time to note."""
NOTED = (MARKS, "disabled-by-default-devtools.timeline", "v8")
"""Categories of what `browser_events` reads: the tasks of all threads, and those of the GPU's process; calls of
JavaScript, and collections of garbage."""

PREFIX = "frame "
"""What the name of a page's mark begins with; the number of the frame follows."""
MOMENT = "framegate "
"""What the name of a mark begins with whose time is known on the page's clock as well."""
PROCESSES = ("Browser", "Renderer", "GPU Process")
"""Those whose events say what became of a frame."""
TRACER = "PerfettoTrace"
"""The thread of each process that does the tracing itself."""
BEGINS = "TracingStarted"
"""What events are called that say where a trace begins: the Firefox Profiler would show nothing before them."""
KINDS = "XBEbenIi"
"""Slices, and what happened at one time; arrows between them are left out, as there are more of them than slices."""

_FRAME, _PRESENTATION = "AnimationFrame", "AnimationFrame::Presentation"


class Mark(NamedTuple):
    """A frame that the page had drawn when it said so.

    Attributes:
        number: the frame's.
        drawn_s: when the page said so, in seconds of its own clock.
        presented_s: when the display had it, on the same clock; None where it never had.
    """

    number: int
    drawn_s: float
    presented_s: float | None


def read_marks(trace: bytes) -> list[Mark]:
    """The marks of a trace, in their order.

    What was drawn belongs to the first animation frame of its page that ends after the mark. Of several marks in one
    animation frame only the last was on the display. An animation frame is known by its own id: the sequence number
    beside it in the trace is that of the frame in which it was presented, which is another one in a page that is slow.

    Args:
        trace: the JSON of a trace with `PRESENTED`.
    """
    events: Sequence[Mapping[str, Any]] = json.loads(trace)["traceEvents"]
    ends = _ends(events)
    presented = {event["args"]["id"]: event["ts"] for event in events if event["name"] == _PRESENTATION}
    marks = sorted((event for event in events if _is_mark(event)), key=lambda event: event["ts"])
    frames = [_frame_after(ends[event["pid"]], event["ts"]) for event in marks]
    lasts = {frame: place for place, frame in enumerate(frames) if frame is not None}
    return [
        _mark(event, presented.get(frame) if frame is not None and lasts[frame] == place else None)
        for place, (event, frame) in enumerate(zip(marks, frames, strict=True))
    ]


def browser_events(trace: bytes, moments_s: Mapping[str, float], step_s: float) -> BrowserEvents:
    """What the browser noted, aligned with the page's clock.

    Args:
        trace: the JSON of a trace with `NOTED`.
        moments_s: names of marks of the page, without `MOMENT`, and their times on its clock.
        step_s: the step of that clock.

    Raises:
        BrowserError: the trace has none of these marks.
    """
    events: Sequence[Mapping[str, Any]] = json.loads(trace)["traceEvents"]
    offsets_s = [
        moments_s[event["name"].removeprefix(MOMENT)] - event["ts"] / 1e6
        for event in events
        if event.get("cat") == MARKS and event["name"].removeprefix(MOMENT) in moments_s
    ]
    if not offsets_s:
        raise BrowserError("the browser's trace has none of the page's marks; leave --frame-trace out")
    named = [event for event in events if event["name"] in {"process_name", "thread_name"}]
    processes = {event["pid"] for event in named if event["args"]["name"] in PROCESSES}
    tracing = {(event["pid"], event["tid"]) for event in named if event["args"]["name"] == TRACER}
    kept = [
        event
        for event in (*named, *(event for event in events if event["ph"] in KINDS))
        if event["pid"] in processes
        and (event["pid"], event.get("tid")) not in tracing
        and not event["name"].startswith(BEGINS)
    ]
    low_s, high_s = min(offsets_s), max(offsets_s)
    return BrowserEvents(kept, (low_s + high_s) / 2, high_s - low_s + step_s)


def _is_mark(event: Mapping[str, Any]) -> bool:
    return event.get("cat") == MARKS and str(event["name"]).startswith(PREFIX)


def _ends(events: Iterable[Mapping[str, Any]]) -> Mapping[int, list[tuple[int, str]]]:
    """When animation frames ended, and their ids, by process and in the order of time."""
    begun: dict[tuple[int, str], str] = {}
    ends: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    # Events that begin and end something have an id that is used again; those that only point from one event to
    # another have the same name, and none.
    halves = (event for event in events if event["name"] == _FRAME and "id2" in event)
    for event in sorted(halves, key=lambda event: event["ts"]):
        key = (event["pid"], event["id2"]["local"])
        if event["ph"] == "b":
            begun[key] = event["args"]["id"]
        elif event["ph"] == "e" and key in begun:
            ends[event["pid"]].append((event["ts"], begun.pop(key)))
    return ends


def _frame_after(ends: Sequence[tuple[int, str]], at: int) -> str | None:
    place = bisect.bisect_right(ends, (at, ""))
    return ends[place][1] if place < len(ends) else None


def _mark(event: Mapping[str, Any], presented_at: int | None) -> Mark:
    drawn_s = event["args"]["data"]["startTime"] / 1e3
    presented_s = None if presented_at is None else drawn_s + (presented_at - event["ts"]) / 1e6
    return Mark(int(event["name"].removeprefix(PREFIX)), drawn_s, presented_s)
