"""``toPixels`` as TF.js computes it, vectorised: exact rather than fast."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from framegate.render.base import CPURenderer
from framegate.render.oracle import to_pixels

if TYPE_CHECKING:
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout


class ToPixelsRenderer(CPURenderer):
    """Converts with the oracle itself."""

    def converter(self, picture: Layout) -> Convert:
        """The oracle, which allocates for each frame, as TF.js does."""
        return partial(to_pixels, drawing=picture.drawing)
