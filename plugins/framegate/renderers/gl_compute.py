"""A compute shader writes the picture into an image, which is copied to the framebuffer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.gl.objects import Target
from framegate.gl.shaders import link
from framegate.gl.version import need_version
from framegate.render.base import DrawPlan
from framegate.render.device import DeviceRenderer
from framegate.render.guard import checked
from framegate.render.storage import LEAST_VERSION, TensorBuffer, colour_at, declaration

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.render.oracle import Layout

GROUP = 16
"""Side of a work group: of its 256 pixels, where OpenGL 4.3 promises room for 1,024."""
_COMPUTE = """#version 430 core
layout(local_size_x = {group}, local_size_y = {group}) in;
{declaration}
layout(rgba8, binding = 0) writeonly uniform image2D picture;
void main() {{
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    if (at.x >= {width} || at.y >= {height}) return;
    vec4 colour;
    {colour}
    imageStore(picture, at, colour);
}}
"""


class GLComputeRenderer(DeviceRenderer):
    """Uploads to a storage buffer and draws without the rasteriser; needs OpenGL 4.3."""

    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:
        need_version(self._context, LEAST_VERSION, "compute shaders")
        gl = screen.gl
        tensor = TensorBuffer(gl, picture.nbytes, objects)
        image = Target(gl, picture.size, objects)
        program = link(gl, {"compute": _source(picture)})
        objects.callback(gl.glDeleteProgram, program)
        columns, rows = (-(-side // GROUP) for side in (picture.size.width, picture.size.height))

        def draw() -> None:
            tensor.bind()
            gl.glBindImageTexture(0, image.texture, 0, False, 0, gl.GL_WRITE_ONLY, gl.GL_RGBA8)
            gl.glUseProgram(program)
            # The frame before may still be read from the image that this one writes.
            gl.glMemoryBarrier(gl.GL_SHADER_IMAGE_ACCESS_BARRIER_BIT)
            gl.glDispatchCompute(columns, rows, 1)
            gl.glMemoryBarrier(gl.GL_FRAMEBUFFER_BARRIER_BIT)
            screen.copy_from(image.framebuffer)

        return DrawPlan(screen, checked(picture), tensor.replace, draw)


def _source(picture: Layout) -> str:
    height, width = picture.size
    return _COMPUTE.format(
        group=GROUP, width=width, height=height, declaration=declaration(picture), colour=colour_at(picture)
    )
