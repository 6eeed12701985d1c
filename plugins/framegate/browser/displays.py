"""Whether there is a display for a browser's window."""

from __future__ import annotations

import os
import sys

from framegate.errors import BackendUnavailable


def need_display() -> None:
    """See that there is one.

    Raises:
        BackendUnavailable: there is none.
    """
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BackendUnavailable(
            "there is no display for the browser's window (neither DISPLAY nor WAYLAND_DISPLAY is set)",
            "leave --frame-headed out, or run under xvfb-run",
        )
