"""What views draw into a picture: tags with text, rectangles, discs and lines, by rules in whole pixels.

Text is rendered by OpenCV once for each text; from then on it is a small picture that is copied. Everything else is
made of squares and rows of whole pixels, so that whoever follows the same rules has the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framegate.interfaces import Pixels, Size

_LETTERS = 40
_LEAST_LETTER, _MOST_LETTER = 8, 60
_KEPT = 4096
_BLACK = (0, 0, 0)

RGB = tuple[int, int, int]
Places = NDArray[np.int64]


class Rectangle(NamedTuple):
    """Whole pixels of a picture: ``bottom`` and ``right`` are the first ones that are not in it."""

    top: int
    left: int
    bottom: int
    right: int


class Tags:
    """Small pictures with a text, of a size that can be read in a picture of the shown size; each is kept."""

    def __init__(self, shown: Size) -> None:
        self._letter = min(max(shown.height // _LETTERS, _LEAST_LETTER), _MOST_LETTER)
        self.tag = lru_cache(_KEPT)(self._tag)

    def percent(self, share: float) -> Pixels:
        """A share as a tag, white on black: 0.874 is ``87%``; what is beyond 0 and 1 is shown as these, NaN as 0."""
        share = min(max(share, 0.0), 1.0) if share == share else 0.0  # noqa: PLR0124 # NaN is not equal to itself
        return self.tag(f"{int(100 * share + 0.5)}%", _BLACK)

    def _tag(self, text: str, background: RGB) -> Pixels:
        """A text as uint8 (h, w, 3), black or white, whichever is easier to read on its background."""
        import cv2

        font = cv2.FONT_HERSHEY_SIMPLEX
        scale = cv2.getFontScaleFromHeight(font, self._letter)
        (width, height), below = cv2.getTextSize(text, font, scale, 1)
        margin = max(2, self._letter // 4)
        # Wider than the text, as OpenCV's measure of it is too small in some versions.
        shape = height + below + margin, 2 * (width + height)
        cover = cv2.putText(
            np.zeros(shape, np.uint8), text, (margin, height + margin // 2), font, scale, 255, 1, cv2.LINE_AA
        )
        end = int(np.flatnonzero(cover.any(axis=0)).max(initial=0)) + 1 + margin
        share = cover[:, :end, np.newaxis] / 255
        red, green, blue = background
        colour = 0 if 299 * red + 587 * green + 114 * blue > 128_000 else 255
        return np.array(np.rint(colour * share + np.array(background) * (1 - share)), np.uint8)


def page_tags(kind: str, tags: Sequence[Pixels]) -> dict[str, object]:
    """Tags as a page takes them: opaque, in one array, and how high and wide each is."""
    sizes = [tag.shape[:2] for tag in tags]
    sheet = np.full((len(tags), *np.max(sizes, axis=0), 4), 255, np.uint8)
    for place, (height, width) in enumerate(sizes):
        sheet[place, :height, :width, :3] = tags[place]
    return {f"{kind}s": sheet, f"{kind}_sizes": sizes}


def page_percents(tags: Tags) -> dict[str, object]:
    """The tags of 0% to 100% as a page takes them."""
    return page_tags("percent", [tags.percent(percent / 100) for percent in range(101)])


def paste(picture: Pixels, small: Pixels, top: int, left: int) -> None:
    """Copy a small picture; what lies outside of the large one is left out."""
    height, width = picture.shape[:2]
    above, before = max(-top, 0), max(-left, 0)
    part = small[above : max(height - top, 0), before : max(width - left, 0)]
    if part.size:
        picture[top + above : top + above + part.shape[0], left + before : left + before + part.shape[1]] = part


def outline(picture: Pixels, rectangle: Rectangle, thickness: int, colour: RGB) -> None:
    """Draw the edges of a rectangle, inside of it."""
    import cv2

    # What is far outside is as good as just outside.
    height, width = picture.shape[:2]
    top, bottom = (min(max(row, -thickness), height + thickness) for row in (rectangle.top, rectangle.bottom))
    left, right = (min(max(column, -thickness), width + thickness) for column in (rectangle.left, rectangle.right))
    if bottom <= top or right <= left:
        return
    high, low = min(top + thickness, bottom), max(bottom - thickness, top)
    near, far = min(left + thickness, right), max(right - thickness, left)
    for corner, opposite in (
        ((left, top), (right - 1, high - 1)),
        ((left, low), (right - 1, bottom - 1)),
        ((left, top), (near - 1, bottom - 1)),
        ((far, top), (right - 1, bottom - 1)),
    ):
        cv2.rectangle(picture, corner, opposite, colour, cv2.FILLED)


def disc(radius: int) -> Places:
    """The pixels of a disc, as rows and columns from its centre, (2, pixels): those not farther than the radius."""
    down, across = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    inside = down**2 + across**2 <= radius**2
    return np.stack([down[inside], across[inside]])


def square(side: int) -> Places:
    """The pixels of a square, in the same form; the centre of an even one is the pixel below and right of its own."""
    down, across = np.mgrid[:side, :side] - side // 2
    return np.stack([down.ravel(), across.ravel()])


def line(start: tuple[int, int], end: tuple[int, int]) -> Places:
    """The pixels of a line one pixel wide, as rows and columns: one per row or column, whichever are more.

    The pixel ``i`` of ``n`` is at ``start + floor((2 * i * distance + n) / (2 * n))`` in both directions.
    """
    down, across = end[0] - start[0], end[1] - start[1]
    steps = max(abs(down), abs(across), 1)
    twice = 2 * np.arange(steps + 1)
    return np.stack(
        [start[0] + (twice * down + steps) // (2 * steps), start[1] + (twice * across + steps) // (2 * steps)]
    )


def stamp_at(picture: Pixels, places: Places, brush: Places, colour: RGB) -> None:
    """Draw the brush, pixels around a centre, at all places; what lies outside of the picture is left out."""
    rows, columns = (places[axis][:, np.newaxis] + brush[axis] for axis in (0, 1))
    inside = (rows >= 0) & (rows < picture.shape[0]) & (columns >= 0) & (columns < picture.shape[1])
    picture[rows[inside], columns[inside]] = colour
