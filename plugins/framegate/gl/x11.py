"""A display server that ends: Xlib would end the process with it, and all results would be lost.

Xlib calls two functions when its connection breaks, and ends the process if either of them is its own. With functions
in their place that only return, its calls return as well, and do nothing any more (libX11 1.7 or newer).
"""

from __future__ import annotations

import ctypes
from typing import Any

from framegate.errors import WindowClosed

_IO_ERROR = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_EXIT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


class DisplayWatch:
    """Knows whether the display server of GLFW's windows has ended.

    Args:
        glfw: the library, initialised.
    """

    def __init__(self, glfw: Any) -> None:
        self.is_lost = False
        # Xlib keeps no reference to them.
        self._on_error, self._on_exit = _IO_ERROR(self._note), _EXIT(self._return)
        self._xlib, self._before = _xlib(glfw), None
        if self._xlib is None:
            return
        self._xlib.XSetIOErrorHandler.restype = ctypes.c_void_p
        self._before = self._xlib.XSetIOErrorHandler(self._on_error)
        self._xlib.XSetIOErrorExitHandler(ctypes.c_void_p(glfw.get_x11_display()), self._on_exit, None)

    def check(self) -> None:
        """See that the display is still there.

        Raises:
            WindowClosed: it has ended.
        """
        if self.is_lost:
            raise WindowClosed("the display server has ended, and the windows with it")

    def end(self) -> None:
        """Give Xlib back the function that it had before."""
        if self._xlib is not None and not self.is_lost:
            self._xlib.XSetIOErrorHandler(ctypes.c_void_p(self._before))

    def _note(self, _: int | None) -> int:
        self.is_lost = True
        return 0

    def _return(self, *_: int | None) -> None:
        """Let Xlib's call return."""


def _xlib(glfw: Any) -> Any:
    """The library; None where windows are another system's, or it is too old."""
    platform = getattr(glfw, "get_platform", lambda: None)()
    if platform is None or platform != glfw.PLATFORM_X11:
        return None
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    return library if hasattr(library, "XSetIOErrorExitHandler") else None
