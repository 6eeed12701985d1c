"""A ring of pixel buffers: the tensor is copied into one while the device may still read from the others."""

from __future__ import annotations

import ctypes
from itertools import cycle
from typing import TYPE_CHECKING

from framegate.errors import GLError
from framegate.gl.objects import buffer
from framegate.gl.version import version_of
from framegate.render.base import DrawPlan
from framegate.render.device import DeviceRenderer
from framegate.render.guard import checked
from framegate.render.texels import BY_DTYPE, TensorTexture

if TYPE_CHECKING:
    from contextlib import ExitStack

    from framegate.gl.screen import GLScreen
    from framegate.glfunctions import GLFunctions
    from framegate.interfaces import Array
    from framegate.render.oracle import Layout

BUFFERS = 3
"""One is written while the device reads another; the third is for a device that is a frame behind."""
_STORAGE = (4, 4)
"""Version of OpenGL from which on a buffer may stay mapped while the device reads it (``glBufferStorage``)."""
_PATIENCE_NS = 10 * 10**9
"""A device that reads a buffer for longer than this hangs."""


class GLPBORenderer(DeviceRenderer):
    """Uploads through pixel-unpack buffers, mapped once for all where OpenGL is 4.4 or newer, else anew each time."""

    def _plan_draws(self, screen: GLScreen, picture: Layout, objects: ExitStack) -> DrawPlan:
        texture = TensorTexture(screen, picture, BY_DTYPE[picture.dtype], objects)
        kind = PersistentRing if version_of(self._context) >= _STORAGE else OrphanedRing
        ring = kind(screen.gl, picture.nbytes, objects)

        def upload(tensor: Array) -> None:
            try:
                ring.fill(tensor)
                texture.replace(None)
            finally:
                ring.done()

        return DrawPlan(screen, checked(picture), upload, texture.draw)


class PersistentRing:
    """Buffers that stay mapped; a fence says when the device has read one.

    Args:
        gl: functions of the current context.
        nbytes: size of one tensor.
        objects: stack that takes what has to be deleted.

    Raises:
        GLError: the driver maps no such buffer.
    """

    def __init__(self, gl: GLFunctions, nbytes: int, objects: ExitStack) -> None:
        self._gl = gl
        self._nbytes = nbytes
        self._fences: list[int | None] = [None] * BUFFERS
        access = gl.GL_MAP_WRITE_BIT | gl.GL_MAP_PERSISTENT_BIT | gl.GL_MAP_COHERENT_BIT
        self._buffers: list[tuple[int, int]] = []
        for _ in range(BUFFERS):
            name = buffer(gl, objects)
            gl.glBindBuffer(gl.GL_PIXEL_UNPACK_BUFFER, name)
            gl.glBufferStorage(gl.GL_PIXEL_UNPACK_BUFFER, nbytes, None, access)
            self._buffers.append((name, _mapped(gl, nbytes, access)))
        gl.glBindBuffer(gl.GL_PIXEL_UNPACK_BUFFER, 0)
        self._order = cycle(range(BUFFERS))
        self._index = 0
        objects.callback(self._wait_for_all)

    def fill(self, tensor: Array) -> None:
        """Copy a tensor into the next buffer, once the device has read what was in it, and leave that bound."""
        self._index = next(self._order)
        self._wait(self._index)
        name, address = self._buffers[self._index]
        ctypes.memmove(address, tensor.ctypes.data, self._nbytes)
        self._gl.glBindBuffer(self._gl.GL_PIXEL_UNPACK_BUFFER, name)

    def done(self) -> None:
        """The upload from the buffer is asked for."""
        gl = self._gl
        self._fences[self._index] = gl.glFenceSync(gl.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        gl.glBindBuffer(gl.GL_PIXEL_UNPACK_BUFFER, 0)

    def _wait(self, index: int) -> None:
        gl, fence = self._gl, self._fences[index]
        if fence is not None:
            self._fences[index] = None
            answer = gl.glClientWaitSync(fence, gl.GL_SYNC_FLUSH_COMMANDS_BIT, _PATIENCE_NS)
            gl.glDeleteSync(fence)
            if answer not in (gl.GL_ALREADY_SIGNALED, gl.GL_CONDITION_SATISFIED):
                raise GLError(f"the device did not let go of a pixel buffer (0x{answer:04X})")

    def _wait_for_all(self) -> None:
        for index in range(BUFFERS):
            self._wait(index)


class OrphanedRing:
    """Buffers whose memory is given up before each use, so that the driver may hand out fresh one.

    Args:
        gl: functions of the current context.
        nbytes: size of one tensor.
        objects: stack that takes what has to be deleted.
    """

    def __init__(self, gl: GLFunctions, nbytes: int, objects: ExitStack) -> None:
        self._gl = gl
        self._nbytes = nbytes
        self._order = cycle([buffer(gl, objects) for _ in range(BUFFERS)])

    def fill(self, tensor: Array) -> None:
        """Copy a tensor into the next buffer, and leave that bound.

        Raises:
            GLError: the driver does not map it.
        """
        gl = self._gl
        gl.glBindBuffer(gl.GL_PIXEL_UNPACK_BUFFER, next(self._order))
        gl.glBufferData(gl.GL_PIXEL_UNPACK_BUFFER, self._nbytes, None, gl.GL_STREAM_DRAW)
        address = _mapped(gl, self._nbytes, gl.GL_MAP_WRITE_BIT)
        ctypes.memmove(address, tensor.ctypes.data, self._nbytes)
        gl.glUnmapBuffer(gl.GL_PIXEL_UNPACK_BUFFER)

    def done(self) -> None:
        """The upload from the buffer is asked for."""
        self._gl.glBindBuffer(self._gl.GL_PIXEL_UNPACK_BUFFER, 0)


def _mapped(gl: GLFunctions, nbytes: int, access: int) -> int:
    address = gl.glMapBufferRange(gl.GL_PIXEL_UNPACK_BUFFER, 0, nbytes, access)
    if not address:
        raise GLError(f"the driver does not map a pixel buffer of {nbytes} bytes")
    return int(address)
