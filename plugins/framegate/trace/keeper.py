"""Keep what a trace is made of while frames are measured: clock readings, and the memory beside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framegate.measure.stages import TimedCall

MOST_CALLS = 200_000
"""Calls that are kept in memory; the oldest make room."""
MEMORY_EVERY_S = 0.05
"""Seconds between two looks at the memory, at least."""


class Keeper:
    """Is given every call of a chain of stages, in whatever thread it ran.

    Args:
        memory: bytes that the process holds now; None where the system does not say.

    Attributes:
        calls: the calls, in the order in which they ended.
        memory: seconds of the stages' clock, and the bytes then.
    """

    def __init__(self, memory: Callable[[], int | None]) -> None:
        self.calls: deque[TimedCall] = deque(maxlen=MOST_CALLS)
        self.memory: deque[tuple[float, int]] = deque(maxlen=MOST_CALLS)
        self._memory = memory
        self._next_s = float("-inf")

    def __call__(self, call: TimedCall) -> None:
        """Keep a call."""
        self.calls.append(call)
        now_s = call.readings_s[-1]
        if now_s >= self._next_s:
            self._next_s = now_s + MEMORY_EVERY_S
            bytes_now = self._memory()
            if bytes_now is not None:
                self.memory.append((now_s, bytes_now))
