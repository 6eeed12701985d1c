"""Clock readings to trace events, and back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from patience import PATIENCE_S

from framegate.errors import UsageError
from framegate.interfaces import Stage
from framegate.measure.events import BrowserEvents
from framegate.measure.stages import StageTimer, TimedCall
from framegate.realtime.run import Run, Sight
from framegate.trace import browser
from framegate.trace.keeper import Keeper, Kept
from framegate.trace.queues import under_way, waiting
from framegate.trace.read import read_trace, stages_s
from framegate.trace.serve import link_to, served_report, served_trace
from framegate.trace.write import WRITTEN_FRAMES, Trace, rounds_of, trace_file, trace_json

CALLS = [
    TimedCall(7, ("a", "b"), [10.0, 10.5, 10.75], "one"),
    TimedCall(8, ("a", "b"), [11.0, 11.25, 12.0], "one"),
    TimedCall(8, ("c",), [12.0, 12.5], "two"),
]


def events_of(trace: Trace, kind: str) -> list[dict[str, object]]:
    return [event for event in json.loads(trace_json(trace))["traceEvents"] if event["ph"] == kind]


def test_a_page_s_trace_names_its_clock_and_leaves_out_the_memory_of_this_process() -> None:
    kept, run = Kept(CALLS, [(10.0, 5)]), Run("offline", None, 0.0, 3.0, 0, [])
    events = BrowserEvents([], 0.0, 0.0)
    clocks = [
        trace.in_page().clock
        for trace in (
            Trace("cell", 1, kept),
            Trace("cell", 1, kept._replace(events=[events])),
            Trace("cell", 1, kept, run=run),
        )
    ]
    assert clocks == ["performance.now() of the page", "that of the browser's own events", "time.perf_counter"]
    assert not events_of(Trace("cell", 1, kept).in_page(), "C")
    assert events_of(Trace("cell", 1, kept), "C")


def test_each_stage_is_a_slice_inside_that_of_its_frame() -> None:
    slices = events_of(Trace("cell", 1, Kept(CALLS)), "X")
    assert [(event["name"], event["ts"], event["dur"], event["tid"]) for event in slices] == [
        ("frame 7", 0.0, 750000.0, 1),
        ("a", 0.0, 500000.0, 1),
        ("b", 500000.0, 250000.0, 1),
        ("frame 8", 1000000.0, 1000000.0, 1),
        ("a", 1000000.0, 250000.0, 1),
        ("b", 1250000.0, 750000.0, 1),
        ("frame 8", 2000000.0, 500000.0, 2),
        ("c", 2000000.0, 500000.0, 2),
    ]
    assert {event["args"]["name"] for event in events_of(Trace("cell", 1, Kept(CALLS)), "M")} == {  # type: ignore[index]
        "framegate cell",
        "one",
        "two",
    }


def test_a_flow_goes_along_a_frame_over_its_threads() -> None:
    trace = Trace("cell", 1, Kept(CALLS))
    assert [(event["id"], event["ts"]) for event in events_of(trace, "s")] == [(7, 250000.0), (8, 1125000.0)]
    assert [(event["id"], event["tid"]) for event in events_of(trace, "t")] == [(8, 1)]
    assert [(event["id"], event["tid"]) for event in events_of(trace, "f")] == [(7, 1), (8, 2)]


def test_rounds_are_those_calls_whose_seconds_the_benchmark_has() -> None:
    assert rounds_of(CALLS, {"a": [0.25], "b": [0.75], "c": [0.5]}) == {1: 0, 2: 0}
    assert rounds_of(CALLS, {"a": [0.3], "b": [0.75]}) == {}
    assert rounds_of(CALLS, {"a": [0.5, 0.25], "b": [0.25, 0.75]}) == {0: 0, 1: 1}
    # A frame in between that the display never had is no round.
    dropped = TimedCall(9, ("a", "b"), [10.9, 10.95, 11.0], "one")
    assert rounds_of([CALLS[0], dropped, CALLS[1]], {"a": [0.5, 0.25], "b": [0.25, 0.75]}) == {0: 0, 2: 1}


def test_seconds_are_read_back(tmp_path: Path) -> None:
    trace = Trace("cell", 1, Kept(CALLS), {"a": [0.25], "b": [0.75], "c": [0.5]})
    for write in (trace_json, trace_file):
        path = tmp_path / write.__name__
        path.write_bytes(write(trace))
        assert stages_s(read_trace(path)) == {"a": [0.25], "b": [0.75], "c": [0.5]}


def test_the_last_frames_are_kept_and_the_file_stays_small() -> None:
    calls = [TimedCall(n, tuple("abcdefg"), [n + k / 8 for k in range(8)], "one") for n in range(WRITTEN_FRAMES + 3)]
    content = trace_json(Trace("cell", 1, Kept(calls)))
    assert len(content) <= 20_000_000
    compressed = trace_file(Trace("cell", 1, Kept(calls)))
    assert len(compressed) <= len(content) / 10
    assert gzip.decompress(compressed) == content
    written = json.loads(content)
    assert written["otherData"]["frames_left_out"] == 3
    assert next(event["name"] for event in written["traceEvents"] if event["ph"] == "X") == "frame 3"


def test_queues_are_counted() -> None:
    sights = [Sight(0, 0, 0.0, 0.0, 2.5), Sight(2, 2, 2.0, 2.5, 3.0)]
    run = Run("camera", 1.0, 0.0, 3.0, 3, sights, {1: "queue"})
    assert waiting(run) == [(0.0, 0), (1.0, 1), (2.0, 1), (2.5, 0)]
    assert under_way(run) == [(0.0, 1), (2.5, 1), (3.0, 0)]


def test_without_anyone_to_keep_them_no_call_is_made_for_readings() -> None:
    readings = iter(range(100))
    timer = StageTimer([Stage("a", abs), Stage("b", abs)], lambda: float(next(readings)))
    timer(1, 5)
    assert next(readings) == 3  # one before, one after each stage
    kept: list[TimedCall] = []
    timer.keep = kept.append
    timer(1, 6)
    assert next(readings) == 7  # no more than without
    assert kept == [TimedCall(6, ("a", "b"), [4.0, 5.0, 6.0], "MainThread")]


def test_a_trace_is_served_to_the_viewer_alone() -> None:
    with served_trace(b"{}", "firefox", 0) as served:
        with pytest.raises(HTTPError, match="404"):
            urlopen(served.address.replace("/trace.json", "x/trace.json"))  # noqa: S310
        assert not served.fetched.is_set()
        with urlopen(served.address) as answer:  # noqa: S310
            assert answer.read() == b"{}"
            assert answer.headers["Access-Control-Allow-Origin"] == "https://profiler.firefox.com"
        assert served.fetched.wait(PATIENCE_S)
        with (
            pytest.raises(UsageError, match="cannot be opened"),
            served_trace(b"", "perfetto", int(served.address[17:].partition("/")[0])),
        ):
            pass


def test_a_report_is_served_with_links_to_its_traces_and_to_nothing_else(tmp_path: Path) -> None:
    there, secret = tmp_path / "a.trace.json.gz", tmp_path / "secret"
    there.write_bytes(gzip.compress(b"{}"))
    secret.write_text("x")
    seen: list[dict[str, str]] = []

    def page(links: Sequence[Mapping[str, str]]) -> bytes:
        seen.extend(map(dict, links))
        return b"<p>page"

    with served_report(page, [there, tmp_path / "gone.trace.json", secret], 0) as address:
        with urlopen(address) as answer:  # noqa: S310
            assert (answer.read(), answer.headers["Content-Type"]) == (b"<p>page", "text/html; charset=utf-8")
            assert answer.headers["Access-Control-Allow-Origin"] is None
        links, *others = seen
        assert others == [{}, {}]
        assert list(links) == ["file", "perfetto", "firefox"]
        assert links["perfetto"] == link_to(links["file"], "perfetto")
        for origin in ("https://ui.perfetto.dev", "https://profiler.firefox.com"):
            with urlopen(Request(links["file"], headers={"Origin": origin})) as answer:  # noqa: S310
                assert (answer.read(), answer.headers["Access-Control-Allow-Origin"]) == (b"{}", origin)
        there.unlink()
        with pytest.raises(HTTPError, match="404"):
            urlopen(links["file"])  # noqa: S310


def test_links_are_those_that_the_viewers_document() -> None:
    address = "http://127.0.0.1:9001/token/trace.json"
    assert link_to(address, "perfetto") == f"https://ui.perfetto.dev/#!/?url={address}"
    assert link_to(address, "firefox") == (
        "https://profiler.firefox.com/from-url/http%3A%2F%2F127.0.0.1%3A9001%2Ftoken%2Ftrace.json"
    )


HALF = trace_file(Trace("cell", 1, Kept(CALLS)))[:-9]
OTHER = gzip.compress(b"x", mtime=0)


@pytest.mark.parametrize(
    "content",
    [None, b"x", b"[]", HALF, OTHER, OTHER[:10] + bytes([255] * 8)],
    ids=["no file", "no JSON", "no object", "cut off", "another file", "no deflate"],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="name a file of --frame-trace"):
        read_trace(path)


def browser_event(name: str, at_us: float, **more: object) -> dict[str, object]:
    return {"ph": "X", "name": name, "cat": "c", "pid": 7, "tid": 8, "ts": at_us, "args": {}, **more}


def test_the_browser_s_events_are_on_the_clock_of_the_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "MOST_SLICES", 2)
    heap = browser_event("UpdateCounters", 4.5e6, ph="I", args={"data": {"jsHeapSizeUsed": 3_000_000}})
    name = browser_event("process_name", 0.0, ph="M", args={"name": "Renderer"})
    tasks = [browser_event("task", at_us, dur=dur, tts=1) for at_us, dur in ((4.25e6, 3), (4.5e6, 1), (5e6, 2))]
    early, late = browser_event("early", 4.1e6, dur=9), browser_event("late", 6.8e6, dur=9)
    begun = browser_event("begun", 4.0e6, dur=160_000)
    launches = [BrowserEvents([name, heap, early, begun], 5.8, 7e-6), BrowserEvents([*tasks, late], 5.8, 4e-6)]
    written = json.loads(trace_json(Trace("cell", 1, Kept(CALLS, events=launches))))
    assert written["otherData"]["began_s"] == pytest.approx(9.95)
    events = [event for event in written["traceEvents"] if event["pid"] == 7]
    # What had begun before the trace begins with it: no viewer takes times below zero.
    assert [(event["name"], event["ph"], event["ts"], event.get("dur")) for event in events] == [
        ("process_name", "M", 0, None),
        ("JavaScript heap", "C", 350000.0, None),
        ("begun", "X", 0.0, 10000.0),
        ("task", "X", 100000.0, 3),
    ]
    assert events[1]["args"] == {"MB": 3.0}
    assert "tts" not in events[3]
    assert written["otherData"]["browser"] == {"events": 4, "events_left_out": 2, "clock_error_us": 7.0}


class Device:
    """A device whose clock runs away from the stages' by 2 us between two looks."""

    def __init__(self) -> None:
        self.offsets = iter([(5.0, 1e-6), (5.000002, 3e-6)])
        self.is_on = True

    def take(self) -> list[tuple[str, float, float]]:
        return [("upload", 5.0, 5.25), ("draw", 5.25, 5.5)]

    def offset(self) -> tuple[float, float]:
        return next(self.offsets)


def test_what_a_device_did_is_a_track_on_the_clock_of_the_frames() -> None:
    keeper = Keeper(lambda: None)
    keeper.watch_device("a GPU", Device())
    keeper(TimedCall(3, ("convert",), [9.0, 9.5], "one"))
    keeper(TimedCall(3, ("draw",), [10.0, 10.75], "one"))
    written = json.loads(trace_json(Trace("cell", 1, keeper.take())))
    assert written["otherData"]["gpu"] == {"track": "GPU: a GPU", "clock_error_us": 4.0}
    name, *slices = [event for event in written["traceEvents"] if event["cat"] == "framegate.gpu"]
    assert (name["name"], name["args"]) == ("thread_name", {"name": "GPU: a GPU"})
    assert [(event["name"], event["ts"], event["dur"], event["args"]["data"]) for event in slices] == [
        ("upload", 1000001.0, 250000.0, {"frame": 3}),
        ("draw", 1250001.0, 250000.0, {"frame": 3}),
    ]
    assert {event["tid"] for event in slices} == {name["tid"]}


def test_a_device_is_asked_of_no_more_frames_than_cost_little() -> None:
    device, keeper = Device(), Keeper(lambda: None)
    keeper.watch_device("a GPU", device)
    asked = []
    for frame, at_s in enumerate([1.0, 1.002, 1.004, 1.008, 1.0098, 1.012]):
        asked.append(device.is_on)
        keeper(TimedCall(frame, ("draw",), [at_s, at_s + 0.0005], "one"))
    assert asked == [True, False, False, False, False, True]
    work = keeper.take().device
    assert work is not None
    assert {part.frame for part in work.slices} == {0, 5}
