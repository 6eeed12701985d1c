"""When frames were on the display, and what the browser did, from traces that are written out here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from framegate.browser.trace import NOTED, Mark, browser_events, read_marks
from framegate.errors import BrowserError

START_US = 5_000_000
"""Zero of the page's clock, on that of the trace."""


def mark(number: int, at_ms: float, pid: int = 1) -> dict[str, Any]:
    return {
        "cat": "blink.user_timing",
        "name": f"frame {number}",
        "ph": "I",
        "pid": pid,
        "ts": START_US + 1000 * at_ms,
        "args": {"data": {"startTime": at_ms}},
    }


def animation_frame(
    name: str, begin_ms: float, end_ms: float, presented_ms: float | None, *, pid: int = 1, local: str = "0x1"
) -> list[dict[str, Any]]:
    """An animation frame, whose local id is used again and again."""
    half = {"cat": "devtools.timeline", "name": "AnimationFrame", "pid": pid, "id2": {"local": local}}
    events = [
        {**half, "ph": "b", "ts": START_US + 1000 * begin_ms, "args": {"id": name}},
        {**half, "ph": "e", "ts": START_US + 1000 * end_ms, "args": {}},
        # An arrow from one event to another, of the same name.
        {
            "cat": "devtools.timeline",
            "name": "AnimationFrame",
            "pid": pid,
            "id": 0,
            "ph": "s",
            "ts": START_US,
            "args": {},
        },
    ]
    if presented_ms is None:
        return events
    # The number is that of the frame in which it was presented.
    about = {"id": name, "begin_frame_id": {"sequence_number": 1, "source_id": 1}}
    presentation = {**half, "name": "AnimationFrame::Presentation", "ph": "n", "args": about}
    return [*events, {**presentation, "ts": START_US + 1000 * presented_ms}]


def marks_of(*events: dict[str, Any] | list[dict[str, Any]]) -> list[Mark]:
    flat = [event for part in events for event in (part if isinstance(part, list) else [part])]
    return read_marks(json.dumps({"traceEvents": flat}).encode())


def test_what_was_drawn_belongs_to_the_next_animation_frame_that_ends() -> None:
    marks = marks_of(
        mark(7, 10.0),
        animation_frame("a", 2.0, 8.0, 20.0),
        animation_frame("b", 16.0, 18.0, 33.0),
        mark(8, 17.0),
        animation_frame("c", 30.0, 34.0, 50.0),
        mark(9, 29.0),
    )
    # Two in one animation frame: the display had the last.
    assert [mark.number for mark in marks] == [7, 8, 9]
    assert [mark.drawn_s for mark in marks] == [0.01, 0.017, 0.029]
    assert marks[0].presented_s is None
    assert [mark.presented_s for mark in marks[1:]] == pytest.approx([0.033, 0.05])


def test_what_was_never_presented_has_no_time() -> None:
    marks = marks_of(mark(1, 1.0), animation_frame("a", 2.0, 3.0, None), mark(2, 10.0))
    assert [mark.presented_s for mark in marks] == [None, None]


def test_animation_frames_of_another_page_and_marks_of_another_name_are_left_alone() -> None:
    other = {**mark(1, 1.0), "name": "loaded"}
    marks = marks_of(
        other, mark(2, 1.0), animation_frame("x", 2.0, 3.0, 4.0, pid=2), animation_frame("a", 5.0, 6.0, 7.0)
    )
    assert [mark.number for mark in marks] == [2]
    assert marks[0].presented_s == pytest.approx(0.007)


def test_animation_frames_that_had_begun_before_the_trace_are_unknown() -> None:
    _, ended, *_ = animation_frame("a", 0.0, 2.0, None)
    marks = marks_of(ended, mark(1, 1.0), animation_frame("b", 3.0, 4.0, 5.0))
    assert [mark.presented_s for mark in marks] == [pytest.approx(0.005)]


def named(kind: str, name: str, pid: int, tid: int = 1) -> dict[str, Any]:
    return {"ph": "M", "cat": "__metadata", "name": kind, "pid": pid, "tid": tid, "ts": 0, "args": {"name": name}}


def moment(name: str, at_us: int) -> dict[str, Any]:
    return {**mark(0, 0.0), "name": f"framegate {name}", "ts": at_us}


def test_two_marks_say_where_the_browser_s_clock_stands_and_by_how_much_that_may_be_wrong() -> None:
    task = {"cat": NOTED[1], "name": "RunTask", "ph": "X", "pid": 1, "tid": 1, "ts": 5, "dur": 2, "args": {}}
    names = [named("process_name", "Renderer", 1), named("process_name", "Utility", 2), named("thread_name", "Main", 1)]
    tracer = named("thread_name", "PerfettoTrace", 1, 9)
    started = {**task, "name": "TracingStartedInBrowser", "ph": "I"}
    others = [{**task, "pid": 2}, {**task, "tid": 9}, {**task, "ph": "s"}, started]
    marks = [moment("begin", 1_000_000), moment("end", 2_000_020)]
    events = [*names, tracer, task, *others, *marks]
    trace = json.dumps({"traceEvents": events}).encode()
    noted = browser_events(trace, {"begin": 11.0, "end": 12.0}, 5e-6)
    assert noted.offset_s == pytest.approx(9.99999)
    assert noted.error_s == pytest.approx(25e-6)
    # Of the page's browser, without arrows, other processes, and the threads that trace.
    assert noted.events == [names[0], names[2], task, *marks]
    assert noted.moved(-noted.offset_s).offset_s == 0.0
    with pytest.raises(BrowserError, match="has none of the page's marks"):
        browser_events(trace, {"other": 1.0}, 5e-6)
