"""Time on the device, from timer queries."""

from __future__ import annotations

import ctypes
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from framegate.errors import BackendUnavailable
from framegate.gl.objects import query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

    from framegate.glfunctions import GLFunctions
    from framegate.interfaces import GLContext

_NANOSECOND = 1e-9
_LOOKS = 9


def device_clock(context: GLContext, objects: ExitStack) -> Callable[[Callable[[], Any]], float] | None:
    """A function that makes a call and returns the seconds, by the device's clock, that what it asked for took there.

    It waits for the device, so it has no place in what is timed otherwise. None where the context counts no time.

    Args:
        context: the current context.
        objects: stack that takes what has to be deleted.
    """
    gl = _functions(context, "GL_TIME_ELAPSED")
    if gl is None:
        return None
    name = query(gl, objects)
    elapsed = ctypes.c_uint64()

    def seconds(call: Callable[[], Any]) -> float:
        gl.glBeginQuery(gl.GL_TIME_ELAPSED, name)
        try:
            call()
        finally:
            gl.glEndQuery(gl.GL_TIME_ELAPSED)
        gl.glGetQueryObjectui64v(name, gl.GL_QUERY_RESULT, ctypes.byref(elapsed))
        return elapsed.value * _NANOSECOND

    return seconds


class ClockOffset(NamedTuple):
    """Where the device's clock stands beside another.

    Attributes:
        offset_s: seconds from its zero to that of the other.
        error_s: bound of that offset's error.
    """

    offset_s: float
    error_s: float


class Timestamps:
    """Has the device note when it begins and ends parts of what it is asked for; its context is current all the time.

    Args:
        gl: functions of the current context.
        objects: stack that takes what has to be deleted.
        clock: the clock that the device's is compared with; returns seconds.

    Attributes:
        is_on: whether it is to note anything.
    """

    def __init__(self, gl: GLFunctions, objects: ExitStack, clock: Callable[[], float] = time.perf_counter) -> None:
        self._gl, self._objects, self._clock = gl, objects, clock
        self.is_on = True
        self._queries: list[int] = []
        self._noted = 0
        self._parts: list[str] = []

    @classmethod
    def of(cls, context: GLContext, objects: ExitStack) -> Self | None:
        """The same for the current context; None where it counts no time."""
        gl = _functions(context, "GL_TIMESTAMP")
        return None if gl is None else cls(gl, objects)

    def around(self, part: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """A call, before and after which the device is asked to note the time; nobody waits for it."""

        def noted(*values: Any) -> Any:
            if not self.is_on:
                return call(*values)
            self._note()
            result = call(*values)
            self._note()
            self._parts.append(part)
            return result

        return noted

    def take(self) -> Sequence[tuple[str, float, float]]:
        """The parts since the last time, and when each began and ended, in seconds of the device's clock.

        It waits for the device.
        """
        at = ctypes.c_uint64()
        times_s = []
        for name in self._queries[: 2 * len(self._parts)]:
            self._gl.glGetQueryObjectui64v(name, self._gl.GL_QUERY_RESULT, ctypes.byref(at))
            times_s.append(at.value * _NANOSECOND)
        parts, self._parts, self._noted = self._parts, [], 0
        return list(zip(parts, times_s[::2], times_s[1::2], strict=True))

    def _note(self) -> None:
        if self._noted == len(self._queries):
            self._queries.append(query(self._gl, self._objects))
        self._gl.glQueryCounter(self._queries[self._noted], self._gl.GL_TIMESTAMP)
        self._noted += 1

    def offset(self) -> ClockOffset:
        """Compare the clocks now: the device's is read between two readings of the other, several times."""
        now = ctypes.c_int64()
        looks = []
        for _ in range(_LOOKS):
            before_s = self._clock()
            self._gl.glGetInteger64v(self._gl.GL_TIMESTAMP, ctypes.byref(now))
            taken_s = self._clock() - before_s
            looks.append((taken_s, before_s + taken_s / 2 - now.value * _NANOSECOND))
        # The shortest look leaves the least room for an error.
        taken_s, offset_s = min(looks)
        return ClockOffset(offset_s, taken_s / 2)


def _functions(context: GLContext, counter: str) -> GLFunctions | None:
    """OpenGL's functions, where the context has any and its device has bits for that counter."""
    try:
        gl = context.functions
    except BackendUnavailable:
        return None
    bits = ctypes.c_int()
    gl.glGetQueryiv(getattr(gl, counter), gl.GL_QUERY_COUNTER_BITS, ctypes.byref(bits))
    return gl if bits.value else None
