"""Tensor to bytes with numpy, its buffers allocated once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from framegate.render.base import CPURenderer
from framegate.render.guard import guarded
from framegate.render.oracle import levels

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.interfaces import Array, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout


class NumpyRenderer(CPURenderer):
    """Converts with a handful of numpy calls, in double precision."""

    def converter(self, picture: Layout) -> Convert:
        """The calls, with their buffers."""
        height, width = picture.size
        shape = (height, width, picture.depth)
        rgba = np.full((height, width, 4), 255, np.uint8)
        channels = rgba[..., : 3 if picture.depth == 1 else picture.depth]
        to_bytes = in_double(picture, shape)

        def convert(values: Array) -> Pixels:
            to_bytes(values.reshape(shape), channels)
            return rgba

        return guarded(picture, convert)


def in_double(picture: Layout, shape: tuple[int, ...]) -> Callable[[Array, Pixels], None]:
    """A function from values in range, of that shape, to uint8 in an array that they can be broadcast to."""
    if picture.dtype != "float32":
        return lambda values, out: np.copyto(out, values, casting="unsafe")
    scale, fraction, whole = levels(picture.dtype, picture.drawing)
    scaled = np.empty(shape, np.float64)

    def to_bytes(values: Array, out: Pixels) -> None:
        # Copied first: multiply would compute in the tensor's own precision and only then write doubles.
        np.copyto(scaled, values)
        np.multiply(scaled, scale, out=scaled)
        np.add(scaled, fraction, out=scaled)
        if whole:
            np.floor(scaled, out=scaled)
            np.add(scaled, whole, out=scaled)
        # The cast drops the fraction, which for these values, none negative, is the floor.
        np.copyto(out, scaled, casting="unsafe")

    return to_bytes
