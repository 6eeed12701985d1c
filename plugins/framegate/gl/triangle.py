"""One triangle that covers all of a framebuffer, and the fragment shader that colours it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framegate.gl.objects import vertex_array
from framegate.gl.shaders import link

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.glfunctions import GLFunctions

_VERTEX = """#version 330 core
void main() {
    gl_Position = vec4(float(gl_VertexID & 1) * 4.0 - 1.0, float(gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}
"""


class Triangle:
    """Runs a fragment shader for every pixel of the framebuffer that is bound.

    Args:
        gl: functions of the current context.
        fragment: the shader's source.
        objects: stack that takes what has to be deleted.

    Raises:
        GLError: the driver refuses the shader.

    Attributes:
        program: the name of the shader's program.
    """

    def __init__(self, gl: GLFunctions, fragment: str, objects: ExitStack) -> None:
        self._gl = gl
        self.program = link(gl, {"vertex": _VERTEX, "fragment": fragment})
        objects.callback(gl.glDeleteProgram, self.program)
        # Core profiles draw nothing without a vertex array, even if nothing is read from it.
        self._array = vertex_array(gl, objects)

    def draw(self) -> None:
        """Draw it; textures and buffers are the caller's to bind."""
        gl = self._gl
        gl.glUseProgram(self.program)
        gl.glBindVertexArray(self._array)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)
