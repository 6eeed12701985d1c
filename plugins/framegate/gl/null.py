"""The null context: pixels stay in memory. The template for a new context, and a test double."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from framegate.errors import BackendUnavailable, GLError, UsageError
from framegate.interfaces import GLInfo

if TYPE_CHECKING:
    from framegate.gl.functions import GLFunctions
    from framegate.interfaces import Pixels, Size


class MemoryScreen:
    """A screen that is an array."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._pixels = np.zeros((size.height, size.width, 4), np.uint8)

    def show(self, rgba: Pixels) -> None:
        """Keep a copy of uint8 RGBA (H, W, 4), first row at the top.

        Raises:
            UsageError: the array is not uint8 of the screen's size.
        """
        if rgba.shape != self._pixels.shape or rgba.dtype != np.uint8:
            raise UsageError(
                f"a screen of {self._pixels.shape} takes uint8 of that shape; got {rgba.dtype} {rgba.shape}"
            )
        np.copyto(self._pixels, rgba)

    def present(self) -> None:
        """Do nothing: memory has no window."""

    def read(self) -> Pixels:
        """A copy of what was shown last, zeros before that."""
        return self._pixels.copy()

    def close(self) -> None:
        """Do nothing: memory needs no closing."""


class NullContext:
    """A context without OpenGL."""

    name = "null"

    def __init__(self) -> None:
        self._released = False

    @property
    def functions(self) -> GLFunctions:
        """None to be had.

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

    def screen(self, size: Size) -> MemoryScreen:
        """An array of that size."""
        return MemoryScreen(size)

    def finish(self) -> None:
        """Return at once: nothing is ever under way."""

    def release(self) -> None:
        """Refuse further use; a second call does nothing."""
        self._released = True
