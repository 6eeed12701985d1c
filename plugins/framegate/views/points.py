"""An output that says where points are: landmarks of a face, a hand or a body."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Pixels
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.drawing import Places, disc, line, square, stamp_at
from framegate.postprocess.keys import ViewKeys
from framegate.postprocess.maps import Float64
from framegate.postprocess.planes import named_output, written

_SKELETONS: Mapping[str, Sequence[tuple[int, int]]] = {
    "body": (
        (0, 1), (0, 2), (1, 3), (2, 4), (5, 6), (5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 12), (11, 13),
        (13, 15), (12, 14), (14, 16),
    ),
    "hand": (
        (0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6), (6, 7), (7, 8), (5, 9), (9, 10), (10, 11), (11, 12), (9, 13),
        (13, 14), (14, 15), (15, 16), (13, 17), (17, 18), (18, 19), (19, 20), (0, 17),
    ),
}  # fmt: skip
_LEAST_SIDE = 2
# exp of more does not fit into float32.
_STEEPEST = 80.0
_DISC_OF, _LINE_OF = 120, 240


class PointsView(View):
    """The frame with discs at points, and lines between those that a skeleton connects.

    The output has a row for each point, (1, N, 2), (1, N, 3), (1, 1, N, 3) and so on, or all rows in one, (1, N * 3);
    or a heat map for each, (1, H, W, N), of which the largest value is the point. A second output, (1, H, W, 2 N), then
    says how far each point is from there, in pixels of the input: down for all points, then across. A point whose score
    is too low, that is farther outside of the frame than the frame is large, or that is NaN, is not shown, nor are its
    lines.

    Keys: ``columns``, ``coordinates``, ``logits``, ``threshold``, ``skeleton``, ``radius``, ``colour``; see
    docs/views.md.
    """

    keys = frozenset({"colour", "columns", "coordinates", "logits", "radius", "skeleton", "threshold"})

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        keys = ViewKeys(request.options, self.keys)
        self._columns = keys.columns(("x", "y", "z"))
        if any(self._columns.count(axis) != 1 for axis in "xy") or self._columns.count("score") > 1:
            raise UsageError(
                f"columns = {list(self._columns)!r:.60} cannot be read; write such as ['y', 'x', 'score'] or ['x', 'y',"
                " 'z']; see docs/views.md"
            )
        self._score = ("score",) if "score" in self._columns else ()
        self._normalised = keys.word("coordinates", "normalised", ("normalised", "pixels")) == "normalised"
        self._logits = keys.flag("logits", default=False)
        self._threshold = keys.number("threshold", 0.3, -1e9, 1e9)
        named = _SKELETONS.get(str(keys.raw("skeleton", ())))
        self._skeleton = keys.pairs("skeleton") if named is None else named
        shown = request.placement.shown
        self._radius = keys.whole("radius", max(1, round(shown.height / _DISC_OF)), 0, 100)
        self._side = max(1, round(shown.height / _LINE_OF))
        self._disc, self._brush = disc(self._radius), square(self._side)
        self._colour = keys.colour("colour", (64, 255, 64))
        red, green, blue = self._colour
        self._line_colour = red // 2, green // 2, blue // 2
        self._picture = np.empty((*shown, 3), np.uint8)

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The frame, its lines and its points."""
        places, is_shown = self._places(self._points(outputs))
        np.copyto(self._picture, frame)
        for first, second in self._pairs(len(places)):
            if is_shown[first] and is_shown[second]:
                ends = (places[index].tolist() for index in (first, second))
                stamp_at(self._picture, line(*ends), self._brush, self._line_colour)
        stamp_at(self._picture, places[is_shown].T, self._disc, self._colour)
        return self._picture

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The same, point by point and pixel by pixel."""
        points = [self._plain_place(*point) for point in self._points(outputs).tolist()]
        picture, side = frame.copy(), self._side
        for first, second in self._pairs(len(points)):
            start, end = points[first], points[second]
            if start is not None and end is not None:
                for row, column in _plain_line(start, end):
                    rows, columns = ((max(at, 0), max(at + side, 0)) for at in (row - side // 2, column - side // 2))
                    picture[slice(*rows), slice(*columns)] = self._line_colour
        down, across = np.ogrid[: picture.shape[0], : picture.shape[1]]
        for row, column in filter(None, points):
            picture[(down - row) ** 2 + (across - column) ** 2 <= self._radius**2] = self._colour
        return picture

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """What the spec says, and the colours."""
        del outputs
        return {
            "shown": self.request.placement.shown,
            "columns": self._columns,
            "is_given": "columns" in self.request.options,
            "normalised": self._normalised,
            "logits": self._logits,
            "threshold": self._threshold,
            "skeleton": self._skeleton,
            "radius": self._radius,
            "side": self._side,
            "colour": self._colour,
            "line_colour": self._line_colour,
        }

    def _points(self, outputs: Mapping[str, Array]) -> Float64:
        """Each point: x and y in pixels of the input, and its score: infinity where it has none."""
        points = self._found(outputs)
        if self._logits:
            points[:, 2] = 1 / (1 + np.exp(-np.clip(points[:, 2], -_STEEPEST, _STEEPEST)))
        return points

    def _found(self, outputs: Mapping[str, Array]) -> Float64:
        name = self.request.outputs[0]
        values = named_output(outputs, name)
        sides = tuple(side for side in values.shape if side != 1)
        high, wide = self.request.placement.input_size
        if values.dtype.kind not in "biuf":
            raise self._unfit(values, name)
        if len(values.shape) == 4 and values.shape[0] == 1 and min(values.shape[1:3]) >= _LEAST_SIDE:
            return self._peaks(values[0], outputs)
        if len(sides) == 2 and sides[1] > max(self._columns.index(column) for column in ("x", "y", *self._score)):
            table = values.reshape(sides)
        elif len(sides) == 1:
            table = self._flat(values.ravel(), name)
        else:
            raise self._unfit(values, name)
        points = np.full((len(table), 3), np.inf)
        for at, column in enumerate(("x", "y", *self._score)):
            points[:, at] = table[:, self._columns.index(column)]
        return points * (wide, high, 1) if self._normalised else points

    def _peaks(self, maps: Array, outputs: Mapping[str, Array]) -> Float64:
        """The largest value of each heat map: x and y in pixels of the input, and itself."""
        height, width, count = maps.shape
        high, wide = self.request.placement.input_size
        flat = maps.reshape(-1, count)
        indices = flat.argmax(axis=0)
        rows, columns = indices // width, indices % width
        scores = flat[indices, np.arange(count)]
        if len(self.request.outputs) < 2:
            # Each cell stands for its centre.
            return np.stack([(columns + 0.5) / width * wide, (rows + 0.5) / height * high, scores], axis=1)
        offsets = self._offsets(outputs, (1, height, width, 2 * count)).reshape(-1, 2, count)
        down, across = offsets[indices, :, np.arange(count)].T
        # The outermost cells stand for the outermost pixels.
        x, y = columns * ((wide - 1) / (width - 1)) + across, rows * ((high - 1) / (height - 1)) + down
        return np.stack([x, y, scores], axis=1)

    def _offsets(self, outputs: Mapping[str, Array], shape: tuple[int, ...]) -> Float64:
        name = self.request.outputs[1]
        values = named_output(outputs, name)
        if values.shape != shape or values.dtype.kind not in "biuf":
            raise ModelError(
                f"output {name!r} is {values.dtype.name} {written(values.shape)}; how far points are from their places"
                f" in {self.request.outputs[0]!r} is {written(shape)}: down for all points, then across"
            )
        return values.astype(np.float64)

    def _flat(self, values: Array, name: str) -> Array:
        width = len(self._columns)
        if "columns" not in self.request.options and values.size % width:
            width = 2
        if values.size % width:
            raise self._unfit(values, name)
        return values.reshape(-1, width)

    def _unfit(self, values: Array, name: str) -> ModelError:
        return ModelError(
            f"output {name!r} is {values.dtype.name} {written(values.shape)}, which are no points with"
            f" {', '.join(self._columns)}: (1, N, {len(self._columns)}), (1, {len(self._columns)} N) or heat maps"
            " (1, H, W, N); columns = … in the spec names others"
        )

    def _pairs(self, count: int) -> Sequence[tuple[int, int]]:
        last = max(map(max, self._skeleton), default=-1)
        if last >= count > 0:
            raise ModelError(f"the skeleton connects point {last}, and there are {count} points, from 0")
        return self._skeleton if count else ()

    def _places(self, points: Float64) -> tuple[Places, NDArray[np.bool_]]:
        """Row and column of each point in the shown part, and whether it is shown."""
        place, shown = self.request.placement, np.array(self.request.placement.shown)
        places = points[:, 1::-1] * (place.scale_y, place.scale_x) + (place.top, place.left)
        # NaN is in no range.
        is_near = ((places >= -shown) & (places <= 2 * shown)).all(axis=1)
        is_shown = is_near & (points[:, 2] >= self._threshold)
        return np.floor(np.where(is_shown[:, np.newaxis], places, 0) + 0.5).astype(np.int64), is_shown

    def _plain_place(self, x: float, y: float, score: float) -> tuple[int, int] | None:
        place = self.request.placement
        row, column = y * place.scale_y + place.top, x * place.scale_x + place.left
        height, width = place.shown
        is_near = -height <= row <= 2 * height and -width <= column <= 2 * width
        if not (is_near and score >= self._threshold):
            return None
        return math.floor(row + 0.5), math.floor(column + 0.5)


def _plain_line(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    down, across = end[0] - start[0], end[1] - start[1]
    steps = max(abs(down), abs(across), 1)
    for step in range(steps + 1):
        yield (
            start[0] + math.floor((2 * step * down + steps) / (2 * steps)),
            start[1] + math.floor((2 * step * across + steps) / (2 * steps)),
        )
