"""The number of a frame in a corner of its picture, so that what a screen shows can be read there.

It is written into the tensor that is drawn, and takes the very way that the picture takes.
"""

from __future__ import annotations

import itertools
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from framegate.errors import UsageError
from framegate.interfaces import Drawing, Size
from framegate.render.base import ScreenRenderer

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels, Renderer

ROWS, COLUMNS = 4, 6
"""Blocks: a row has four bits, whether their number is odd, and whether it is even."""
LEAST_PIXELS = 3
"""Pixels of a window that a block covers at least, so that one of them shows nothing of its neighbours."""
DARK, BRIGHT = 63, 192
"""Levels between which a block is neither."""
SHIFTS = (12, 8, 4, 0)
PATTERNS = np.array(
    [[*bits, sum(bits) % 2 == 1, sum(bits) % 2 == 0] for bits in itertools.product((False, True), repeat=COLUMNS - 2)]
)
"""The row of each four bits, bool (16, 6)."""
BLOCK_OF = bytes(0 if level <= DARK else 1 if level >= BRIGHT else 2 for level in range(256))
"""A level's block: dark, bright, or neither."""
BITS_OF = {row.tobytes(): bits for bits, row in enumerate(PATTERNS)}


class Stamp:
    """Writes numbers from 0 to 65535 into pictures of one size, and reads them from the screen.

    A larger number is written without its upper bits.

    Args:
        shape: shape of the pictures, (H, W) or (H, W, C).
        drawing: how they are drawn; black and full brightness of float32 are its range.

    Raises:
        UsageError: the pictures have no room for it.

    Attributes:
        number: what is written next.
    """

    def __init__(self, shape: tuple[int, ...], drawing: Drawing) -> None:
        self.number = 0
        picture = Size(*shape[:2])
        window = drawing.window or picture
        self._scale = (window.height / picture.height, window.width / picture.width)
        self._side = max(1, *(int(np.ceil(LEAST_PIXELS / scale)) if scale != 1 else 1 for scale in self._scale))
        self._range = drawing.value_range
        self._size = Size(ROWS * self._side, COLUMNS * self._side)
        if self._size.height > picture.height or self._size.width > picture.width:
            raise UsageError(
                f"a picture of {picture} has no room for the number of its frame, which takes {self._size};"
                " choose a model with a larger output, or a larger --frame-window-size"
            )
        rows, columns = map(self._centres_along, (ROWS, COLUMNS), self._scale)
        self._corner = Size(1 + rows[-1], 1 + columns[-1])
        # Without numpy, whose code a model's work has pushed out of the processor's caches.
        self._at_centres = itemgetter(*(4 * (row * self._corner.width + column) for row in rows for column in columns))
        self._copy: Array | None = None
        self._rows: list[Array] = []
        self._patterns: Array | None = None

    def __call__(self, picture: Array) -> Array:
        """A copy of a picture with `number` in its upper left corner; the next call overwrites it.

        It is a copy with every runtime, as some lend out memory that nobody may write to.

        Args:
            picture: float32, int32 or uint8, (H, W) or (H, W, C).
        """
        if self._copy is None or self._patterns is None or self._copy.dtype != picture.dtype:
            self._copy = np.empty_like(picture)
            self._patterns = self._in_pixels(picture)
            corner = self._copy[: self._size.height, : self._size.width]
            self._rows = [corner[row * self._side : (row + 1) * self._side] for row in range(ROWS)]
        self._copy[...] = picture
        for row, shift in zip(self._rows, SHIFTS, strict=True):
            row[...] = self._patterns[self.number >> shift & 15]
        return self._copy

    def read(self, renderer: Renderer) -> int | None:
        """The number that stands on a renderer's screen; None where there is none."""
        return self.find(_corner(renderer, self._corner))

    def find(self, screen: Pixels) -> int | None:
        """The number in the upper left corner of a screen, uint8 RGBA (H, W, 4); None where there is none."""
        corner = screen[: self._corner.height, : self._corner.width]
        blocks = bytes(self._at_centres(corner.tobytes())).translate(BLOCK_OF)
        number = 0
        for start in range(0, ROWS * COLUMNS, COLUMNS):
            bits = BITS_OF.get(blocks[start : start + COLUMNS])
            if bits is None:
                return None
            number = number << 4 | bits
        return number

    def _in_pixels(self, picture: Array) -> Array:
        """The sixteen rows of blocks, as they are written into pictures of that dtype and number of channels."""
        low, high = self._range if picture.dtype.kind == "f" else (0, 255)
        rows = np.where(PATTERNS, high, low).astype(picture.dtype)[:, np.newaxis].repeat(self._side, 2)
        if picture.ndim == 2:
            return rows
        in_channels = rows[..., np.newaxis].repeat(picture.shape[2], 3)
        if picture.shape[2] == 4:
            in_channels[..., 3] = high
        return in_channels

    def _centres_along(self, count: int, scale: float) -> list[int]:
        return [int((place + 0.5) * self._side * scale) for place in range(count)]


def _corner(renderer: Renderer, size: Size) -> Pixels:
    """The upper left corner of a screen; one that gives its pictures as a whole only is read as a whole."""
    if isinstance(renderer, ScreenRenderer):
        return renderer.read_corner(size)
    return renderer.read()[: size.height, : size.width]
