"""Detectors whose boxes are counted from anchors, recognised by how many there are for the picture's size (pure)."""

from __future__ import annotations

from framegate.interfaces import Size
from framegate.models.output_facts import OutputFacts

_GRIDS = ([[8, 2], [16, 6]], [[8, 2], [16, 2], [32, 6]], [[4, 1]])
"""Pixels between the cells of each grid, and anchors of each cell: MediaPipe's detectors."""
_LEAST_NUMBERS = 5
"""Of a row: a score and a box; what follows is points of two numbers each, four at least."""
_LEAST_POINTS = 4
_LEAST_ROWS = 256


def anchor_grids(output: OutputFacts, size: Size | None) -> list[list[int]] | None:
    """The grids of anchors that an output [1, N, 5 + 2 P] has a row for; None if it is no such output.

    Args:
        output: the output.
        size: the picture that the model takes; None where that is open.
    """
    if size is None or len(output.one) != 2:
        return None
    rows, numbers = output.one
    if rows is None or rows < _LEAST_ROWS or numbers is None:
        return None
    points, odd = divmod(numbers - _LEAST_NUMBERS, 2)
    if odd or points < _LEAST_POINTS:
        return None
    return next((grids for grids in _GRIDS if _count(grids, size) == rows), None)


def _count(grids: list[list[int]], size: Size) -> int:
    return sum(-(-size.height // step) * -(-size.width // step) * anchors for step, anchors in grids)
