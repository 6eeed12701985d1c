"""What a window of another size shows of a picture: the reference for what OpenGL does by a blit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from framegate.interfaces import Array, Drawing, Pixels


def scaled(picture: Pixels, drawing: Drawing) -> Pixels:
    """Scale uint8 (H, W, 4) to ``drawing.window``.

    Source: OpenGL 4.5 core, 18.3.1: the centre of a pixel of the window is mapped into the picture; ``nearest`` takes
    the pixel it falls in, ``linear`` blends the four around it, those at the edge repeated.
    """
    if drawing.window is None:
        return picture
    height, width = drawing.window
    if drawing.scaling == "linear":
        import cv2

        floats: Array = cv2.resize(picture.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(floats + 0.5, np.uint8)
    rows, columns = (
        (2 * np.arange(new) + 1) * old // (2 * new) for new, old in zip((height, width), picture.shape, strict=False)
    )
    return np.asarray(picture[rows[:, np.newaxis], columns])
