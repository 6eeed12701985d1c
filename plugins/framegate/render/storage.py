"""Tensors in shader storage buffers, and the GLSL that reads them there."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from framegate.errors import BackendUnavailable
from framegate.gl.objects import buffer
from framegate.render.texels import colour_of

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.glfunctions import GLFunctions
    from framegate.interfaces import Array
    from framegate.render.oracle import Layout

LEAST_VERSION = (4, 3)
_ELEMENTS = {
    "float32": ("float", "tensor[{index}]"),
    "int32": ("int", "float(tensor[{index}])"),
    # Bytes are no type of GLSL's: four of them share a word, the first one in its lowest bits.
    "uint8": ("uint", "float((tensor[({index}) >> 2] >> ((({index}) & 3) * 8)) & 255u)"),
}


class TensorBuffer:
    """A storage buffer that holds a tensor, at binding 0.

    Args:
        gl: functions of the current context.
        nbytes: size of one tensor.
        objects: stack that takes what has to be deleted.

    Raises:
        BackendUnavailable: the device has no buffer of that size.
    """

    def __init__(self, gl: GLFunctions, nbytes: int, objects: ExitStack) -> None:
        most = ctypes.c_int()
        gl.glGetIntegerv(gl.GL_MAX_SHADER_STORAGE_BLOCK_SIZE, ctypes.byref(most))
        if nbytes > most.value:
            raise BackendUnavailable(
                f"the tensor has {nbytes} bytes, and this device's storage buffers {most.value}",
                "choose a smaller size",
            )
        self._gl = gl
        self._nbytes = nbytes
        self._name = buffer(gl, objects)
        gl.glBindBuffer(gl.GL_SHADER_STORAGE_BUFFER, self._name)
        # A shader reads whole words.
        gl.glBufferData(gl.GL_SHADER_STORAGE_BUFFER, -(-nbytes // 4) * 4, None, gl.GL_STREAM_DRAW)
        gl.check("making a buffer for a tensor")

    def replace(self, tensor: Array) -> None:
        """Overwrite it with a contiguous tensor."""
        gl = self._gl
        gl.glBindBuffer(gl.GL_SHADER_STORAGE_BUFFER, self._name)
        gl.glBufferSubData(gl.GL_SHADER_STORAGE_BUFFER, 0, self._nbytes, tensor.ctypes.data)

    def bind(self) -> None:
        """Let shaders read it."""
        self._gl.glBindBufferBase(self._gl.GL_SHADER_STORAGE_BUFFER, 0, self._name)


def declaration(picture: Layout) -> str:
    """GLSL that declares the tensor."""
    return f"layout(std430, binding = 0) readonly buffer Tensor {{ {_ELEMENTS[picture.dtype][0]} tensor[]; }};"


def colour_at(picture: Layout) -> str:
    """GLSL that makes ``colour`` of the pixel at ``ivec2 at``, row 0 being the first of the tensor."""
    load = _ELEMENTS[picture.dtype][1]
    channels = [load.format(index=f"first + {channel}") for channel in range(picture.depth)]
    channels += ["0.0"] * (4 - picture.depth)
    return (
        f"int first = (at.y * {picture.size.width} + at.x) * {picture.depth};\n"
        f"    vec4 value = vec4({', '.join(channels)});\n"
        f"    {colour_of(picture)}"
    )
