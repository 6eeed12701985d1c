"""Bytes in a texture behind a framebuffer, copied to the screen's: no shader at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.gl.objects import Target
from framegate.gl.screen import uploader
from framegate.render.base import DrawPlan
from framegate.render.device import DeviceRenderer
from framegate.renderers.opencv import OpenCVRenderer

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.render.oracle import Layout


class GLBlitRenderer(DeviceRenderer):
    """Converts with OpenCV and copies with ``glBlitFramebuffer``."""

    tolerance = 0

    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:
        convert = OpenCVRenderer(self._context).converter(picture)
        source = Target(screen.gl, picture.size, objects)

        def draw() -> None:
            screen.copy_from(source.framebuffer)

        return DrawPlan(screen, convert, uploader(screen.gl, source.texture), draw)
