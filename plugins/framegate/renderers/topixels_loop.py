"""``toPixels`` as TF.js writes it: a loop over pixels, in plain Python."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.render.base import CPURenderer
from framegate.render.oracle import levels, limits, range_error

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout

MOST_PIXELS = 65_536
"""Those of 256 x 256, which take half a second: what is larger would take a run minutes."""


class ToPixelsLoopRenderer(CPURenderer):
    """Converts pixel by pixel; half a second for 256 x 256, so larger pictures are refused."""

    def converter(self, picture: Layout) -> Convert:
        """The loop.

        Raises:
            BackendUnavailable: the picture has more than 65,536 pixels.
        """
        height, width = picture.size
        if height * width > MOST_PIXELS:
            raise BackendUnavailable(
                f"topixels-loop takes at most {MOST_PIXELS:,} pixels, and {width} x {height} are {height * width:,}",
                "choose 256 or smaller, or the topixels renderer",
            )
        rgba = np.empty((height, width, 4), np.uint8)

        def convert(tensor: Array) -> Pixels:
            _loop(tensor, picture, rgba)
            return rgba

        return convert


def _loop(tensor: Array, picture: Layout, rgba: Pixels) -> None:
    low, high = limits(picture.dtype, picture.drawing)
    scale, fraction, whole = levels(picture.dtype, picture.drawing)
    strict = picture.drawing.out_of_range == "strict"
    values = tensor.ravel().tolist()
    depth, row_length = picture.depth, picture.size.width
    for i in range(picture.size.height * row_length):
        pixel = [0, 0, 0, 255]
        for d in range(depth):
            value = values[i * depth + d]
            if value < low or value > high:
                if strict:
                    raise range_error(picture.dtype, value, picture.drawing)
                value = low if value < low else high
            level = 0 if math.isnan(value) else math.floor(value * scale + fraction) + whole
            if depth == 1:
                pixel[0] = pixel[1] = pixel[2] = level
            else:
                pixel[d] = level
        rgba[i // row_length, i % row_length] = pixel
