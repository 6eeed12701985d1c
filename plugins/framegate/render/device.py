"""What renderers share that let the device convert."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from framegate.errors import BackendUnavailable
from framegate.gl.screen import gl_screen
from framegate.render.base import DrawPlan, ScreenRenderer
from framegate.render.oracle import limits

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.render.oracle import Layout


LEAST_SPAN, MOST_SPAN = 1e-30, 1e30
"""Ranges narrower or wider than these, or ending further out, are left to the CPU."""


class DeviceRenderer(ScreenRenderer):
    """A renderer that needs OpenGL; what a shader computes may be one step of 255 off."""

    tolerance = 1

    @abstractmethod
    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:
        """Make the plan; whatever has to be given back goes to ``objects`` as soon as it is there."""

    def _allocate(self, picture: Layout, objects: ExitStack) -> DrawPlan:
        low, high = limits(picture.dtype, picture.drawing)
        if not (LEAST_SPAN <= high - low <= MOST_SPAN and max(-low, high) <= MOST_SPAN):
            raise BackendUnavailable(
                f"the range [{low}, {high}] is beyond what a shader's float32 can tell apart", "use a CPU renderer"
            )
        screen = gl_screen(self._context, picture.size, picture.drawing)
        objects.callback(screen.close)
        return self._plan_draws(screen, picture, objects)
