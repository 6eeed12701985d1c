"""Bytes uploaded into the very texture behind the screen's framebuffer: nothing is left to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.gl.screen import uploader
from framegate.render.base import CPURenderer, DrawPlan
from framegate.render.device import DeviceRenderer
from framegate.renderers.opencv import OpenCVRenderer

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.render.oracle import Layout


class GLUploadRenderer(DeviceRenderer):
    """Converts with OpenCV and uploads with ``glTexSubImage2D``, straight to where the frame ends."""

    tolerance = 0
    _converts: type[CPURenderer] = OpenCVRenderer

    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:  # noqa: ARG002 - it makes nothing
        convert = self._converts(self._context).converter(picture)
        return DrawPlan(screen, convert, uploader(screen.gl, screen.texture), lambda: None)
