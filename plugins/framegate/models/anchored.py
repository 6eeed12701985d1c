"""Detectors whose boxes are counted from anchors, recognised by how many there are for the picture's size (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from framegate.interfaces import Size
from framegate.models.output_facts import OutputFacts

_GRIDS = ([[8, 2], [16, 6]], [[16, 2], [32, 6]], [[8, 2], [16, 2], [32, 6]], [[4, 1]])
"""Pixels between the cells of each grid, and anchors of each cell: MediaPipe's detectors."""
_BOX = 4
_LEAST_NUMBERS = 1 + _BOX
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


def grids_apart(outputs: Sequence[OutputFacts], size: Size | None) -> tuple[list[list[int]], list[OutputFacts]] | None:
    """The grids of anchors that outputs [1, N, 4 + 2 P] and [1, N, 1] have rows for, two per grid; None for others.

    Args:
        outputs: the outputs, in any order.
        size: the picture that the model takes; None where that is open.

    Returns:
        The grids, and for each its boxes and its scores.
    """
    if size is None:
        return None
    for grids in (grids for grids in _GRIDS if len(grids) > 1):
        parts = [
            [output for output in outputs if _has_rows(output, _count([grid], size), is_box=is_box)]
            for grid in grids
            for is_box in (True, False)
        ]
        if all(len(part) == 1 for part in parts):
            return grids, [output for part in parts for output in part]
    return None


def _has_rows(output: OutputFacts, rows: int, *, is_box: bool) -> bool:
    if len(output.one) != 2 or output.one[0] != rows or output.one[1] is None:
        return False
    return (output.one[1] >= _BOX and output.one[1] % 2 == 0) if is_box else output.one[1] == 1


def _count(grids: list[list[int]], size: Size) -> int:
    return sum(-(-size.height // step) * -(-size.width // step) * anchors for step, anchors in grids)
