"""A page's frames and its browser's own events, in one trace and on one clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from page_looks import view_of_image
from patience import PATIENCE_S

from framegate.browser.session import TFJSPage
from framegate.errors import BackendUnavailable
from framegate.frames.turns import in_turn
from framegate.interfaces import ModelSpec, Pixels
from framegate.measure.replay import ReplayClock
from framegate.pipelines import page as pages
from framegate.pipelines.page import PagePipeline
from framegate.pipelines.recorded import KeptBench
from framegate.realtime.run import RunRequest
from framegate.trace.keeper import Keeper
from framegate.trace.write import Trace, trace_json

Event = Mapping[str, Any]
COUNT_MARKS = """() => {
  const { mark } = performance;
  performance.marks = 0;
  performance.mark = (...given) => {
    performance.marks++;
    return mark.apply(performance, given);
  };
}"""


def slices_of(trace: Mapping[str, Any], tracks: str) -> list[Event]:
    """Slices of the threads whose names begin so, in the order of time."""
    events = trace["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"].startswith(tracks)
    }
    slices = (event for event in events if event["ph"] == "X" and (event["pid"], event["tid"]) in threads)
    return sorted(slices, key=lambda event: event["ts"])


def test_frames_lie_between_the_browser_s_marks_and_beside_its_tasks(
    open_page: Callable[..., TFJSPage], picture: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BUDGET_S", 0.05)
    monkeypatch.setattr(pages, "ANIMATE_S", 0.05)
    page = open_page("wasm")
    spec = ModelSpec("tiny", "path", str(page.model.path), input_range=(-1, 1), output_range=(-1, 1))
    shown = in_turn([np.ascontiguousarray(picture[..., :3])])
    keeper = Keeper(lambda: None)
    pipeline = PagePipeline(
        page,
        lambda _: page,
        spec,
        shown,
        view_of_image,
        "topixels",
        ReplayClock(),
        launches=2,
        keep_events=keeper.keep_events,
    )
    pipeline.keep_calls(keeper)

    samples_s = pipeline.measure(KeptBench(ReplayClock()))
    trace = json.loads(trace_json(Trace("cell", 1, keeper.take(), samples_s)))
    about = trace["otherData"]
    assert about["browser"]["clock_error_us"] <= 100
    assert about["browser"]["events_left_out"] == 0
    frames = [event for event in slices_of(trace, "page") if event["name"].startswith("frame ")]
    assert [event["args"]["data"]["round"] for event in frames] == list(range(len(samples_s["draw"])))
    assert [event["name"] for event in frames] == [f"frame {number}" for number in range(len(frames))]
    assert all(one["ts"] + one["dur"] <= other["ts"] for one, other in pairwise(frames))
    marks = [(event["name"], event["ts"]) for event in trace["traceEvents"] if event["cat"] == "blink.user_timing"]
    assert [name for name, _ in sorted(marks, key=lambda mark: mark[1])] == ["framegate begin", "framegate end"] * 2
    error_us = about["browser"]["clock_error_us"]
    assert min(at for _, at in marks) - error_us <= frames[0]["ts"]
    assert frames[-1]["ts"] + frames[-1]["dur"] <= max(at for _, at in marks) + error_us
    # WebAssembly computes in the page's main thread, whose tasks are the browser's events.
    tasks = slices_of(trace, "CrRendererMain")
    assert any(task["ts"] - error_us <= frames[-1]["ts"] <= task["ts"] + task["dur"] + error_us for task in tasks)
    assert slices_of(trace, about["gpu"]["track"])

    ended_s = about["began_s"] + (frames[-1]["ts"] + frames[-1]["dur"]) / 1e6
    run = pipeline.run(RunRequest("single-stream", seconds=0.2))
    # The clock of a run is this process', and the same on Linux.
    assert sys.platform != "linux" or about["began_s"] < ended_s < run.began_s
    kept = keeper.take()
    trace = json.loads(trace_json(Trace("cell", 1, kept, {}, run)))
    assert {call.frame for call in kept.calls} == {sight.frame for sight in run.sights}
    assert [event["name"] for event in slices_of(trace, "page") if event["name"].startswith("frame ")]
    tasks = slices_of(trace, "CrRendererMain")
    assert tasks
    assert tasks[0]["ts"] < (run.ended_s - run.began_s) * 1e6

    page._browser.call(COUNT_MARKS, None, PATIENCE_S)
    page.rounds(3, 3, 0.0)
    assert page._browser.call("() => performance.marks", None, PATIENCE_S) == 0
    page.rounds(3, 3, 0.0, noted=True)
    assert page._browser.call("() => performance.marks", None, PATIENCE_S) == 2

    def refuse(*_: object) -> None:
        raise BackendUnavailable("this browser writes no trace", "use another")

    monkeypatch.setattr(page._browser, "start_trace", refuse)
    samples_s = pipeline.measure(KeptBench(ReplayClock()))
    kept = keeper.take()
    assert kept.events == ()
    assert len(kept.calls) == len(samples_s["draw"])
