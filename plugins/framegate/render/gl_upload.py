"""Bytes uploaded into the very texture behind the screen's framebuffer: nothing is left to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.gl.screen import upload_bytes
from framegate.render.base import Way
from framegate.render.device import DeviceRenderer
from framegate.render.opencv import OpenCVRenderer

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.interfaces import Pixels
    from framegate.render.oracle import Layout


class GLUploadRenderer(DeviceRenderer):
    """Converts with OpenCV and uploads with ``glTexSubImage2D``, straight to where the frame ends."""

    tolerance = 0

    def _way_to(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> Way:  # noqa: ARG002 - it makes nothing
        def upload(rgba: Pixels) -> None:
            upload_bytes(screen.gl, screen.texture, rgba)

        return Way(screen, OpenCVRenderer(self._context).converter(picture), upload, lambda: None)
