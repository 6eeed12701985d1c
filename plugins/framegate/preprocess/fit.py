"""Bring a frame to the model's height and width."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np

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


def between_bars(frame: Size, size: Size) -> tuple[int, int, Size]:
    """Where `letterbox` puts a frame: top, left, and the size to which it is scaled; half pixels are rounded to even.

    Args:
        frame: the frame's size.
        size: the size with the bars.
    """
    scale = min(size.height / frame.height, size.width / frame.width)
    inner = Size(max(1, round(frame.height * scale)), max(1, round(frame.width * scale)))
    return (size.height - inner.height) // 2, (size.width - inner.width) // 2, inner


def letterbox(frame: Pixels, size: Size) -> Pixels:
    """The whole frame scaled in its own shape, in the centre of a picture of ``size`` that is black beside it."""
    top, left, inner = between_bars(Size(*frame.shape[:2]), size)
    picture = np.zeros((*size, *frame.shape[2:]), frame.dtype)
    picture[top : top + inner.height, left : left + inner.width] = resize(frame, inner)
    return picture


_WAYS: Mapping[Fit, Callable[[Pixels, Size], Pixels]] = {"crop": crop, "letterbox": letterbox, "resize": resize}


def fit(frame: Pixels, size: Size, how: Fit) -> Pixels:
    """Bring an RGB frame (H, W, 3) to ``size``."""
    return _WAYS[how](frame, size)
