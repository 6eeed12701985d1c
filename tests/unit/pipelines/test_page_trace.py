"""What a trace gets of a page's frames, without a browser."""

from __future__ import annotations

from framegate.browser.results import PageRounds, PageRun
from framegate.measure.events import BrowserEvents
from framegate.measure.stages import TimedCall
from framegate.pipelines.page_trace import PageTrace
from framegate.realtime.run import Run, Sight


def test_frames_that_are_under_way_together_are_on_tracks_of_their_own() -> None:
    calls: list[TimedCall] = []
    trace = PageTrace()
    trace.keep = calls.append
    began_s = [1.0, 1.25, 2.0, 2.5, 2.75]
    sights = [Sight(number, number, at_s, at_s, at_s + 1) for number, at_s in enumerate(began_s)]
    run = Run("single-stream", None, 1.0, 3.75, 5, sights, {})
    trace.add_run(PageRun(run, {"upload": [0.25] * 5, "draw": [0.75] * 5}, 0, 0))
    assert [(call.frame, call.thread) for call in calls] == [
        (0, "page"),
        (1, "page 2"),
        (2, "page"),
        (3, "page 2"),
        (4, "page 3"),
    ]
    assert calls[1].readings_s == [1.25, 1.5, 2.25]


def test_rounds_of_all_launches_are_on_the_clock_of_the_browsers_events() -> None:
    calls: list[TimedCall] = []
    kept: list[BrowserEvents] = []
    trace = PageTrace(kept.append)
    trace.keep = calls.append
    assert trace.is_noted
    for page_s, offset_s in ((1.0, -99.0), (0.5, -199.5)):
        events = BrowserEvents([{"ts": page_s}], offset_s, 1e-6)
        trace.add_rounds(PageRounds({"draw": [0.25]}, [0.0], 0.0, 0, 0, began_s=[page_s], events=events))
    assert [(call.frame, call.readings_s) for call in calls] == [(0, [100.0, 100.25]), (1, [200.0, 200.25])]
    assert [(events.offset_s, events.error_s) for events in kept] == [(0.0, 1e-6)] * 2


def test_without_events_rounds_stay_on_the_page_s_clock() -> None:
    calls: list[TimedCall] = []
    trace = PageTrace()
    trace.add_rounds(PageRounds({"draw": [0.25]}, [0.0], 0.0, 0, 0, began_s=[7.0]))  # nobody keeps them
    trace.keep = calls.append
    trace.add_rounds(PageRounds({"draw": [0.25]}, [0.0], 0.0, 0, 0, began_s=[8.0]))
    assert not trace.is_noted
    assert calls == [TimedCall(1, ("draw",), [8.0, 8.25], "page")]
