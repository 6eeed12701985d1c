"""Keep what a trace is made of while frames are measured: clock readings, memory, and what a browser noted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from framegate.measure.events import BrowserEvents
    from framegate.measure.stages import TimedCall

MOST_CALLS = 200_000
"""Calls that are kept in memory; the oldest make room."""
MEMORY_EVERY_S = 0.05
"""Seconds between two looks at the memory, at least."""


class Kept(NamedTuple):
    """What was kept.

    Attributes:
        calls: the calls, in the order in which they ended.
        memory: seconds of the stages' clock, and the bytes then.
        events: what browsers noted, one after another.
    """

    calls: Sequence[TimedCall]
    memory: Sequence[tuple[float, int]] = ()
    events: Sequence[BrowserEvents] = ()


class Keeper:
    """Is given every call of a chain of stages, in whatever thread it ran.

    Args:
        memory: bytes that the process holds now; None where the system does not say.
    """

    def __init__(self, memory: Callable[[], int | None]) -> None:
        self._calls: deque[TimedCall] = deque(maxlen=MOST_CALLS)
        self._held: deque[tuple[float, int]] = deque(maxlen=MOST_CALLS)
        self._events: list[BrowserEvents] = []
        self._memory = memory
        self._next_s = float("-inf")

    def __call__(self, call: TimedCall) -> None:
        """Keep a call."""
        self._calls.append(call)
        now_s = call.readings_s[-1]
        if now_s >= self._next_s:
            self._next_s = now_s + MEMORY_EVERY_S
            bytes_now = self._memory()
            if bytes_now is not None:
                self._held.append((now_s, bytes_now))

    def keep_events(self, events: BrowserEvents) -> None:
        """Keep what a browser noted."""
        self._events.append(events)

    def take(self) -> Kept:
        """What was kept since the last time; it is forgotten here."""
        kept = Kept(tuple(self._calls), tuple(self._held), tuple(self._events))
        self._calls.clear()
        self._held.clear()
        self._events.clear()
        return kept
