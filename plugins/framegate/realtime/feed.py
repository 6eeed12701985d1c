"""Frames as a run asks for them: on a schedule that waits for nobody, or whenever the pipeline wants one."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from framegate.interfaces import Frame
from framegate.realtime.schedule import Schedule

if TYPE_CHECKING:
    from framegate.interfaces import Pixels
    from framegate.realtime.run import Reason, RunRequest

Clock = Callable[[], float]
PictureOf = Callable[[int], "Pixels"]
"""Number of a frame -> its picture; it is asked with numbers that grow, some of which are left out."""


FOR_EVER_S = 1e9
"""In place of the seconds of a run without an end, as its frames are counted."""


class Feed(Iterator[Frame], Protocol):
    """The frames of one run, numbered from 0.

    Attributes:
        rate: frames that come per second; None where no schedule says when.
        began_s: when the first frame was due.
        dropped: number of a frame that was not handed out -> why.
    """

    rate: float | None
    began_s: float
    dropped: dict[int, Reason]

    def came(self) -> int:
        """Number of frames so far, those that were dropped included."""
        ...

    def close(self) -> None:
        """Have no more frames come."""
        ...


class OnDemand:
    """A frame whenever the pipeline asks for one, until the time is up; one at least, however late it asks.

    Args:
        picture: function from a frame's number to its picture.
        seconds: time for which there are frames.
        clock: function that returns seconds as a float.
        at_once: whether all frames were due at the start, as if they lay on a disk; else each is due when it is asked
            for.
    """

    def __init__(self, picture: PictureOf, seconds: float, clock: Clock, *, at_once: bool = False) -> None:
        self.rate: float | None = None
        self.began_s = clock()
        self.dropped: dict[int, Reason] = {}
        self._picture, self._clock, self._at_once = picture, clock, at_once
        self._until_s = self.began_s + seconds
        self._is_closed = False
        self._numbers = itertools.count()
        self._came = 0

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        now_s = self._clock()
        if self._is_closed or (self._came and now_s >= self._until_s):
            raise StopIteration
        number, self._came = self._came, self._came + 1
        return Frame(number, self.began_s if self._at_once else now_s, self._picture(number), now_s)

    def came(self) -> int:
        """Number of frames that were asked for."""
        return self._came

    def close(self) -> None:
        """Have no more frames come."""
        self._is_closed = True


class OnSchedule:
    """Frames that come on a schedule, whether or not somebody asks for them.

    They wait in a queue. A frame that finds it full pushes the oldest one out, as a camera's driver does.

    Args:
        picture: function from a frame's number to its picture.
        schedule: times at which the frames are due.
        frames: number of frames that come.
        clock: function that returns seconds as a float.
        wait: function that waits for so many seconds.
        queue: number of frames that the queue holds.
        patience_s: age at which a frame is dropped when its turn comes; None takes any.
    """

    def __init__(
        self,
        picture: PictureOf,
        schedule: Schedule,
        frames: int,
        clock: Clock = time.perf_counter,
        wait: Callable[[float], object] = time.sleep,
        queue: int = 1,
        patience_s: float | None = None,
    ) -> None:
        self.rate: float | None = schedule.rate
        self.began_s = schedule.due_s(0)
        self.dropped: dict[int, Reason] = {}
        self._picture, self._schedule, self._frames = picture, schedule, frames
        self._clock, self._wait, self._queue, self._patience_s = clock, wait, queue, patience_s
        self._next = 0

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        while True:
            number = self._oldest_waiting()
            if number >= self._frames:
                raise StopIteration
            due_s, picture = self._schedule.due_s(number), self._picture(number)
            # A wait may end early, by a little or by a signal.
            while (now_s := self._clock()) < due_s:
                self._wait(due_s - now_s)
            self._next = number + 1
            if self._patience_s is None or now_s - due_s <= self._patience_s:
                return Frame(number, due_s, picture, now_s)
            self.dropped[number] = "late"

    def came(self) -> int:
        """Number of frames that were due by now."""
        return min(self._frames, max(self._next, self._schedule.number_due(self._clock()) + 1))

    def close(self) -> None:
        """Have no more frames come."""
        self._frames = min(self._frames, self._next)

    def _oldest_waiting(self) -> int:
        newest = min(self._schedule.number_due(self._clock()), self._frames - 1)
        oldest = max(self._next, newest - self._queue + 1)
        self.dropped |= dict.fromkeys(range(self._next, oldest), "queue")
        return oldest


class OnArrival:
    """Frames of a device that sets the pace itself: each is due when it arrived, and waits in a queue.

    They are read on a thread of their own. One that finds the queue full pushes the oldest one out.

    Args:
        pictures: pictures as they arrive; what the iterator raises is raised where the next frame is asked for.
        seconds: time for which frames are taken.
        clock: function that returns seconds as a float.
        queue: number of frames that the queue holds.
        patience_s: age at which a frame is dropped when its turn comes; None takes any.
    """

    def __init__(
        self,
        pictures: Iterator[Pixels],
        seconds: float,
        clock: Clock,
        queue: int = 1,
        patience_s: float | None = None,
    ) -> None:
        self.rate: float | None = None
        self.began_s = clock()
        self.dropped: dict[int, Reason] = {}
        self._clock, self._most, self._patience_s = clock, queue, patience_s
        self._until_s = self.began_s + seconds
        self._waiting: deque[Frame] = deque()
        self._end: BaseException | None = None
        self._came = 0
        self._changed = threading.Condition()
        threading.Thread(target=self._read, args=(pictures,), name="framegate-device", daemon=True).start()

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        while True:
            frame = self._first_waiting()
            began_s = self._clock()
            if self._patience_s is None or began_s - frame.due_s <= self._patience_s:
                return frame._replace(began_s=began_s)
            self.dropped[frame.number] = "late"

    def came(self) -> int:
        """Number of frames that have arrived."""
        return self._came

    def close(self) -> None:
        """Have no more frames come."""
        with self._changed:
            self._until_s = -math.inf

    def _first_waiting(self) -> Frame:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._end is not None)
            if not self._waiting and self._end is not None:
                raise self._end
            return self._waiting.popleft()

    def _read(self, pictures: Iterator[Pixels]) -> None:
        end: BaseException = StopIteration()
        try:
            for picture in pictures:
                now_s = self._clock()
                if now_s >= self._until_s:
                    break
                self._arrived(now_s, picture)
        except BaseException as error:  # noqa: BLE001 # whatever it is, the one who waits for a frame has to know
            end = error
        with self._changed:
            self._end = end
            self._changed.notify_all()

    def _arrived(self, now_s: float, picture: Pixels) -> None:
        with self._changed:
            if len(self._waiting) == self._most:
                self.dropped[self._waiting.popleft().number] = "queue"
            self._waiting.append(Frame(self._came, now_s, picture))
            self._came += 1
            self._changed.notify_all()


def open_feed(
    request: RunRequest,
    picture: PictureOf,
    clock: Clock = time.perf_counter,
    wait: Callable[[float], object] = time.sleep,
) -> Feed:
    """The frames that a run asks for, the first of which is due now."""
    if request.rate is not None:
        schedule = Schedule(request.rate, clock())
        frames = math.ceil(request.rate * min(request.seconds, FOR_EVER_S))
        return OnSchedule(picture, schedule, frames, clock, wait, request.queue, request.patience_s)
    return OnDemand(picture, request.seconds, clock, at_once=request.scenario == "offline")
