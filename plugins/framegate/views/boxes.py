"""Outputs that say what is where: boxes around things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Pixels
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.detections import (
    BOX_FORMATS,
    FARTHEST,
    MOST_CLASSES,
    Box,
    Raw,
    Selection,
    anchor_cells,
    plain_boxes,
    raw_grids,
    raw_outputs,
    raw_rows,
)
from framegate.postprocess.drawing import RGB, Rectangle, Tags, outline, page_percents, page_tags, paste
from framegate.postprocess.keys import ViewKeys
from framegate.postprocess.labels import label_of, labels
from framegate.postprocess.palettes import palette

_THICKEST_OF = 240
_WITH_CLASSES = 3
"""Outputs that are boxes, scores and classes."""
_CLASSES = 256
"""Classes that a page has the names of, where an output holds their numbers and the spec has fewer labels."""


class BoxesView(View):
    """The frame with boxes, labels and scores over it, those with higher scores on top.

    Two outputs are boxes and scores, (1, N, 4) and (1, N) or (1, N, C); a third one has the class of each box, and then
    the graph is taken to have suppressed overlapping boxes itself. With ``anchors``, four and more are boxes and
    scores of one grid after another. One output has rows, or columns, whose parts the key
    ``columns`` names. A box with NaN or an infinity is not shown.

    Keys: ``box_format``, ``coordinates``, ``columns``, ``threshold``, ``iou``, ``most``, ``logits``, ``labels``,
    ``first_class``, ``background_class``, ``anchors``, ``bins``, ``palette``; see docs/views.md.
    """

    keys = frozenset({
        "anchors", "background_class", "bins", "box_format", "columns", "coordinates", "first_class", "iou", "labels",
        "logits", "most", "palette", "threshold",
    })  # fmt: skip

    def __init__(self, request: ViewRequest) -> None:
        super().__init__(request)
        keys = ViewKeys(request.options, self.keys)
        self._columns = keys.columns(("box", "scores"))
        scores = [column for column in self._columns if column in ("score", "scores")]
        if self._columns.count("box") != 1 or len(scores) > 1:
            raise UsageError(
                f"columns = {list(self._columns)!r:.60} cannot be read; write such as ['box', 'objectness', 'scores']:"
                " a box, and either a score or the scores; see docs/views.md"
            )
        grids = keys.pairs("anchors", 1)
        box_format = keys.word("box_format", BOX_FORMATS[0], BOX_FORMATS)
        bins = keys.whole("bins", 1, 1, 999)
        if box_format == "ltrb" and not grids:
            raise UsageError(
                "box_format = 'ltrb' counts from cells, and anchors in the spec does not say which, as in"
                " anchors = [[8, 1], [16, 1]]; see docs/views.md"
            )
        if bins > 1 and box_format != "ltrb":
            raise UsageError(f"bins = {bins} goes with box_format = 'ltrb', not with {box_format!r}; see docs/views.md")
        self._numbers = 4 * bins
        self._is_apart = bool(grids) and len(request.outputs) > _WITH_CLASSES
        has_classes = (len(request.outputs) >= _WITH_CLASSES and not self._is_apart) or "class" in self._columns
        self._select = Selection(
            placement=request.placement,
            box_format=box_format,
            normalised=keys.word("coordinates", "normalised", ("normalised", "pixels")) == "normalised",
            threshold=keys.number("threshold", 0.5, -1e9, 1e9),
            overlap=keys.number("iou", 1 if has_classes else 0.5, 0, 1),
            most=keys.whole("most", 100, 1, 10_000),
            logits=keys.flag("logits", default=False),
            background=keys.whole("background_class", None, 0, 9999),
            anchors=anchor_cells(grids, request.placement.input_size) if grids else None,
        )
        self._first = keys.whole("first_class", 0, -9999, 9999)
        self._labels = labels(keys.raw("labels", ()))
        self._palette = [(int(red), int(green), int(blue)) for red, green, blue in palette(keys.raw("palette", "hues"))]
        self._tags = Tags(request.placement.shown)
        self._thickness = max(1, round(request.placement.shown.height / _THICKEST_OF))
        self._picture = np.empty((*request.placement.shown, 3), np.uint8)
        self._is_named = has_classes or bool(self._labels)

    def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The frame, and the boxes that are good enough."""
        np.copyto(self._picture, frame)
        self._draw(self._picture, self._raw(outputs), self._select, outline)
        return self._picture

    def expected(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
        """The same, detection by detection and pixel by pixel."""
        picture = frame.copy()
        self._draw(picture, self._raw(outputs), partial(plain_boxes, self._select), _plain_outline)
        return picture

    def page_settings(self, outputs: Mapping[str, Array]) -> Mapping[str, object]:
        """What the spec says, and the text of each class."""
        select, raw = self._select, self._raw(outputs)
        settings = {
            "shown": self.request.placement.shown,
            "columns": self._columns,
            "numbers": self._numbers,
            "box_format": select.box_format,
            "normalised": select.normalised,
            "threshold": select.threshold,
            "iou": select.overlap,
            "most": select.most,
            "most_classes": MOST_CLASSES,
            "farthest": FARTHEST,
            "logits": select.logits,
            "background": select.background,
            "anchors": None if select.anchors is None else select.anchors.tolist(),
            "palette": np.array(self._palette, np.uint8),
            "thickness": self._thickness,
            **page_percents(self._tags),
        }
        if not self._has_names(raw):
            return settings
        least = min(0, self._first)
        count = raw.scores.shape[1] if raw.classes is None else _CLASSES
        numbers = range(least, max(count, self._first + len(self._labels)))
        return settings | {"least": least} | page_tags("name", [self._name(number) for number in numbers])

    def _has_names(self, raw: Raw) -> bool:
        return self._is_named or raw.scores.shape[1] > 1 + (self._select.background is not None)

    def _name(self, number: int) -> Pixels:
        """The tag of a class."""
        return self._tags.tag(label_of(self._labels, number, self._first), self._palette[number % len(self._palette)])

    def _raw(self, outputs: Mapping[str, Array]) -> Raw:
        names = self.request.outputs
        if self._is_apart:
            raw = raw_grids(outputs, names, self._numbers)
        elif len(names) > 1:
            raw = raw_outputs(outputs, names, self._numbers)
        else:
            raw = raw_rows(outputs, names[0], self._columns, self._numbers)
        count, columns = raw.scores.shape
        if self._select.anchors is not None and len(self._select.anchors) != count:
            raise ModelError(
                f"anchors in the spec are {len(self._select.anchors)} for an input of"
                f" {self.request.placement.input_size} pixels, and output {names[0]!r} has {count} boxes"
            )
        background = self._select.background
        if background is not None and not (background < columns and columns > 1):
            raise ModelError(f"background_class = {background}, but there are scores of {columns} classes, from 0")
        return raw

    def _draw(
        self,
        picture: Pixels,
        raw: Raw,
        select: Callable[[Raw], list[Box]],
        edges: Callable[[Pixels, Rectangle, int, RGB], None],
    ) -> None:
        is_named = self._has_names(raw)
        for box in reversed(select(raw)):
            left, top, right, bottom = (int(np.floor(side + 0.5)) for side in box[:4])
            colour = self._palette[box.number % len(self._palette)]
            edges(picture, Rectangle(top, left, bottom, right), self._thickness, colour)
            score = self._tags.percent(box.score)
            above = top - score.shape[0] if top >= score.shape[0] else top
            if is_named:
                name = self._name(box.number)
                paste(picture, name, above, left)
                left += name.shape[1]
            paste(picture, score, above, left)


def _plain_outline(picture: Pixels, rectangle: Rectangle, thickness: int, colour: RGB) -> None:
    top, left, bottom, right = rectangle
    rows, columns = np.arange(picture.shape[0])[:, np.newaxis], np.arange(picture.shape[1])
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    deep = (rows >= top + thickness) & (rows < bottom - thickness)
    picture[inside & ~(deep & (columns >= left + thickness) & (columns < right - thickness))] = colour
