"""A texture allocated once and overwritten for each frame, and a fragment shader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.render.base import DrawPlan
from framegate.render.device import DeviceRenderer
from framegate.render.guard import checked
from framegate.render.texels import BY_DTYPE, TensorTexture, from_memory

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.render.oracle import Layout


class GLTextureSubRenderer(DeviceRenderer):
    """Uploads with ``glTexSubImage2D`` and lets the device convert."""

    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:
        texture = TensorTexture(screen, picture, BY_DTYPE[picture.dtype], objects)
        return DrawPlan(screen, checked(picture), from_memory(texture.replace), texture.draw)
