"""What OpenCV captures: the frames of video files and of cameras."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from framegate.errors import FrameError, SourceStopped
from framegate.interfaces import Pixels

_BOX = struct.Struct(">I4s")
"""Bytes and kind of one of the boxes of which an MP4 is made."""


def read_video(path: Path) -> Iterator[Pixels]:
    """The frames of a video file; none if OpenCV reads it not. One that is cut off ends where it is, as OpenCV has it.

    Yields:
        RGB pictures, uint8 (H, W, 3), upright.
    """
    import cv2

    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        for _, picture in iter(capture.read, (False, None)):
            yield _rgb(picture)
    finally:
        capture.release()


def ends_early(path: Path) -> bool:
    """Whether a file is an MP4 without its index, which is written last: a copy or a recording was broken off."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        at, kinds = 0, []
        while at + _BOX.size <= size:
            file.seek(at)
            length, kind = _BOX.unpack(file.read(_BOX.size))
            if length == 1:  # it does not fit into 32 bits, and comes next
                length = int.from_bytes(file.read(8), "big")
            end = at + length if length else size
            kinds += [kind] if end <= size or at == 0 else []
            at = max(end, at + _BOX.size)
    return kinds[:1] == [b"ftyp"] and b"moov" not in kinds


def camera(locator: str = "") -> Iterator[Pixels]:
    """The frames of a camera, as the system and OpenCV have it: V4L2, AVFoundation or Media Foundation.

    Args:
        locator: the camera's number, from 0 on; none for the first one.

    Yields:
        RGB pictures, uint8 (H, W, 3), in the camera's own size; without an end.

    Raises:
        FrameError: the locator is no number, or there is no such camera that can be opened.
        SourceStopped: the camera gives no more frames.
    """
    import cv2

    number = locator or "0"
    if not (number.isascii() and number.isdigit() and len(number) <= 4):
        raise FrameError(f"frame source 'camera:{locator}' names no camera; give its number, as in camera:0")
    with quiet_decoders():
        capture = cv2.VideoCapture(int(number), cv2.CAP_ANY)
    try:
        if not capture.isOpened():
            raise FrameError(
                f"camera {number} cannot be opened; plug it in, end other programs that use it,"
                f" and let this user read it (on Linux: /dev/video{number})"
            )
        while True:
            is_read, picture = capture.read()
            if not is_read:
                raise SourceStopped(
                    "ended", f"camera {number} gives no more frames; plug it in, and end other programs that use it"
                )
            yield _rgb(picture)
    finally:
        capture.release()


@contextmanager
def quiet_decoders() -> Iterator[None]:
    """Keep OpenCV's and FFmpeg's own remarks from stderr: our error says it once."""
    import cv2

    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


def _rgb(picture: Any) -> Pixels:
    """What OpenCV gave as BGR, uint8 (H, W, 3); anything else as it is, for whoever checks the frames."""
    import cv2

    is_bgr = isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.shape[2:] == (3,)
    return cast("Pixels", cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) if is_bgr and picture.size else picture)
