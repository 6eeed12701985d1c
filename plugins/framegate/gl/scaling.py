"""What a window of another size shows of a picture: the reference for what OpenGL does by a blit.

Source: OpenGL 4.5 core, 18.3.1: the centre of a pixel of the window is mapped into the picture; ``nearest`` takes the
pixel it falls in, ``linear`` blends the four around it, those at the edge repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from framegate.interfaces import Array, Drawing, Pixels, Size

LINEAR_TOLERANCE = 2
"""Steps of 1/255 by which a blend may differ: devices keep as few as 8 bits of where between two pixels it is."""
_EDGE = 1 / 256


def scaled(picture: Pixels, drawing: Drawing) -> Pixels:
    """Scale uint8 (H, W, 4) to ``drawing.window``."""
    if drawing.window is None:
        return picture
    if drawing.scaling == "linear":
        return _blended(picture, drawing.window)
    return _nearest(picture, drawing.window, (0.0, 0.0))


def choices(picture: Pixels, drawing: Drawing) -> Iterator[Pixels]:
    """Pictures of which each pixel may be any: where a centre falls between two pixels, a device may take either."""
    if drawing.window is None or drawing.scaling == "linear":
        yield scaled(picture, drawing)
        return
    for down, right in product((-_EDGE, _EDGE), repeat=2):
        yield _nearest(picture, drawing.window, (down, right))


def _nearest(picture: Pixels, window: Size, shift: tuple[float, float]) -> Pixels:
    rows, columns = (
        np.clip(np.floor((np.arange(new) + 0.5) * old / new + by), 0, old - 1).astype(np.intp)
        for new, old, by in zip(window, picture.shape, shift, strict=False)
    )
    return np.asarray(picture[rows[:, np.newaxis], columns])


def _blended(picture: Pixels, window: Size) -> Pixels:
    import cv2

    floats: Array = cv2.resize(
        picture.astype(np.float32), (window.width, window.height), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(floats + 0.5, np.uint8)
