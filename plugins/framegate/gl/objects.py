"""OpenGL objects that are deleted with an exit stack."""

from __future__ import annotations

import ctypes
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from framegate.errors import BackendUnavailable, GLError

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.glfunctions import GLFunctions
    from framegate.interfaces import Size


def texture(gl: GLFunctions, objects: ExitStack) -> int:
    """A 2D texture without mipmaps, left bound, whose texels are taken as they are."""
    name = _generated(gl.glGenTextures, gl.glDeleteTextures, objects)
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)
    for parameter in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, gl.GL_NEAREST)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAX_LEVEL, 0)
    return name


def buffer(gl: GLFunctions, objects: ExitStack) -> int:
    """A buffer, empty."""
    return _generated(gl.glGenBuffers, gl.glDeleteBuffers, objects)


def vertex_array(gl: GLFunctions, objects: ExitStack) -> int:
    """A vertex array without attributes."""
    return _generated(gl.glGenVertexArrays, gl.glDeleteVertexArrays, objects)


def query(gl: GLFunctions, objects: ExitStack) -> int:
    """A query."""
    return _generated(gl.glGenQueries, gl.glDeleteQueries, objects)


class Target:
    """An RGBA8 texture attached to a framebuffer object of its own.

    Raises:
        BackendUnavailable: the device takes no texture of that size.
        GLError: the framebuffer is not complete.
    """

    def __init__(self, gl: GLFunctions, size: Size, objects: ExitStack) -> None:
        _check_size(gl, size)
        self.size = size
        self.texture = texture(gl, objects)
        self.framebuffer = _generated(gl.glGenFramebuffers, gl.glDeleteFramebuffers, objects)
        gl.glTexImage2D(
            gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, size.width, size.height, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, None
        )
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.framebuffer)
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, self.texture, 0)
        status = gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER)
        gl.check(f"making a framebuffer of {size.width} x {size.height} pixels")
        if status != gl.GL_FRAMEBUFFER_COMPLETE:
            raise GLError(f"a framebuffer of {size.width} x {size.height} pixels is not complete (0x{status:04X})")


def _generated(gen: Callable[[int, Any], None], delete: Callable[[int, Any], None], objects: ExitStack) -> int:
    name = ctypes.c_uint()
    gen(1, ctypes.byref(name))
    objects.callback(delete, 1, ctypes.byref(name))
    return name.value


def _check_size(gl: GLFunctions, size: Size) -> None:
    largest = ctypes.c_int()
    gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE, ctypes.byref(largest))
    if max(size) > largest.value:
        raise BackendUnavailable(
            f"a screen of {size.width} x {size.height} pixels is larger than this device takes"
            f" ({largest.value} a side)",
            "choose a smaller size",
        )
