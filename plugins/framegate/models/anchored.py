"""Detectors whose boxes are counted from anchors, recognised by how many there are for the picture's size (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from framegate.interfaces import Size
from framegate.models.output_facts import OutputFacts

_GRIDS = ([[8, 2], [16, 6]], [[16, 2], [32, 6]], [[8, 2], [16, 2], [32, 6]], [[4, 1]])
"""Pixels between the cells of each grid, and anchors of each cell: MediaPipe's detectors."""
_STEPS = ((8, 16, 32, 64, 128), (8, 16, 32, 64), (8, 16, 32))
"""Pixels between the cells of the grids of detectors with distributions."""
_BINS = (8, 11, 16, 17)
"""How many numbers are the distribution of a side: NanoDet-Plus', NanoDet's, YOLOv8's and GFL's."""
_OTHER_YOLOS = {56: ["box", "score", "point*51"], 85: None}
"""Rows of as many numbers that are no box and scores: YOLOv8's of bodies, and YOLOX', which are counted from cells."""
_LEAST_CELLS = 64
"""Fewer may be anything else."""
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


def yolo_columns(output: OutputFacts, size: Size | None) -> list[str] | None:
    """What the numbers of a row are in an output [1, N, C] or [1, C, N] of YOLO; None if it is no such output.

    Args:
        output: the output.
        size: the picture that the model takes; None where that is open.
    """
    if size is None or len(output.one) != 2:
        return None
    cells = _count([[step, 1] for step in _STEPS[-1]], size)
    for boxes, scores in ((1, ["scores"]), (3, ["objectness", "scores"])):
        if cells < _LEAST_CELLS or boxes * cells not in output.one:
            continue
        first, last = output.one
        numbers = last if first == boxes * cells else first
        if boxes == 1 and numbers in _OTHER_YOLOS:
            return _OTHER_YOLOS[numbers]
        if numbers is not None and numbers >= _BOX + len(scores):
            return ["box", *scores]
    return None


class Distributions(NamedTuple):
    """The outputs of a detector whose sides of boxes are distributions, and what they are.

    Attributes:
        outputs: for each grid its boxes and its scores.
        grids: pixels between the cells of each grid, and 1.
        bins: how many numbers the distribution of a side has.
    """

    outputs: list[OutputFacts]
    grids: list[list[int]]
    bins: int


def distributions(outputs: Sequence[OutputFacts], size: Size | None) -> Distributions | None:
    """The outputs [1, N, 4 B] and [1, N, C], or [1, H, W, …], that have a row for each cell of three grids or more.

    Args:
        outputs: the outputs, in any order.
        size: the picture that the model takes; None where that is open.
    """
    if size is None:
        return None
    for steps in _STEPS:
        pairs = [[output for output in outputs if _has_cells(output, step, size)] for step in steps]
        if any(len(pair) != 2 for pair in pairs):
            continue
        boxes = next((output.one[-1] for output in pairs[0] if output.one[-1] in [_BOX * bins for bins in _BINS]), None)
        parts = [sorted(pair, key=lambda output: output.one[-1] != boxes) for pair in pairs]
        widths = {tuple(output.one[-1] for output in part) for part in parts}
        if boxes is not None and len(widths) == 1 and len({*widths.pop()}) == 2:
            return Distributions([output for part in parts for output in part], [[s, 1] for s in steps], boxes // _BOX)
    return None


def _has_cells(output: OutputFacts, step: int, size: Size) -> bool:
    """Whether it has a row for each cell of a grid."""
    down, across = -(-size.height // step), -(-size.width // step)
    return output.one[:-1] in ((down * across,), (down, across))


def _has_rows(output: OutputFacts, rows: int, *, is_box: bool) -> bool:
    if len(output.one) != 2 or output.one[0] != rows or output.one[1] is None:
        return False
    return (output.one[1] >= _BOX and output.one[1] % 2 == 0) if is_box else output.one[1] == 1


def _count(grids: list[list[int]], size: Size) -> int:
    return sum(-(-size.height // step) * -(-size.width // step) * anchors for step, anchors in grids)
