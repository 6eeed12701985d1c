"""The null context: pixels stay in memory. The template for a new context, and a test double."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from framegate.errors import BackendUnavailable, GLError, UsageError
from framegate.gl.scaling import scaled
from framegate.interfaces import ANYWHERE, AS_TO_PIXELS, Drawing, GLInfo, GLRequest

if TYPE_CHECKING:
    from framegate.glfunctions import GLFunctions
    from framegate.interfaces import Pixels, Size


class MemoryScreen:
    """A screen that is an array."""

    def __init__(self, size: Size, drawing: Drawing = AS_TO_PIXELS) -> None:
        self.size = size
        self._drawing = drawing
        self._pixels = np.zeros((*size, 4), np.uint8)
        is_scaled = drawing.window not in (None, size)
        self._shown = np.zeros((*(drawing.window or size), 4), np.uint8) if is_scaled else self._pixels

    def canvas(self) -> MemoryScreen:
        """The screen itself: bytes that are uploaded are shown."""
        return self

    def upload(self, rgba: Pixels) -> None:
        """Keep a copy of uint8 RGBA (H, W, 4), first row at the top.

        Raises:
            UsageError: the array is not uint8 of the screen's size.
        """
        if rgba.shape != self._pixels.shape or rgba.dtype != np.uint8:
            raise UsageError(
                f"a screen of {self._pixels.shape} takes uint8 of that shape; got {rgba.dtype} {rgba.shape}"
            )
        np.copyto(self._pixels, rgba)

    def draw(self) -> None:
        """Do nothing: what was uploaded is there."""

    def present(self) -> None:
        """Scale the picture to the window's size, if that is another."""
        if self._shown is not self._pixels:
            np.copyto(self._shown, scaled(self._pixels, self._drawing))

    def read(self, corner: Size | None = None) -> Pixels:
        """A copy of what was shown last, zeros before that."""
        height, width = corner or self._shown.shape[:2]
        return self._shown[:height, :width].copy()

    def close(self) -> None:
        """Do nothing: memory needs no closing."""


class NullContext:
    """A context without OpenGL."""

    name = "null"

    def __init__(self, _request: GLRequest = ANYWHERE) -> None:
        self._released = False

    @property
    def functions(self) -> GLFunctions:
        """Always raises: the null context has no OpenGL functions.

        Raises:
            BackendUnavailable: always.
        """
        raise BackendUnavailable("the null context has no OpenGL", "use the egl, glfw or osmesa context")

    def info(self) -> GLInfo:
        """A constant."""
        return GLInfo(vendor="framegate", renderer="memory", version="none", is_software=True)

    @contextmanager
    def current(self) -> Iterator[None]:
        """Nothing becomes current; the block is there so that callers need not know.

        Raises:
            GLError: the context is released.
        """
        if self._released:
            raise GLError(f"the {self.name} context is released; make a new one")
        yield

    def screen(self, size: Size, drawing: Drawing = AS_TO_PIXELS) -> MemoryScreen:
        """An array of that size, or of the window's that it is scaled to."""
        return MemoryScreen(size, drawing)

    def finish(self) -> None:
        """Return at once: nothing is ever under way."""

    def release(self) -> None:
        """Refuse further use; a second call does nothing."""
        self._released = True
