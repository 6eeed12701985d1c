"""A float texture, specified anew for each frame, and a fragment shader, as the first tool did."""

from __future__ import annotations

import ctypes
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.gl.screen import delete, generate, gl_screen
from framegate.gl.shaders import link
from framegate.render.base import ScreenRenderer

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.gl.functions import GLFunctions
    from framegate.gl.screen import GLScreen
    from framegate.interfaces import Array, Screen
    from framegate.render.oracle import Layout

_VERTEX = """#version 330 core
void main() {
    gl_Position = vec4(float(gl_VertexID & 1) * 4.0 - 1.0, float(gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}
"""
# Row 0 of the tensor is row 0 of the texture and of the screen: nothing is turned over.
_FRAGMENT = """#version 330 core
uniform SAMPLER tensor;
out vec4 colour;
void main() {
    vec4 value = vec4(texelFetch(tensor, ivec2(gl_FragCoord.xy), 0)) * SCALE;
    colour = PICK;
}
"""
_PICK = {1: "vec4(value.rrr, 1.0)", 3: "vec4(value.rgb, 1.0)", 4: "value"}
_FORMATS = {
    ("float32", 1): ("GL_R32F", "GL_RED"),
    ("float32", 3): ("GL_RGB32F", "GL_RGB"),
    ("float32", 4): ("GL_RGBA32F", "GL_RGBA"),
    ("int32", 1): ("GL_R32I", "GL_RED_INTEGER"),
    ("int32", 3): ("GL_RGB32I", "GL_RGB_INTEGER"),
    ("int32", 4): ("GL_RGBA32I", "GL_RGBA_INTEGER"),
}
_SAMPLERS = {"float32": ("sampler2D", "1.0"), "int32": ("isampler2D", "(1.0 / 255.0)")}


class GLTextureRenderer(ScreenRenderer):
    """Uploads with ``glTexImage2D`` and lets the device convert; values out of range are clamped, not refused."""

    tolerance = 1

    def _allocate(
        self, picture: Layout, objects: ExitStack
    ) -> tuple[Screen, Callable[[Array], Any], Callable[[Any], None]]:
        gl = self._context.functions
        screen = gl_screen(self._context, picture.size)
        objects.callback(screen.close)
        program = link(gl, _VERTEX, _fragment(picture))
        objects.callback(gl.glDeleteProgram, program)
        array = generate(gl.glGenVertexArrays)
        objects.callback(delete, gl.glDeleteVertexArrays, array)
        texture = generate(gl.glGenTextures)
        objects.callback(delete, gl.glDeleteTextures, texture)
        _set_nearest(gl, texture)
        gl.check("preparing gl-texture")
        return screen, np.ascontiguousarray, _draw(screen, picture, program, array, texture)


def _fragment(picture: Layout) -> str:
    sampler, scale = _SAMPLERS[picture.dtype]
    return _FRAGMENT.replace("SAMPLER", sampler).replace("SCALE", scale).replace("PICK", _PICK[picture.depth])


def _set_nearest(gl: GLFunctions, texture: int) -> None:
    gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
    for name in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, name, gl.GL_NEAREST)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAX_LEVEL, 0)


def _draw(screen: GLScreen, picture: Layout, program: int, array: int, texture: int) -> Callable[[Array], None]:
    gl = screen.gl
    height, width = picture.size
    stored, given = (getattr(gl, name) for name in _FORMATS[picture.dtype, picture.depth])
    kind = gl.GL_FLOAT if picture.dtype == "float32" else gl.GL_INT

    def draw(tensor: Array) -> None:
        gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, stored, width, height, 0, given, kind, ctypes.c_void_p(tensor.ctypes.data))
        screen.bind()
        gl.glUseProgram(program)
        gl.glBindVertexArray(array)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)
        gl.glFinish()

    return draw
