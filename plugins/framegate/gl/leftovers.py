"""What is left in a context after it was used: errors that nobody asked about, objects that nobody deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from framegate.errors import BackendUnavailable, GLError

if TYPE_CHECKING:
    from framegate.interfaces import GLContext


def watch(context: GLContext) -> Callable[[], None]:
    """Look at a context before it is used; the function returned looks again and refuses what is left there.

    The context must be current in both. One without OpenGL has nothing to look at.

    Raises:
        GLError: an error is up already, or later the context is lost, an error is up, or the number of objects differs.
    """
    try:
        gl = context.functions
    except BackendUnavailable:
        return lambda: None
    gl.check("what came before this cell")
    before = gl.alive()

    def look_again() -> None:
        gl.check("a call of this cell that nobody asked about")
        after = gl.alive()
        left = {kind: after.get(kind, 0) - before.get(kind, 0) for kind in sorted({*before, *after})}
        if any(left.values()):
            counts = ", ".join(f"{kind} {count:+}" for kind, count in left.items() if count)
            raise GLError(f"OpenGL objects are left behind ({counts}); delete in close() what prepare() makes")

    return look_again
