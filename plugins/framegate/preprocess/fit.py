"""Bring a frame to the model's height and width."""

from __future__ import annotations

from typing import cast

from framegate.errors import FrameError
from framegate.interfaces import Pixels, Size
from framegate.words import Fit


def crop(frame: Pixels, size: Size) -> Pixels:
    """The centre of the frame, offsets rounded down; a view, not a copy.

    Raises:
        FrameError: if the frame is smaller than ``size``.
    """
    height, width = frame.shape[:2]
    if height < size.height or width < size.width:
        raise FrameError(
            f"the frame is {width}x{height} pixels, smaller than the model's input {size.width}x{size.height};"
            " give a larger --frame-source, a smaller --frame-size, or --frame-fit resize"
        )
    top, left = (height - size.height) // 2, (width - size.width) // 2
    return frame[top : top + size.height, left : left + size.width]


def resize(frame: Pixels, size: Size) -> Pixels:
    """The whole frame scaled to ``size``, its shape not kept (``INTER_AREA`` to shrink, ``INTER_LINEAR`` to grow)."""
    import cv2

    height, width = frame.shape[:2]
    shrinks = size.height <= height and size.width <= width
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cast("Pixels", cv2.resize(frame, (size.width, size.height), interpolation=method))


def fit(frame: Pixels, size: Size, how: Fit) -> Pixels:
    """Crop or resize an RGB frame (H, W, 3) to ``size``."""
    return crop(frame, size) if how == "crop" else resize(frame, size)
