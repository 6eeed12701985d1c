"""Tensor to bytes with OpenCV: two passes at the speed of memory, exact all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.render import rounding
from framegate.render.base import CPURenderer
from framegate.render.oracle import LIMITS, check_range, to_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.interfaces import Array, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout

    Scale = Callable[[Array, Array], None]


class OpenCVRenderer(CPURenderer):
    """Converts with ``cv2.convertScaleAbs`` and ``cv2.cvtColor``."""

    def converter(self, picture: Layout) -> Convert:
        """The two calls, with their buffers."""
        import cv2

        height, width = picture.size
        flat = (height, width * picture.depth)
        scale = _scale(cv2, picture.dtype)
        rgba = np.empty((height, width, 4), np.uint8)
        channels = rgba if picture.depth == 4 else np.empty((height, width, picture.depth), np.uint8)
        scaled = channels.reshape(flat)
        code = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_RGB2RGBA}.get(picture.depth)
        largest = _largest_bits(picture.dtype)
        limit = LIMITS[picture.dtype]

        def convert(tensor: Array) -> Pixels:
            values = np.ascontiguousarray(tensor).reshape(flat)
            # One pass over the bits finds whatever may not be converted blindly: for [0, limit] they grow with the
            # value, and a negative value, a larger one and NaN all lie above.
            if values.view(np.uint32).max() > largest and not (values.min() >= 0 and values.max() <= limit):
                check_range(tensor)
                return to_pixels(tensor)
            scale(values, scaled)
            if code is not None:
                cv2.cvtColor(channels, code, dst=rgba)
            return rgba

        return convert


def _largest_bits(dtype: str) -> int:
    return int(np.array(LIMITS[dtype], dtype).view(np.uint32))


def _scale(cv2: Any, dtype: str) -> Scale:
    """A function that brings values in range to uint8, in place, as ``toPixels`` does."""

    def as_they_are(values: Array, out: Array) -> None:
        cv2.convertScaleAbs(values, dst=out)

    def rounded_down(values: Array, out: Array) -> None:
        with_mode(cv2.convertScaleAbs, values, out, 255.0, 0.5)

    def in_double(values: Array, out: Array) -> None:
        cv2.multiply(values, 255.0, dst=out, dtype=cv2.CV_8U)

    if dtype == "int32":
        return as_they_are
    with_mode = rounding.downward()
    if with_mode is None or not is_exact(rounded_down):
        return in_double
    return rounded_down


def is_exact(scale: Scale) -> bool:
    """Whether a function that never falls as its argument grows rounds at the very float32 where ``toPixels`` does.

    It is enough to look at both sides of each of the 255 steps.
    """
    steps = (np.arange(255) + 0.5) / 255
    above = steps.astype(np.float32)
    above = np.where(above.astype(np.float64) * 255 < np.arange(255) + 0.5, np.nextafter(above, np.float32(1)), above)
    values = np.concatenate([np.nextafter(above, np.float32(0)), above, np.float32([0, 1])]).reshape(1, -1)
    # A line longer than any vector register, twice over, so that wide steps and the rest after them are both tried.
    values = np.tile(values, 3)
    out = np.empty(values.shape, np.uint8)
    scale(values, out)
    return bool((out == to_pixels(values)[..., 0]).all())
