"""What a run says of its frames; pipelines and clock are the test's."""

from __future__ import annotations

import numpy as np
from virtual_clock import VirtualClock

from framegate.errors import FrameError
from framegate.interfaces import Frame, Pixels
from framegate.realtime.feed import Feed, OnArrival, open_feed
from framegate.realtime.run import RunRequest, Sight, cell_names
from framegate.realtime.runner import watched_run
from framegate.realtime.statistics import realtime_of

CAMERA = RunRequest("camera", 10.0, 1.0)


class Slow:
    """Takes so long for each frame, and shows the frame that was taken some frames ago."""

    def __init__(self, feed: Feed, clock: VirtualClock, service_s: float, late: int = 0) -> None:
        self._feed, self._clock, self._service_s, self._late = feed, clock, service_s, late
        self._numbers: list[int] = []

    def __call__(self) -> Frame:
        frame = next(self._feed)
        self._numbers.append(frame.number)
        self._clock.advance(self._service_s)
        return frame

    def number(self) -> int | None:
        return self._numbers[-1 - self._late] if len(self._numbers) > self._late else None


def black(number: int) -> Pixels:
    if number == 7:
        raise FrameError("the cable was pulled")
    return np.zeros((1, 1, 3), np.uint8)


def test_a_run_holds_what_was_on_the_screen_and_when() -> None:
    clock = VirtualClock(5.0)
    feed = open_feed(CAMERA, lambda _: np.zeros((1, 1, 3), np.uint8), clock, clock.advance)
    run = watched_run(Slow(feed, clock, 0.25), feed, CAMERA, clock)
    assert (run.scenario, run.rate, run.came, run.began_s, run.ended) == ("camera", 10.0, 10, 5.0, None)
    assert run.sights[:2] == [Sight(0, 0, 5.0, 5.0, 5.25), Sight(2, 2, 5.2, 5.25, 5.5)]
    assert run.ended_s == run.sights[-1].shown_s
    assert run.dropped == dict.fromkeys([1, 3, 4, 6, 8], "queue")


def test_a_screen_that_is_late_is_seen_to_be_so() -> None:
    clock = VirtualClock()
    feed = open_feed(CAMERA, lambda _: np.zeros((1, 1, 3), np.uint8), clock, clock.advance)
    run = watched_run(Slow(feed, clock, 0.05, late=1), feed, CAMERA, clock)
    assert [(sight.frame, sight.screen) for sight in run.sights[:3]] == [(0, None), (1, 0), (2, 1)]


def test_a_source_that_fails_ends_the_run_with_what_there_is_and_the_reason() -> None:
    clock = VirtualClock()
    feed = open_feed(CAMERA, black, clock, clock.advance)
    run = watched_run(Slow(feed, clock, 0.05), feed, CAMERA, clock)
    assert run.ended == "the cable was pulled"
    assert [sight.frame for sight in run.sights] == list(range(7))
    assert run.came == 7


def test_a_device_that_sets_the_pace_has_no_rate_whatever_was_asked_for() -> None:
    clock = VirtualClock()
    feed = OnArrival(iter([np.zeros((1, 1, 3), np.uint8)] * 3), 60.0, clock, queue=3)
    run = watched_run(Slow(feed, clock, 0.5), feed, CAMERA, clock)
    assert (run.scenario, run.rate, run.came) == ("camera", None, 3)
    assert realtime_of(run).delivered_per_s == 2.0


def test_runs_have_names_and_names_have_runs() -> None:
    names = cell_names(["camera", "offline"], [30.0, 30000 / 1001, "max"])
    assert names == ["camera-30", "camera-29.97", "camera-max", "offline"]
    runs = [RunRequest.of(name, 24, 2, 3) for name in names]
    assert [(run.scenario, run.rate) for run in runs] == [
        ("camera", 30.0),
        ("camera", 29.97),
        ("camera", None),
        ("offline", None),
    ]
    assert [(run.seconds, run.queue, run.in_flight) for run in runs] == [(24, 2, 3)] * 4
    assert RunRequest.of("single-stream", 24, 2, 3).in_flight == 1
