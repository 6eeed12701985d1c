"""The tensor in a storage buffer, unpacked by the fragment shader: no texture at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.gl.triangle import Triangle
from framegate.gl.version import need_version
from framegate.render.base import DrawPlan
from framegate.render.device import DeviceRenderer
from framegate.render.guard import checked
from framegate.render.storage import LEAST_VERSION, TensorBuffer, colour_at, declaration

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.render.oracle import Layout

_FRAGMENT = """#version 430 core
{declaration}
out vec4 colour;
void main() {{
    ivec2 at = ivec2(gl_FragCoord.xy);
    {colour}
}}
"""


class GLSSBORenderer(DeviceRenderer):
    """Uploads with ``glBufferSubData``; needs OpenGL 4.3."""

    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:
        need_version(self._context, LEAST_VERSION, "storage buffers")
        tensor = TensorBuffer(screen.gl, picture.nbytes, objects)
        fragment = _FRAGMENT.format(declaration=declaration(picture), colour=colour_at(picture))
        triangle = Triangle(screen.gl, fragment, objects)

        def draw() -> None:
            screen.bind()
            tensor.bind()
            triangle.draw()

        return DrawPlan(screen, checked(picture), tensor.replace, draw)
