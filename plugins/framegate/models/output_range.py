"""Whether the range in which a model's output is shown fits its values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from framegate.interfaces import Array, Range

USUAL: tuple[Range, ...] = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))
CLAMPED = 0.05
"""Share of values outside the range that puts it in doubt: networks overshoot at edges, by less than this."""
MARGIN = 0.02
"""Of the range: values that are outside by less are rounding, or an overshoot that nobody sees."""
DARK, BRIGHT = 0.1, 0.9
"""A picture below or above these shares of the range is black or white to the eye."""


class ShownRange(NamedTuple):
    """What a picture's values are, and the range in which they are shown.

    Attributes:
        shown: the values that are black and full brightness.
        smallest: the smallest value.
        largest: the largest value.
        clamped: share of the values that are outside of ``shown``.
    """

    shown: Range
    smallest: float
    largest: float
    clamped: float

    @classmethod
    def of(cls, picture: Array, shown: Range) -> ShownRange:
        """The range of a picture's values, of any shape; NaN and infinities are left out."""
        import numpy as np

        values = picture[np.isfinite(picture)].astype(np.float64)
        if not values.size:
            return cls(shown, math.nan, math.nan, 0.0)
        low, high = shown
        margin = MARGIN * (high - low)
        outside = int(np.count_nonzero((values < low - margin) | (values > high + margin)))
        return cls(shown, float(values.min()), float(values.max()), outside / values.size)

    def doubt(self) -> str | None:
        """What is wrong with the picture, as a clause; None if nothing is."""
        low, high = self.shown
        span = high - low
        if self.largest < low + DARK * span:
            return "the picture is black"
        if self.smallest > low + BRIGHT * span:
            return "the picture is white"
        if self.clamped > CLAMPED:
            return f"{self.clamped:.1%} of the values are clamped"
        return None

    def fitting(self) -> Range:
        """The range to try: a usual one that holds all values, else the whole numbers around them."""
        for low, high in USUAL:
            margin = MARGIN * min(high - low, self.largest - self.smallest)
            if (low, high) != self.shown and low - margin <= self.smallest and self.largest <= high + margin:
                return low, high
        return float(math.floor(self.smallest)), float(max(math.ceil(self.largest), math.floor(self.smallest) + 1))

    def note(self) -> str | None:
        """A line for the user that names the keys of a spec; None where nothing is in doubt."""
        doubt = self.doubt()
        if doubt is None:
            return None
        return (
            f"{doubt}: its output is from {self.smallest:.3g} to {self.largest:.3g}, and is shown as"
            f" {_text(self.shown)}. If that is not what it means, write output_range = {_text(self.fitting())} in a"
            " spec, and input_range if the model is not fed what it was trained on either."
        )


def _text(values: Range) -> str:
    return f"[{values[0]:g}, {values[1]:g}]"
