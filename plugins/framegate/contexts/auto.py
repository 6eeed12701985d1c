"""The first OpenGL context that works here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from framegate.contexts import builtin
from framegate.errors import BackendUnavailable, GLError
from framegate.gl.selection import has_window
from framegate.interfaces import ANYWHERE, GLRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from framegate.interfaces import GLContext, GLContextFactory

# Linux without a display is the common case in CI; elsewhere a window is the only way to the GPU.
ORDER = ("egl", "glfw", "osmesa") if sys.platform.startswith("linux") else ("glfw", "egl", "osmesa")
_HINT = "sudo apt-get install -y libegl1 libgl1-mesa-dri libosmesa6 xvfb"


def open_first(
    request: GLRequest = ANYWHERE,
    names: Sequence[str] = ORDER,
    factories: Mapping[str, GLContextFactory] | None = None,
) -> GLContext:
    """Make the first of these contexts that this machine can make; its ``name`` is its own.

    A request for a window, or for one that waits for the display, is one for a context that has a window.

    Raises:
        BackendUnavailable: none works; the reason lists each with its own.
    """
    known = builtin() if factories is None else factories
    reasons = []
    in_window = request.window or request.vsync
    for name in names:
        if in_window and not has_window(known[name]):
            continue
        try:
            return known[name](request)
        except BackendUnavailable as error:
            reasons.append(f"{name}: {error.reason}")
        except GLError as error:
            reasons.append(f"{name}: {error}")
    raise BackendUnavailable(f"no OpenGL context works here ({'; '.join(reasons)})", _HINT)
