"""A generated clip: the same bytes on every machine, and no two frames alike."""

from __future__ import annotations

import numpy as np

from framegate.interfaces import Pixels


def generate_clip(frames: int = 30, height: int = 480, width: int = 640) -> list[Pixels]:
    """A bright disc that crosses a drifting colour gradient, in integers only.

    Returns:
        ``frames`` RGB pictures, uint8 (height, width, 3), values 0..255.
    """
    rows, columns = np.mgrid[0:height, 0:width]
    radius = min(height, width) // 6
    clip: list[Pixels] = []
    for index in range(frames):
        shift = 256 * index // frames
        red = (columns * 255 // max(1, width - 1) + shift) % 256
        green = rows * 255 // max(1, height - 1)
        blue = (rows + columns + 2 * shift) % 256
        picture = np.stack([red, green, blue], axis=-1).astype(np.uint8)
        centre = radius + (width - 2 * radius) * index // max(1, frames - 1)
        disc = (columns - centre) ** 2 + (rows - height // 2) ** 2 < radius**2
        picture[disc] = (250, 240, 220)
        clip.append(picture)
    return clip
