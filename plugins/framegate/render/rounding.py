"""Calls a function while the processor rounds floats downwards in this thread."""

from __future__ import annotations

import ctypes
import functools
import platform
from collections.abc import Callable
from typing import Any

Call = Callable[..., None]

# From fenv.h: FE_TONEAREST is 0 on both.
_DOWNWARD = {"x86_64": 0x400, "aarch64": 0x800000}
_NEAREST = 0


@functools.cache
def downward() -> Call | None:
    """A function that calls ``function(values, out, alpha, beta)`` with rounding downwards, or None if there is no way.

    Only C code that does its arithmetic in the calling thread may be called so; the mode is back to nearest when
    the call returns, whatever it raises.
    """
    mode = _DOWNWARD.get(platform.machine())
    try:
        set_mode = ctypes.PyDLL(None).fesetround if mode is not None else None
    except (AttributeError, OSError, TypeError):
        return None
    if set_mode is None or set_mode(mode) != 0:
        return None
    set_mode(_NEAREST)

    def call(function: Callable[..., Any], values: Any, out: Any, alpha: float, beta: float) -> None:
        set_mode(mode)
        try:
            function(values, out, alpha, beta)
        finally:
            set_mode(_NEAREST)

    return call
