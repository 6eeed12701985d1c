"""Tensor to bytes with numpy, its buffers allocated once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from framegate.render.base import CPURenderer
from framegate.render.oracle import LIMITS, check_range

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout


class NumpyRenderer(CPURenderer):
    """Converts with a handful of numpy calls, in double precision."""

    def converter(self, picture: Layout) -> Convert:
        """The calls, with their buffers."""
        height, width = picture.size
        shape = (height, width, picture.depth)
        limit = LIMITS[picture.dtype]
        scale = 255.0 if picture.dtype == "float32" else 1.0
        scaled = np.empty(shape, np.float64)
        rgba = np.full((height, width, 4), 255, np.uint8)
        channels = rgba[..., : 3 if picture.depth == 1 else picture.depth]

        def convert(tensor: Array) -> Pixels:
            # A NaN makes both comparisons false, and the patient path sorts out what that means.
            flat = tensor.ravel()
            clean = flat.min() >= 0 and flat.max() <= limit
            if not clean:
                check_range(tensor)
            # Copied first: multiply would compute in the tensor's own precision and only then write doubles.
            np.copyto(scaled, tensor.reshape(shape))
            np.multiply(scaled, scale, out=scaled)
            np.add(scaled, 0.5, out=scaled)
            if not clean:
                np.nan_to_num(scaled, copy=False, nan=0.0)
            # The cast drops the fraction, which for these values, none negative, is the floor.
            np.copyto(channels, scaled, casting="unsafe")
            return rgba

        return convert
