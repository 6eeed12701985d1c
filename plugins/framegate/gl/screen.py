"""The screen of an OpenGL context: one RGBA8 framebuffer object in which every renderer ends.

Its rows are in memory as a picture's are, the top one first, which for OpenGL is row 0. Mesa then copies where it would
have to draw a picture turned over (llvmpipe, 256 x 256: 0.008 against 0.10 ms), and only a window, whose row 0 is its
lowest, needs the turn: it is made by the blit that brings the picture there in any case.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.errors import BackendUnavailable, GLError, UsageError

if TYPE_CHECKING:
    from framegate.gl.functions import GLFunctions
    from framegate.interfaces import GLContext, Pixels, Size


def generate(gen: Callable[[int, Any], None]) -> int:
    """One new object name from ``glGenTextures`` and its like."""
    name = ctypes.c_uint()
    gen(1, ctypes.byref(name))
    return name.value


def delete(remove: Callable[[int, Any], None], name: int) -> None:
    """Delete one object with ``glDeleteTextures`` and its like."""
    remove(1, ctypes.byref(ctypes.c_uint(name)))


def gl_screen(context: GLContext, size: Size) -> GLScreen:
    """The context's screen, for a renderer that draws into its framebuffer itself.

    Raises:
        BackendUnavailable: the context has no OpenGL framebuffer.
    """
    screen = context.screen(size)
    if isinstance(screen, GLScreen):
        return screen
    screen.close()
    raise BackendUnavailable(
        f"the {context.name} context has no OpenGL framebuffer to draw in", "use the egl, glfw or osmesa context"
    )


class Target:
    """An RGBA8 texture attached to a framebuffer object of its own.

    Raises:
        BackendUnavailable: the device takes no texture of that size.
        GLError: the framebuffer is not complete; nothing is left behind.
    """

    def __init__(self, gl: GLFunctions, size: Size) -> None:
        _check_size(gl, size)
        self._gl = gl
        self.texture = generate(gl.glGenTextures)
        self.framebuffer = generate(gl.glGenFramebuffers)
        with ExitStack() as undo:
            undo.callback(self.delete)
            self._attach(size)
            undo.pop_all()

    def _attach(self, size: Size) -> None:
        gl = self._gl
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.texture)
        gl.glTexImage2D(
            gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, size.width, size.height, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, None
        )
        gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAX_LEVEL, 0)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.framebuffer)
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, self.texture, 0)
        status = gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER)
        gl.check(f"making a framebuffer of {size.width} x {size.height} pixels")
        if status != gl.GL_FRAMEBUFFER_COMPLETE:
            raise GLError(f"a framebuffer of {size.width} x {size.height} pixels is not complete (0x{status:04X})")

    def delete(self) -> None:
        """Delete both objects."""
        delete(self._gl.glDeleteFramebuffers, self.framebuffer)
        delete(self._gl.glDeleteTextures, self.texture)


class GLScreen:
    """An RGBA8 framebuffer object whose row 0 is the top of the picture.

    Args:
        gl: functions of the context, which is current here and in every method.
        size: height and width in pixels.

    Raises:
        BackendUnavailable: the device takes no framebuffer of that size.
        GLError: the driver refuses; nothing is left behind.
    """

    def __init__(self, gl: GLFunctions, size: Size) -> None:
        self.gl = gl
        self.size = size
        self._shape = (size.height, size.width, 4)
        with ExitStack() as undo:
            self._target = Target(gl, size)
            undo.callback(self._target.delete)
            self._upload = Target(gl, size)
            undo.pop_all()
        self._closed = False

    @property
    def framebuffer(self) -> int:
        """The framebuffer object's name."""
        return self._target.framebuffer

    @property
    def texture(self) -> int:
        """The RGBA8 texture behind the framebuffer, for a renderer that stores to images."""
        return self._target.texture

    def bind(self) -> None:
        """Make the framebuffer the one that is drawn to, all of it."""
        gl = self.gl
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._target.framebuffer)
        gl.glViewport(0, 0, self.size.width, self.size.height)

    def show(self, rgba: Pixels) -> None:
        """Upload uint8 RGBA (H, W, 4), first row at the top, and bring it to the framebuffer.

        Raises:
            UsageError: the array is not contiguous uint8 of the screen's size.
        """
        if rgba.shape != self._shape or rgba.dtype != np.uint8 or not rgba.flags.c_contiguous:
            raise UsageError(
                f"a screen of {self._shape} takes contiguous uint8 of that shape; got {rgba.dtype} {rgba.shape}"
            )
        gl = self.gl
        height, width, _ = self._shape
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._upload.texture)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, rgba.ctypes.data)
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._upload.framebuffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._target.framebuffer)
        gl.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        gl.glFinish()

    def present(self) -> None:
        """Do nothing: this framebuffer has no window."""

    def read(self) -> Pixels:
        """The framebuffer as uint8 RGBA (H, W, 4), first row at the top.

        Raises:
            GLError: reading failed, or something before it that nobody has asked about.
        """
        gl = self.gl
        pixels = np.empty(self._shape, np.uint8)
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._target.framebuffer)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(0, 0, self.size.width, self.size.height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixels.ctypes.data)
        gl.check("reading the screen back")
        return pixels

    def close(self) -> None:
        """Delete what the screen made; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._upload.delete()
            self._target.delete()


def _check_size(gl: GLFunctions, size: Size) -> None:
    largest = ctypes.c_int()
    gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE, ctypes.byref(largest))
    if max(size) > largest.value:
        raise BackendUnavailable(
            f"a screen of {size.width} x {size.height} pixels is larger than this device takes"
            f" ({largest.value} a side)",
            "choose a smaller size",
        )
