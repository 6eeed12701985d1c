"""Time on the device, from timer queries."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from framegate.gl.objects import query

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from framegate.glfunctions import GLFunctions

_NANOSECOND = 1e-9


def device_clock(gl: GLFunctions, objects: ExitStack) -> Callable[[Callable[[], Any]], float] | None:
    """A function that makes a call and returns the seconds, by the device's clock, that what it asked for took there.

    It waits for the device, so it has no place in what is timed otherwise. None where the context counts no time.

    Args:
        gl: functions of the current context.
        objects: takes what has to be deleted.
    """
    bits = ctypes.c_int()
    gl.glGetQueryiv(gl.GL_TIME_ELAPSED, gl.GL_QUERY_COUNTER_BITS, ctypes.byref(bits))
    if not bits.value:
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
