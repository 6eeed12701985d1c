"""Where the window's picture goes: to a window, to a video as well, or nowhere."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from framegate.contexts.glfw_window import GLFWContext
from framegate.errors import UsageError
from framegate.interfaces import AS_TO_PIXELS, GLRequest
from framegate.renderers.gl_upload import GLUploadRenderer

if TYPE_CHECKING:
    from framegate.interfaces import Pixels

VIDEO_RATE = 30.0
"""Frames per second of a recorded video; those of the window are repeated or left out."""


class PictureScreen(Protocol):
    """Shows pictures, and tells which keys were pressed."""

    def show(self, picture: Pixels) -> None:
        """Show a picture, uint8 RGB (H, W, 3).

        Raises:
            WindowClosed: the window's user closed it.
        """
        ...

    def pressed_keys(self) -> list[str]:
        """The keys that were pressed since the last call: what they write, or ``escape``."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait for a key, or for so many seconds."""
        ...

    def close(self) -> None:
        """Close what is shown."""
        ...


class NoWindow:
    """Shows nothing."""

    def show(self, picture: Pixels) -> None:
        """Nothing to do."""

    def pressed_keys(self) -> list[str]:
        """None."""
        return []

    def wait(self, seconds: float) -> None:
        """Wait for so many seconds."""
        time.sleep(seconds)

    def close(self) -> None:
        """Nothing to do."""


class OwnWindow:
    """A window of the display server.

    Raises:
        BackendUnavailable: there is no display, or no OpenGL in it.
    """

    def __init__(self) -> None:
        self._context = GLFWContext(GLRequest(window=True))
        self._renderer = GLUploadRenderer(self._context)
        self._shape: tuple[int, ...] = ()
        self._context.pressed_keys()  # from now on they are kept, while a model is loaded too

    def show(self, picture: Pixels) -> None:
        """Draw a picture, and make the window as large if pictures had another size before."""
        with self._context.current():
            if picture.shape != self._shape:
                self._renderer.prepare(picture.shape, "uint8", AS_TO_PIXELS)
                self._shape = picture.shape
            self._renderer.draw(picture)

    def pressed_keys(self) -> list[str]:
        """The keys that were pressed since the last call."""
        return self._context.pressed_keys()

    def wait(self, seconds: float) -> None:
        """Wait for a key, or for so many seconds."""
        self._context.wait(seconds)

    def close(self) -> None:
        """Close the window."""
        with self._context.current():
            self._renderer.close()
        self._context.release()


class Video:
    """An MP4 of what is shown, at 30 frames per second of the time that passes."""

    def __init__(self, path: Path) -> None:
        self._path, self._shape = path, (0, 0, 0)
        self._writer: Any = None
        self._began_s: float | None = None
        self._written = 0

    def add(self, picture: Pixels, now_s: float) -> None:
        """Write a picture as often as it takes for the video to be as long as the time that has passed.

        Raises:
            UsageError: OpenCV cannot write such a file.
        """
        import cv2

        if self._writer is None:
            self._begin(picture)
            self._began_s = now_s
        height, width = self._shape[:2]
        fitted = picture if picture.shape == self._shape else cv2.resize(picture, (width, height))
        bgr = cv2.cvtColor(fitted, cv2.COLOR_RGB2BGR)
        until = int((now_s - (self._began_s or 0.0)) * VIDEO_RATE) + 1
        for _ in range(self._written, until):
            self._writer.write(bgr)
        self._written = max(self._written, until)

    def close(self) -> None:
        """End the video, whose file is not there before; where nothing was shown, there is none."""
        if self._writer is not None:
            self._writer.release()
            self._half().replace(self._path)

    def _begin(self, picture: Pixels) -> None:
        import cv2

        height, width = picture.shape[:2]
        code = cv2.VideoWriter.fourcc(*"mp4v")
        self._writer = cv2.VideoWriter(str(self._half()), code, VIDEO_RATE, (width, height))
        if not self._writer.isOpened():
            self._half().unlink(missing_ok=True)
            raise UsageError(f"--record {self._path}: OpenCV cannot write it; choose a file that ends in .mp4")
        self._shape = (height, width, 3)

    def _half(self) -> Path:
        return self._path.with_name(f".{os.getpid()}-{self._path.name}")


@contextmanager
def opened_screen(*, hidden: bool) -> Iterator[PictureScreen]:
    """A window, or none, until the block ends."""
    screen: PictureScreen = NoWindow() if hidden else OwnWindow()
    try:
        yield screen
    finally:
        screen.close()
