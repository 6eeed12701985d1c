"""Calls a C function while the processor rounds floats downwards in this thread."""

from __future__ import annotations

import ctypes
import platform
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# FE_DOWNWARD in fenv.h; FE_TONEAREST is 0 on all of them.
_DOWNWARD = {"x86_64": 0x400, "aarch64": 0x800000, "arm64": 0x800000}
_NEAREST = 0


def downward(function: Callable[..., Any]) -> Callable[..., None] | None:
    """``function``, wrapped so that floats are rounded downwards while it runs; None where C has no way to say so.

    It must do its arithmetic in the calling thread. The mode is back to nearest when the call ends, however it ends.
    Whether the function heeds the mode is for the caller to find out: vector instructions exist that do not.
    """
    mode = _DOWNWARD.get(platform.machine())
    try:
        # PyDLL keeps the interpreter lock: no other Python thread runs here, and the call costs less.
        set_mode = ctypes.PyDLL(None).fesetround
    except (AttributeError, OSError, TypeError):
        return None
    if mode is None or set_mode(mode) != 0:
        return None
    set_mode(_NEAREST)

    def call(*args: Any) -> None:
        set_mode(mode)
        try:
            function(*args)
        finally:
            set_mode(_NEAREST)

    return call
