"""The screen of an OpenGL context: one RGBA8 framebuffer object in which every renderer ends.

Its rows are in memory as a picture's are, the top one first, which for OpenGL is row 0. Mesa then copies where it would
have to draw a picture turned over (llvmpipe, 256 x 256: 0.008 against 0.10 ms), and only a window, whose row 0 is its
lowest, needs the turn: it is made by the blit that brings the picture there in any case.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np

from framegate.errors import BackendUnavailable, UsageError
from framegate.gl.objects import Target, texture
from framegate.gl.triangle import Triangle
from framegate.interfaces import AS_TO_PIXELS, Drawing, Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.glfunctions import GLFunctions
    from framegate.interfaces import GLContext, Pixels

_COPY = """#version 330 core
uniform sampler2D picture;
out vec4 colour;
void main() { colour = texelFetch(picture, ivec2(gl_FragCoord.xy), 0); }
"""


def gl_screen(context: GLContext, size: Size, drawing: Drawing = AS_TO_PIXELS) -> GLScreen:
    """The context's screen, for a renderer that draws into its framebuffer itself.

    Raises:
        BackendUnavailable: the context has no OpenGL framebuffer.
    """
    screen = context.screen(size, drawing)
    if isinstance(screen, GLScreen):
        return screen
    screen.close()
    raise BackendUnavailable(
        f"the {context.name} context has no OpenGL framebuffer to draw in", "use the egl, glfw or osmesa context"
    )


class GLScreen:
    """An RGBA8 framebuffer object whose row 0 is the top of the picture.

    Args:
        gl: functions of the context, which is current here and in every method.
        size: height and width of the picture in pixels.
        drawing: size of the window that the picture is scaled to, and how it is scaled.

    Raises:
        BackendUnavailable: the device takes no framebuffer of that size.
        GLError: the driver refuses; nothing is left behind.
    """

    def __init__(self, gl: GLFunctions, size: Size, drawing: Drawing = AS_TO_PIXELS) -> None:
        self.gl = gl
        self.size = size
        self._filter = gl.GL_LINEAR if drawing.scaling == "linear" else gl.GL_NEAREST
        with ExitStack() as objects:
            self._target = Target(gl, size, objects)
            scaled = drawing.window not in (None, size)
            self._shown = Target(gl, drawing.window or size, objects) if scaled else self._target
            self._objects = objects.pop_all()

    @property
    def framebuffer(self) -> int:
        """The framebuffer object's name."""
        return self._target.framebuffer

    @property
    def texture(self) -> int:
        """The RGBA8 texture behind the framebuffer, for a renderer that writes to it."""
        return self._target.texture

    @property
    def shown(self) -> Target:
        """What ``present`` ends in and ``read`` reads: the framebuffer, or the one it is scaled to."""
        return self._shown

    def bind(self) -> None:
        """Make the framebuffer the one that is drawn to, all of it."""
        gl = self.gl
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._target.framebuffer)
        gl.glViewport(0, 0, self.size.width, self.size.height)

    def copy_from(self, framebuffer: int) -> None:
        """Copy another framebuffer of the same size into this one."""
        gl = self.gl
        height, width = self.size
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, framebuffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._target.framebuffer)
        gl.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)

    def canvas(self) -> GLCanvas:
        """A texture for bytes, and a way to draw it here; deleted with the screen."""
        return GLCanvas(self, self._objects)

    def present(self) -> None:
        """Ask for the picture to be scaled to the window's size, if that is another."""
        if self._shown is self._target:
            return
        gl = self.gl
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._target.framebuffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._shown.framebuffer)
        (height, width), (to_height, to_width) = self.size, self._shown.size
        gl.glBlitFramebuffer(0, 0, width, height, 0, 0, to_width, to_height, gl.GL_COLOR_BUFFER_BIT, self._filter)

    def read(self, corner: Size | None = None) -> Pixels:
        """What is shown, or its upper left corner of a size, as uint8 RGBA (H, W, 4), first row at the top.

        Raises:
            GLError: reading failed, or something before it that nobody has asked about.
        """
        gl = self.gl
        height, width = corner or self._shown.size
        pixels = np.empty((height, width, 4), np.uint8)
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self._shown.framebuffer)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixels.ctypes.data)
        gl.check("reading the screen back")
        return pixels

    def close(self) -> None:
        """Delete what the screen made; a second call does nothing."""
        self._objects.close()


class GLCanvas:
    """Bytes in an RGBA8 texture, drawn to a screen by a triangle that covers it."""

    def __init__(self, screen: GLScreen, objects: ExitStack) -> None:
        gl = screen.gl
        height, width = screen.size
        self._screen = screen
        self._shape = (height, width, 4)
        self._triangle = Triangle(gl, _COPY, objects)
        self._texture = texture(gl, objects)
        self._upload = uploader(gl, self._texture)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, width, height, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, None)
        gl.check("making a texture for bytes")

    def upload(self, rgba: Pixels) -> None:
        """Hand over uint8 RGBA (H, W, 4), first row at the top.

        Raises:
            UsageError: the array is not contiguous uint8 of the screen's size.
        """
        _check_bytes(rgba, self._shape)
        self._upload(rgba)

    def draw(self) -> None:
        """Ask for what was uploaded to be drawn."""
        gl = self._screen.gl
        self._screen.bind()
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        self._triangle.draw()


def _check_bytes(rgba: Pixels, shape: tuple[int, ...]) -> None:
    """Refuse what a driver would read past.

    Raises:
        UsageError: the array is not contiguous uint8 of that shape.
    """
    if rgba.shape != shape or rgba.dtype != np.uint8 or not rgba.flags.c_contiguous:
        raise UsageError(f"a screen of {shape} takes contiguous uint8 of that shape; got {rgba.dtype} {rgba.shape}")


def uploader(gl: GLFunctions, name: int) -> Callable[[Pixels], None]:
    """A function that hands contiguous uint8 RGBA (H, W, 4) to an RGBA8 texture of that size."""
    bind, store, replace = gl.glBindTexture, gl.glPixelStorei, gl.glTexSubImage2D
    target, alignment, rgba, byte = gl.GL_TEXTURE_2D, gl.GL_UNPACK_ALIGNMENT, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE
    known: Pixels | None = None
    height = width = address = 0

    def upload(pixels: Pixels) -> None:
        nonlocal known, height, width, address
        # Asking numpy for an address takes as long as a small picture's upload, and converters keep one buffer.
        if pixels is not known:
            height, width, _ = pixels.shape
            known, address = pixels, pixels.ctypes.data
        bind(target, name)
        store(alignment, 1)
        replace(target, 0, 0, 0, width, height, rgba, byte, address)

    return upload
