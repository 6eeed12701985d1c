"""Frames on a schedule, with a queue that holds a few of them, and frames on demand; the clock is the test's."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import until
from virtual_clock import VirtualClock

from framegate.errors import FrameError
from framegate.interfaces import Frame, Pixels
from framegate.realtime.feed import Feed, OnArrival, OnSchedule, open_feed
from framegate.realtime.run import RunRequest, Scenario
from framegate.realtime.schedule import Schedule

PER_SECOND = 10.0


def picture(number: int) -> Pixels:
    return np.full((1, 1, 3), number % 256, np.uint8)


def camera(clock: VirtualClock, frames: int = 10, queue: int = 1, patience_s: float | None = None) -> OnSchedule:
    """Ten frames a second."""
    return OnSchedule(picture, Schedule(PER_SECOND, clock()), frames, clock, clock.advance, queue, patience_s)


def taken(feed: Feed, clock: VirtualClock, service_s: float) -> list[Frame]:
    """The frames that somebody gets who takes so long for each."""
    frames = []
    for frame in feed:
        frames.append(frame)
        clock.advance(service_s)
    return frames


def test_somebody_in_time_gets_every_frame_when_it_is_due() -> None:
    clock = VirtualClock(7.0)
    feed = camera(clock)
    frames = taken(feed, clock, 0.04)
    assert [frame.number for frame in frames] == list(range(10))
    assert [frame.due_s for frame in frames] == pytest.approx([7.0 + number / 10 for number in range(10)])
    assert [frame.began_s for frame in frames] == pytest.approx([frame.due_s for frame in frames])
    assert [int(frame.picture[0, 0, 0]) for frame in frames] == list(range(10))
    assert (feed.dropped, feed.came()) == ({}, 10)


def test_somebody_late_gets_the_newest_and_the_others_are_dropped() -> None:
    clock = VirtualClock()
    feed = camera(clock)
    frames = taken(feed, clock, 0.25)
    assert [frame.number for frame in frames] == [0, 2, 5, 7, 9]
    assert feed.dropped == dict.fromkeys([1, 3, 4, 6, 8], "queue")
    assert feed.came() == 10
    # The schedule has not slipped: a frame is as old as it is.
    assert [round(frame.began_s - frame.due_s, 9) for frame in frames] == [0, 0.05, 0, 0.05, 0.1]


def test_a_longer_queue_hands_out_older_frames() -> None:
    clock = VirtualClock()
    feed = camera(clock, queue=3)
    frames = taken(feed, clock, 0.25)
    assert [frame.number for frame in frames[:4]] == [0, 1, 3, 5]
    ages_s = [frame.began_s - frame.due_s for frame in frames[2:4]]
    assert all(0.2 - 1e-9 <= age_s <= 0.25 + 1e-9 for age_s in ages_s)


def test_a_frame_that_is_too_old_when_its_turn_comes_is_dropped_as_late() -> None:
    clock = VirtualClock()
    feed = camera(clock, queue=3, patience_s=0.1)
    frames = taken(feed, clock, 0.45)
    assert all(frame.began_s - frame.due_s <= 0.1 + 1e-9 for frame in frames)
    assert set(feed.dropped.values()) == {"queue", "late"}


@given(service_s=st.floats(0.001, 0.5), queue=st.integers(1, 5), frames=st.integers(1, 60))
def test_every_frame_is_handed_out_or_dropped(service_s: float, queue: int, frames: int) -> None:
    clock = VirtualClock()
    feed = camera(clock, frames, queue)
    numbers = [frame.number for frame in taken(feed, clock, service_s)]
    assert sorted([*numbers, *feed.dropped]) == list(range(frames))
    assert numbers == sorted(numbers)


@given(service_s=st.floats(0.11, 1.0))
def test_the_share_of_dropped_frames_is_what_arithmetic_says(service_s: float) -> None:
    clock = VirtualClock()
    feed = camera(clock, 2000)
    shown = len(taken(feed, clock, service_s))
    assert shown / 2000 == pytest.approx(0.1 / service_s, abs=0.01)


def test_a_closed_camera_gives_no_more() -> None:
    clock = VirtualClock()
    feed = camera(clock)
    next(feed)
    feed.close()
    assert list(feed) == []
    assert feed.came() == 1


def test_a_single_stream_has_a_frame_whenever_somebody_asks() -> None:
    clock = VirtualClock(3.0)
    feed = open_feed(RunRequest("single-stream", None, 1.0), picture, clock)
    frames = taken(feed, clock, 0.25)
    assert [(frame.number, frame.due_s) for frame in frames] == [(0, 3.0), (1, 3.25), (2, 3.5), (3, 3.75)]
    assert feed.came() == 4


@pytest.mark.parametrize("scenario", ["single-stream", "offline"])
def test_however_late_somebody_asks_there_is_a_frame(scenario: Scenario) -> None:
    clock = VirtualClock()
    feed = open_feed(RunRequest(scenario, None, 1.0), picture, clock)
    clock.advance(2.0)
    assert [frame.number for frame in feed] == [0]
    feed = open_feed(RunRequest(scenario, None, 1.0), picture, clock)
    feed.close()
    assert list(feed) == []


def test_offline_all_frames_were_there_at_the_start() -> None:
    clock = VirtualClock(3.0)
    feed = open_feed(RunRequest("offline", None, 1.0), picture, clock)
    frames = taken(feed, clock, 0.25)
    assert [(frame.due_s, frame.began_s) for frame in frames] == [(3.0, 3.0 + turn / 4) for turn in range(4)]


def test_a_camera_of_30_for_two_seconds_has_60_frames() -> None:
    clock = VirtualClock()
    feed = open_feed(RunRequest("camera", 30.0, 2.0), picture, clock, clock.advance)
    assert len(list(itertools.islice(feed, 100))) == 60


class Device:
    """Gives a picture whenever the test lets it, then an error or the end."""

    def __init__(self, pictures: int, end: BaseException | None = None) -> None:
        self.released = threading.Semaphore(0)
        self._pictures, self._end = pictures, end

    def __call__(self) -> Iterator[Pixels]:
        for number in range(self._pictures):
            self.released.acquire()
            yield picture(number)
        self.released.acquire()
        if self._end is not None:
            raise self._end


def wait_for(feed: OnArrival, came: int) -> None:
    until(lambda: feed.came() >= came)


def test_a_devices_frame_is_due_when_it_arrived() -> None:
    clock, device = VirtualClock(2.0), Device(3)
    feed = OnArrival(device(), 60.0, clock)
    clock.advance(0.5)
    device.released.release()
    wait_for(feed, 1)
    clock.advance(0.25)
    frame = next(feed)
    assert (frame.number, frame.due_s, frame.began_s) == (0, 2.5, 2.75)


def test_a_devices_frame_that_is_too_old_is_dropped_as_late() -> None:
    clock, device = VirtualClock(), Device(2)
    feed = OnArrival(device(), 60.0, clock, queue=2, patience_s=0.1)
    device.released.release()
    wait_for(feed, 1)
    clock.advance(0.2)
    device.released.release()
    wait_for(feed, 2)
    assert next(feed).number == 1
    assert feed.dropped == {0: "late"}
    device.released.release()
    assert list(feed) == []


def test_a_devices_frames_push_each_other_out() -> None:
    clock, device = VirtualClock(), Device(5)
    feed = OnArrival(device(), 60.0, clock, queue=2)
    device.released.release(6)
    assert [frame.number for frame in itertools.islice(_after(feed, 5), 2)] == [3, 4]
    assert feed.dropped == dict.fromkeys([0, 1, 2], "queue")
    assert list(feed) == []


def test_a_device_that_fails_says_so_after_its_frames() -> None:
    clock, device = VirtualClock(), Device(1, FrameError("the cable was pulled"))
    feed = OnArrival(device(), 60.0, clock)
    device.released.release(2)
    assert next(feed).number == 0
    with pytest.raises(FrameError, match="the cable was pulled"):
        next(feed)


def test_a_device_is_read_no_longer_than_was_asked_for() -> None:
    clock, device = VirtualClock(), Device(5)
    feed = OnArrival(device(), 1.0, clock)
    device.released.release()
    assert next(feed).number == 0
    clock.advance(1.0)
    device.released.release()
    assert list(feed) == []


def _after(feed: OnArrival, came: int) -> OnArrival:
    wait_for(feed, came)
    return feed
