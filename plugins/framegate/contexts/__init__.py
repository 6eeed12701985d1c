"""The built-in OpenGL contexts, one per file; several kinds live side by side in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.registry import Lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framegate.interfaces import GLContextFactory

__all__ = ["builtin"]


class _OnDevices(Lazy):
    def devices(self) -> Sequence[str]:
        names: Sequence[str] = Lazy(self.module, "devices")()
        return names


class _InWindow(Lazy):
    has_window = True


def builtin() -> dict[str, GLContextFactory]:
    """The contexts that come with Framegate, by name; nothing is imported until one is made."""
    return {
        "auto": _InWindow("framegate.contexts.auto", "open_first"),
        "egl": _OnDevices("framegate.contexts.egl", "open_egl"),
        "glfw": _InWindow("framegate.contexts.glfw_window", "GLFWContext"),
        "osmesa": Lazy("framegate.contexts.osmesa", "OSMesaContext"),
        "null": Lazy("framegate.contexts.null", "NullContext"),
    }
