"""Keep what a trace is made of while frames are measured: clock readings, memory, what a browser or a device noted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from framegate.measure.events import DeviceSlice, DeviceWork

if TYPE_CHECKING:
    from framegate.measure.events import BrowserEvents
    from framegate.measure.stages import TimedCall

MOST_CALLS = 200_000
"""Calls that are kept in memory; the oldest make room."""
DRAWS = "draw"
"""The stage in which a device draws."""
MEMORY_EVERY_S = 0.05
"""Seconds between two looks at the memory, at least."""
DEVICE_EVERY_S = 0.01
"""Seconds between two frames that the device is asked of, at least; to ask llvmpipe takes a tenth of a millisecond."""


class Kept(NamedTuple):
    """What was kept.

    Attributes:
        calls: the calls, in the order in which they ended.
        memory: seconds of the stages' clock, and the bytes then.
        events: what browsers noted, one after another.
        device: what the device that draws noted; None where it notes nothing.
    """

    calls: Sequence[TimedCall]
    memory: Sequence[tuple[float, int]] = ()
    events: Sequence[BrowserEvents] = ()
    device: DeviceWork | None = None


class DeviceWatch(Protocol):
    """What says when a device did its parts of a frame: `framegate.gl.timer.Timestamps`.

    Attributes:
        is_on: whether the device is to note the parts of the frame that comes.
    """

    is_on: bool

    def take(self) -> Sequence[tuple[str, float, float]]:
        """The parts since the last time, and when each began and ended, in seconds of the device's clock."""
        ...

    def offset(self) -> tuple[float, float]:
        """Seconds from the zero of its clock to that of the stages', and by how much that may be wrong."""
        ...


class Keeper:
    """Takes every call of a chain of stages, from whatever thread it ran in.

    Args:
        memory: bytes that the process holds now; None where the system does not say.
    """

    def __init__(self, memory: Callable[[], int | None]) -> None:
        self._calls: deque[TimedCall] = deque(maxlen=MOST_CALLS)
        self._held: deque[tuple[float, int]] = deque(maxlen=MOST_CALLS)
        self._events: list[BrowserEvents] = []
        self._device: tuple[str, DeviceWatch] | None = None
        self._before = (0.0, 0.0)
        self._parts: deque[DeviceSlice] = deque(maxlen=MOST_CALLS)
        self._memory = memory
        self._next_s = self._next_ask_s = float("-inf")

    def __call__(self, call: TimedCall) -> None:
        """Keep a call."""
        self._calls.append(call)
        if self._device is not None and DRAWS in call.stages:
            self._ask(self._device[1], call)
        now_s = call.readings_s[-1]
        if now_s >= self._next_s:
            self._next_s = now_s + MEMORY_EVERY_S
            bytes_now = self._memory()
            if bytes_now is not None:
                self._held.append((now_s, bytes_now))

    def keep_events(self, events: BrowserEvents) -> None:
        """Keep what a browser noted."""
        self._events.append(events)

    def watch_device(self, name: str, clock: DeviceWatch) -> None:
        """Ask a device after each call that draws what it did for it; the thread of these calls may ask it."""
        self._device, self._before = (name, clock), clock.offset()

    def take(self) -> Kept:
        """What was kept since the last time; it is forgotten here."""
        kept = Kept(tuple(self._calls), tuple(self._held), tuple(self._events), self._work())
        for part in (self._calls, self._held, self._events, self._parts):
            part.clear()
        return kept

    def _ask(self, device: DeviceWatch, call: TimedCall) -> None:
        if device.is_on:
            self._parts.extend(DeviceSlice(call.frame, *part) for part in device.take())
            self._next_ask_s = call.readings_s[0] + DEVICE_EVERY_S
        device.is_on = call.readings_s[-1] >= self._next_ask_s

    def _work(self) -> DeviceWork | None:
        """The device's parts on the stages' clock: as far from it as it is now and was at first, at the mean."""
        if self._device is None:
            return None
        (before_s, error_before_s), (name, clock) = self._before, self._device
        now_s, error_now_s = clock.offset()
        offset_s = (before_s + now_s) / 2
        slices = [
            part._replace(began_s=part.began_s + offset_s, ended_s=part.ended_s + offset_s) for part in self._parts
        ]
        return DeviceWork(name, slices, abs(now_s - before_s) / 2 + max(error_before_s, error_now_s))
