"""Boxes, scores and classes as models return them, and which of them are shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np

from framegate.errors import ModelError
from framegate.interfaces import Array, Size
from framegate.postprocess.maps import Float64
from framegate.postprocess.placement import InputPlacement
from framegate.postprocess.planes import named_output, written

BoxFormat = Literal["yxyx", "xyxy", "cxcywh", "xywh", "ltrb"]
BOX_FORMATS: tuple[BoxFormat, ...] = get_args(BoxFormat)
MOST_CLASSES = 100_000
FARTHEST = 1e6
# exp of more does not fit into float32.
_STEEPEST = 80.0
_SIDES = 4


class Box(NamedTuple):
    """What is shown of a detection: a box in pixels of the shown part, its score and its class."""

    left: float
    top: float
    right: float
    bottom: float
    score: float
    number: int


class Raw(NamedTuple):
    """Detections as the model returns them.

    Attributes:
        boxes: (N, 4), or (N, 4 B) where each side is a distribution.
        scores: (N, C), for each class, or (N, 1).
        objectness: (N,), by which the scores are multiplied; None if there is none.
        classes: (N,), the class of each; None if the scores say so.
    """

    boxes: Array
    scores: Array
    objectness: Array | None = None
    classes: Array | None = None


def raw_outputs(outputs: Mapping[str, Array], names: Sequence[str], numbers: int = _SIDES) -> Raw:
    """Detections in several outputs: boxes, scores and, where there are three or more, classes.

    Args:
        outputs: the model's outputs.
        names: the outputs, in that order.
        numbers: how many numbers a box has.

    Raises:
        ModelError: one is not there, or their shapes do not belong together.
    """
    arrays = [named_output(outputs, name) for name in names[:3]]
    boxes, scores = arrays[0], arrays[1]
    count = boxes.size // numbers
    fits = (
        boxes.shape[-1:] == (numbers,) and scores.size % count == 0 and scores.size >= count
        if count
        else not scores.size
    )
    with_classes = len(arrays) == 3
    if not fits or (with_classes and not scores.size == arrays[2].size == count) or not _are_numbers(arrays):
        shapes = ", ".join(f"{name} {written(array.shape)}" for name, array in zip(names, arrays, strict=False))
        raise ModelError(
            f"the outputs {shapes} are no boxes, scores and classes in this order: (1, N, {numbers}), (1, N) or"
            ' (1, N, C), and (1, N); output = ["…", "…"] in the spec names them'
        )
    classes = arrays[2].reshape(count) if with_classes else None
    return Raw(
        boxes.reshape(count, numbers), scores.reshape(count, scores.size // count if count else 1), None, classes
    )


def raw_grids(outputs: Mapping[str, Array], names: Sequence[str], numbers: int = _SIDES) -> Raw:
    """Detections of several grids, boxes and scores of one after another: (1, N, 4 or more) and (1, N) or (1, N, C).

    Either may have a row and a column instead of one N: (1, H, W, 4 or more).

    Args:
        outputs: the model's outputs.
        names: the outputs, in that order.
        numbers: how many numbers a box has.

    Raises:
        ModelError: one is not there, or their shapes do not belong together.
    """
    arrays = [named_output(outputs, name) for name in names]
    parts = list(zip(arrays[::2], arrays[1::2], strict=False))
    fit = len(arrays) % 2 == 0 and _are_numbers(arrays) and all(_are_boxes(*part, numbers) for part in parts)
    if not fit or len({scores.size // _rows(boxes) for boxes, scores in parts}) != 1:
        shapes = ", ".join(f"{name} {written(array.shape)}" for name, array in zip(names, arrays, strict=True))
        raise ModelError(
            f"the outputs {shapes} are no boxes and scores of several grids, two for each in this order:"
            f' (1, N, {numbers}) and (1, N) or (1, N, C); output = ["…", "…"] in the spec names them'
        )
    return Raw(
        np.concatenate([boxes.reshape(-1, boxes.shape[-1])[:, :numbers] for boxes, _ in parts]),
        np.concatenate([scores.reshape(_rows(boxes), -1) for boxes, scores in parts]),
    )


def _rows(boxes: Array) -> int:
    return boxes.size // int(boxes.shape[-1])


def _are_boxes(boxes: Array, scores: Array, numbers: int) -> bool:
    """Whether they are boxes of one picture, and as many rows of scores."""
    if boxes.ndim < 2 or boxes.shape[-1] < numbers or 0 in boxes.shape or (boxes.ndim > 2 and boxes.shape[0] != 1):
        return False
    return scores.size > 0 and scores.size % _rows(boxes) == 0


def raw_rows(outputs: Mapping[str, Array], name: str, columns: Sequence[str], numbers: int = _SIDES) -> Raw:
    """Detections in one output: a row for each, with the columns in that order, or a column for each.

    Args:
        outputs: the model's outputs.
        name: the output.
        columns: ``box``, ``score``, ``objectness``, ``class``, ``scores`` (all that are left), or any other word for
            one that is not shown. Without a score, all detections have 1.
        numbers: how many columns a box has.

    Raises:
        ModelError: there is no such output, or too few columns.
    """
    values = named_output(outputs, name)
    sides = tuple(side for side in values.shape[:-2] if side != 1)
    width = sum(numbers if column == "box" else 1 for column in columns)
    rows: Array | None = values.reshape(values.shape[-2:]) if len(values.shape) >= 2 and not sides else None
    # There are more detections than columns of each, unless the last side is as the spec says.
    if rows is not None and rows.shape[1] != width and width <= rows.shape[0] < rows.shape[1]:
        rows = rows.T
    if rows is None or rows.shape[1] < width or not _are_numbers([rows]):
        raise ModelError(
            f"output {name!r} is {values.dtype.name} {written(values.shape)}; rows of {', '.join(columns)} have at"
            f" least {width} numbers, as in (1, N, {width}) or (1, {width}, N); columns = … in the spec names others"
        )
    parts = dict(_columns(rows, columns, {"box": numbers, "scores": rows.shape[1] - width + 1}))
    return Raw(
        parts["box"],
        parts["scores"] if "scores" in parts else parts.get("score", np.ones((len(rows), 1), np.float32)),
        parts["objectness"][:, 0] if "objectness" in parts else None,
        parts["class"][:, 0] if "class" in parts else None,
    )


def _columns(rows: Array, columns: Sequence[str], widths: Mapping[str, int]) -> Iterator[tuple[str, Array]]:
    start = 0
    for column in columns:
        end = start + widths.get(column, 1)
        yield column, rows[:, start:end]
        start = end


def _are_numbers(arrays: Sequence[Array]) -> bool:
    return all(array.dtype.kind in "biuf" for array in arrays)


@dataclass(frozen=True)
class Selection:
    """Which detections are shown, and where.

    Attributes:
        placement: where the model's input lies.
        box_format: what the four numbers of a box are.
        normalised: whether they are shares of the input; pixels of it otherwise.
        threshold: the least score.
        overlap: the largest overlap, intersection over union, of two boxes of one class that are both shown.
        most: the largest number of boxes.
        logits: whether scores are what a sigmoid makes probabilities of.
        background: the number of the column of scores that stands for nothing; None if there is none.
        anchors: of each box the cell that it is counted from, (N, 3): x and y of its centre and the distance to the
            next one, in pixels of the input; None where boxes are counted from the input's corner.
    """

    placement: InputPlacement
    box_format: BoxFormat = "yxyx"
    normalised: bool = True
    threshold: float = 0.5
    overlap: float = 1.0
    most: int = 100
    logits: bool = False
    background: int | None = None
    anchors: Float64 | None = None

    def __call__(self, raw: Raw) -> list[Box]:
        """The boxes that are shown, the highest score first, and the earlier one of equals."""
        table = raw.scores if self.background is None else np.delete(raw.scores, self.background, axis=1)
        scores = self._shares(table.max(axis=1))
        if raw.objectness is not None:
            scores *= self._shares(raw.objectness)
        rows = np.flatnonzero(scores >= self.threshold)
        if raw.classes is not None:
            numbers = raw.classes[rows].astype(np.float64)
        else:
            numbers = table[rows].argmax(axis=1).astype(np.float64)
            if self.background is not None:
                numbers += numbers >= self.background
        corners = self._corners(raw.boxes[rows], None if self.anchors is None else self.anchors[rows])
        valid = np.isfinite(corners).all(axis=1) & (np.abs(numbers) <= MOST_CLASSES)
        order = np.argsort(-scores[rows][valid], kind="stable")
        rows, corners, numbers = rows[valid][order], corners[valid][order], np.rint(numbers[valid][order])
        table = np.column_stack([corners, scores[rows], numbers]).tolist()
        chosen = (table[index] for index in self._apart(corners, numbers))
        return [Box(left, top, right, bottom, score, int(at)) for left, top, right, bottom, score, at in chosen]

    def _shares(self, values: Array) -> Float64:
        exact = values.astype(np.float64)
        return 1 / (1 + np.exp(-np.clip(exact, -_STEEPEST, _STEEPEST))) if self.logits else exact

    def _corners(self, boxes: Array, anchors: Float64 | None) -> Float64:
        """Left, top, right and bottom in pixels of the shown part."""
        place = self.placement
        with np.errstate(invalid="ignore"):
            if self.box_format == "ltrb" and anchors is not None:
                left, top, right, bottom = distances(boxes).T * anchors[:, 2]
                x, y, other_x, other_y = np.stack([-left, -top, right, bottom]) + anchors[:, [0, 1, 0, 1]].T
            else:
                x, y, other_x, other_y = self._ends(boxes, anchors)
            across = np.stack([x, other_x]) * place.scale_x + place.left
            down = np.stack([y, other_y]) * place.scale_y + place.top
        sides = [across.min(axis=0), down.min(axis=0), across.max(axis=0), down.max(axis=0)]
        corners = np.stack(sides, axis=1)
        return np.where(np.isfinite(corners), np.clip(corners, -FARTHEST, FARTHEST), corners)

    def _ends(self, boxes: Array, anchors: Float64 | None) -> tuple[Float64, Float64, Float64, Float64]:
        """Two corners, x and y of each, in pixels of the input."""
        first, second, third, fourth = boxes.T.astype(np.float64)
        if self.box_format == "yxyx":
            first, second, third, fourth = second, first, fourth, third
        wide, high = self.placement.input_size[::-1] if self.normalised else (1, 1)
        x, y = first * wide, second * high
        if anchors is not None:
            x, y = x + anchors[:, 0], y + anchors[:, 1]
        other_x, other_y = third * wide, fourth * high
        if self.box_format == "cxcywh":
            x, y = x - other_x / 2, y - other_y / 2
        if self.box_format in ("xywh", "cxcywh"):
            other_x, other_y = x + other_x, y + other_y
        return x, y, other_x, other_y

    def _apart(self, corners: Float64, numbers: Float64) -> Iterator[int]:
        """Indices of boxes that overlap no better one of their class too much."""
        shown = np.ones(len(corners), bool)
        areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
        count = 0
        for index in range(len(corners)):
            if not shown[index]:
                continue
            yield index
            count += 1
            if count == self.most:
                return
            if self.overlap < 1:
                rest = slice(index + 1, None)
                common = np.minimum(corners[rest, 2:], corners[index, 2:])
                common = np.maximum(common - np.maximum(corners[rest, :2], corners[index, :2]), 0).prod(axis=1)
                # Without a division, as there may be boxes without an area.
                close = common > self.overlap * (areas[rest] + areas[index] - common)
                shown[rest] &= ~(close & (numbers[rest] == numbers[index]))


def distances(boxes: Array) -> Float64:
    """How far the sides of boxes are from where they are counted from, in cells, (N, 4): left, top, right, bottom.

    Args:
        boxes: (N, 4), the distances themselves; or (N, 4 B), for each side what softmax makes the shares of 0 to B - 1
            from, whose mean the distance is (the distributions of GFL, NanoDet and YOLOv8). NaN where one of the
            numbers is no finite one.
    """
    bins = boxes.shape[1] // _SIDES
    exact = boxes.astype(np.float64).reshape(len(boxes), _SIDES, bins)
    exact = np.where(np.isfinite(exact), exact, np.nan)
    if bins == 1:
        return exact[:, :, 0]
    shares = np.exp(exact - exact.max(axis=2, keepdims=True))
    means: Float64 = shares @ np.arange(bins) / shares.sum(axis=2)
    return means


def anchor_cells(grids: Sequence[tuple[int, int]], size: Size) -> Float64:
    """The cells that a detector's boxes are counted from, by rows, columns and anchors of a cell.

    Args:
        grids: for each grid the pixels between its cells and the anchors of each cell, such as [(8, 2), (16, 6)].
        size: the input's size.

    Returns:
        (N, 3): x and y of the cell's centre and the pixels to the next cell, in pixels of the input.
    """
    cells = []
    for step, count in grids:
        down, across = np.mgrid[: -(-size.height // step), : -(-size.width // step)]
        centres = (np.stack([across.ravel(), down.ravel()], axis=1) + 0.5) * step
        cells.append(np.insert(centres, 2, step, axis=1).repeat(count, axis=0))
    return np.concatenate(cells)


def plain_boxes(selection: Selection, raw: Raw) -> list[Box]:
    """What `Selection` is compared with: one detection after another, without numpy."""
    boxes = [box for row in range(len(raw.boxes)) for box in _plain_box(selection, raw, row)]
    boxes.sort(key=lambda box: -box.score)
    shown: list[Box] = []
    for box in boxes:
        if len(shown) < selection.most and not any(
            other.number == box.number and _overlap(other, box) > selection.overlap for other in shown
        ):
            shown.append(box)
    return shown


def _plain_box(selection: Selection, raw: Raw, row: int) -> Iterator[Box]:
    table = raw.scores[row].tolist()
    columns = [column for column in range(len(table)) if column != selection.background]
    if any(math.isnan(table[column]) for column in columns):
        return
    best = max(columns, key=lambda column: table[column])
    score = _plain_share(selection, table[best])
    if raw.objectness is not None:
        score *= _plain_share(selection, raw.objectness[row].item())
    number = best if raw.classes is None else raw.classes[row].item()
    numbers = list(map(float, raw.boxes[row].tolist()))
    if not (score >= selection.threshold and all(map(math.isfinite, [*numbers, number]))):
        return
    if abs(number) > MOST_CLASSES:
        return
    place = selection.placement
    x, y, other_x, other_y = _plain_ends(selection, numbers, row)
    across = sorted(place.left + end * place.scale_x for end in (x, other_x))
    down = sorted(place.top + end * place.scale_y for end in (y, other_y))
    ends = (across[0], down[0], across[1], down[1])
    left, top, right, bottom = (min(max(end, -FARTHEST), FARTHEST) for end in ends)
    yield Box(left, top, right, bottom, score, round(number))


def _plain_ends(selection: Selection, numbers: list[float], row: int) -> tuple[float, float, float, float]:
    place = selection.placement
    wide, high = (place.input_size.width, place.input_size.height) if selection.normalised else (1, 1)
    shift_x, shift_y, step = (0.0, 0.0, 0.0) if selection.anchors is None else selection.anchors[row].tolist()
    if selection.box_format == "ltrb":
        bins = len(numbers) // _SIDES
        sides = (numbers[start : start + bins] for start in range(0, len(numbers), bins))
        left, top, right, bottom = (step * _plain_mean(side) for side in sides)
        return shift_x - left, shift_y - top, shift_x + right, shift_y + bottom
    if selection.box_format == "yxyx":
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    x, y = numbers[0] * wide + shift_x, numbers[1] * high + shift_y
    if selection.box_format in ("yxyx", "xyxy"):
        return x, y, numbers[2] * wide, numbers[3] * high
    width, height = numbers[2] * wide, numbers[3] * high
    x, y = (x - width / 2, y - height / 2) if selection.box_format == "cxcywh" else (x, y)
    return x, y, x + width, y + height


def _plain_mean(numbers: list[float]) -> float:
    if len(numbers) == 1:
        return numbers[0]
    largest = max(numbers)
    shares = [math.exp(number - largest) for number in numbers]
    return sum(place * share for place, share in enumerate(shares)) / sum(shares)


def _plain_share(selection: Selection, value: float) -> float:
    return 1 / (1 + math.exp(-min(max(value, -_STEEPEST), _STEEPEST))) if selection.logits else value


def _overlap(one: Box, other: Box) -> float:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    areas = ((box.right - box.left) * (box.bottom - box.top) for box in (one, other))
    return width * height / (sum(areas) - width * height)
