"""From clock readings to trace events, which Perfetto and the Firefox Profiler import."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from framegate.trace.browser import GPU_THREAD, MARGIN_S, browser_part
from framegate.trace.queues import dropped_at, under_way, waiting

if TYPE_CHECKING:
    from framegate.measure.events import DeviceWork
    from framegate.measure.stages import TimedCall
    from framegate.realtime.run import Run
    from framegate.trace.keeper import Kept

    Event = dict[str, Any]

WRITTEN_FRAMES = 5000
"""The last frames of a cell that are written: more than 20 MB are slow to open."""
SUFFIX = ".trace.json.gz"
"""What the names of files of `trace_file` end with."""
SAME_S = 1e-9
PAGE_CLOCK = "performance.now() of the page"
CATEGORY, STAGE, DEVICE = "framegate", "framegate.stage", "framegate.gpu"
"""What slices of stages, and those of a device, are told from others by."""
DEVICE_THREAD = 1000
"""The track of the device, in the place of a thread's id."""


@dataclass(frozen=True)
class Trace:
    """What was kept of a cell. All times are seconds of one clock.

    Attributes:
        name: the cell, as the test is called.
        process: id of the process.
        kept: what was kept of it.
        samples_s: seconds of the stages of the benchmark's rounds, by stage.
        run: the run against a clock, if it was one.
        queue: number of frames that wait in it at most.
        clock: whose readings they are.
        what: what a call is part of: a ``frame``, or a ``load`` of the model.
    """

    name: str
    process: int
    kept: Kept
    samples_s: Mapping[str, Sequence[float]] = field(default_factory=dict)
    run: Run | None = None
    queue: int = 1
    clock: str = "time.perf_counter"
    what: str = "frame"

    def in_page(self) -> Trace:
        """The same of a cell whose stages a page has timed: without this process' memory, which is not the page's."""
        kept = self.kept._replace(memory=())
        if self.run is not None:
            return replace(self, kept=kept)  # its times are on this process' clock already
        clock = "that of the browser's own events" if kept.events else PAGE_CLOCK
        return replace(self, kept=kept, clock=clock)


def rounds_of(calls: Sequence[TimedCall], samples_s: Mapping[str, Sequence[float]]) -> dict[int, int]:
    """Which calls were rounds of the benchmark: place of the call -> number of the round, from 0.

    The samples are differences of the same readings, so those of a chain are found in its calls, from the last call
    back. A call in between need not be a round: a frame that the display never showed is not.
    """
    rounds: dict[int, int] = {}
    for stages in dict.fromkeys(call.stages for call in calls):
        if not all(samples_s.get(stage) for stage in stages):
            continue
        missing = list(zip(*(samples_s[stage] for stage in stages), strict=True))
        numbers: dict[int, int] = {}
        for place in range(len(calls) - 1, -1, -1):
            call = calls[place]
            if missing and call.stages == stages and _is_same(_durations(call), missing[-1]):
                missing.pop()
                numbers[place] = len(missing)
        if not missing:
            rounds |= numbers
    return rounds


def trace_file(trace: Trace) -> bytes:
    """What `trace_json` makes, compressed: events are much alike, and viewers open it as it is."""
    return gzip.compress(trace_json(trace), mtime=0)


def trace_json(trace: Trace) -> bytes:
    """The trace as JSON: the last `WRITTEN_FRAMES` frames, times in microseconds from their beginning."""
    rounds = rounds_of(trace.kept.calls, trace.samples_s)
    places = _last_frames(trace.kept.calls)
    calls = [(trace.kept.calls[place], rounds.get(place)) for place in places]
    began_s = min(call.readings_s[0] for call, _ in calls) if calls else 0.0
    ended_s = max(call.readings_s[-1] for call, _ in calls) if calls else 0.0
    if trace.run is not None and trace.run.began_s <= began_s and len(places) == len(trace.kept.calls):
        began_s = trace.run.began_s
    if trace.kept.events:
        began_s -= MARGIN_S
    about: dict[str, Any] = {
        "cell": trace.name,
        "clock": trace.clock,
        "began_s": began_s,
        "frames": len({call.frame for call, _ in calls}),
        "frames_left_out": len({call.frame for call in trace.kept.calls}) - len({call.frame for call, _ in calls}),
    }
    events, about["gpu"] = list(_events(trace, calls, began_s)), None
    if trace.kept.device is not None:
        device = trace.kept.device
        events += _device_events(trace.process, device, began_s)
        about["gpu"] = {"track": f"GPU: {device.name}", "clock_error_us": round(device.error_s * 1e6, 3)}
    if trace.kept.events:
        browser = browser_part(trace.kept.events, began_s, ended_s)
        events += browser.events
        about["browser"] = browser.about
        about["gpu"] = {"track": GPU_THREAD, "clock_error_us": browser.about["clock_error_us"]}
    written = {"traceEvents": events, "displayTimeUnit": "ms", "otherData": about}
    return json.dumps(written, separators=(",", ":")).encode()


def _durations(call: TimedCall) -> tuple[float, ...]:
    readings = call.readings_s
    return tuple(after - before for before, after in pairwise(readings))


def _is_same(durations: Sequence[float], rounds_s: Sequence[float]) -> bool:
    """Whether seconds are the same; those of a page were added up to readings, and differ by that."""
    return all(abs(one - other) < SAME_S for one, other in zip(durations, rounds_s, strict=True))


def _last_frames(calls: Sequence[TimedCall]) -> list[int]:
    """Places of the calls of the last frames."""
    chains = max(1, len({call.stages for call in calls}))
    return list(range(max(0, len(calls) - WRITTEN_FRAMES * chains), len(calls)))


def _events(trace: Trace, calls: Sequence[tuple[TimedCall, int | None]], began_s: float) -> Iterator[Event]:
    common = {"pid": trace.process, "cat": CATEGORY}
    threads = {name: place for place, name in enumerate(dict.fromkeys(call.thread for call, _ in calls), 1)}
    yield common | {"ph": "M", "tid": 0, "ts": 0, "name": "process_name", "args": {"name": f"framegate {trace.name}"}}
    for name, thread in threads.items():
        yield common | {"ph": "M", "tid": thread, "ts": 0, "name": "thread_name", "args": {"name": name}}
    lasts = {call.frame: place for place, (call, _) in enumerate(calls)}
    begun: set[int | None] = set()
    for place, (call, number) in enumerate(calls):
        about = {key: value for key, value in (("frame", call.frame), ("round", number)) if value is not None}
        on_thread = common | {"tid": threads[call.thread], "args": {"data": about}}
        yield from _slices(call, trace.what, on_thread, began_s)
        if call.frame is not None:
            yield from _flow(
                call, on_thread, began_s, is_first=call.frame not in begun, is_last=lasts[call.frame] == place
            )
            begun.add(call.frame)
    yield from _counters(
        "memory", "MB", ((at_s, bytes_now / 1e6) for at_s, bytes_now in trace.kept.memory), common, began_s
    )
    if trace.run is not None:
        yield from _counters("queue", "frames", waiting(trace.run, trace.queue), common, began_s)
        yield from _counters("under way", "frames", under_way(trace.run), common, began_s)
        for frame, at_s in dropped_at(trace.run):
            if at_s >= began_s:
                name, dropped = f"dropped: {trace.run.dropped[frame]}", {"data": {"frame": frame}}
                yield common | {"ph": "i", "s": "p", "tid": 1, "ts": _us(at_s, began_s), "name": name, "args": dropped}


def _device_events(process: int, device: DeviceWork, began_s: float) -> Iterator[Event]:
    """A track for the device, and in it what it did for the frames that are written."""
    common = {"pid": process, "cat": DEVICE, "tid": DEVICE_THREAD}
    yield common | {"ph": "M", "ts": 0, "name": "thread_name", "args": {"name": f"GPU: {device.name}"}}
    for frame, name, at_s, ended_s in device.slices:
        if at_s >= began_s:
            about = {} if frame is None else {"frame": frame}
            lasting = round((ended_s - at_s) * 1e6, 3)
            yield common | {"ph": "X", "ts": _us(at_s, began_s), "dur": lasting, "name": name, "args": {"data": about}}


def _slices(call: TimedCall, what: str, common: Event, began_s: float) -> Iterator[Event]:
    """The frame, or its part in this thread, and in it a slice for each stage."""
    edges = [_us(reading_s, began_s) for reading_s in call.readings_s]
    name = what if call.frame is None else f"{what} {call.frame}"
    yield common | {"ph": "X", "ts": edges[0], "dur": round(edges[-1] - edges[0], 3), "name": name}
    for stage, begin, end in zip(call.stages, edges[:-1], edges[1:], strict=True):
        yield common | {"ph": "X", "ts": begin, "dur": round(end - begin, 3), "name": stage, "cat": STAGE}


def _flow(call: TimedCall, common: Event, began_s: float, *, is_first: bool, is_last: bool) -> Iterator[Event]:
    """An arrow from each stage of a frame to the next, over all threads; it binds to the slice that holds its time."""
    middles = [_us((a + b) / 2, began_s) for a, b in pairwise(call.readings_s)]
    for place, at in enumerate(middles):
        kind: Event = {"ph": "t"}
        if is_first and place == 0:
            kind = {"ph": "s"}
        elif is_last and place == len(middles) - 1:
            kind = {"ph": "f", "bp": "e"}
        yield common | kind | {"id": call.frame, "ts": at, "name": "frame's way"}


def _counters(
    name: str, unit: str, counts: Iterable[tuple[float, float]], common: Event, began_s: float
) -> Iterator[Event]:
    for at_s, value in counts:
        if at_s >= began_s:
            yield common | {"ph": "C", "tid": 0, "ts": _us(at_s, began_s), "name": name, "args": {unit: value}}


def _us(at_s: float, began_s: float) -> float:
    return round((at_s - began_s) * 1e6, 3)
