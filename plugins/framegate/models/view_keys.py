"""Guess the keys of a view that a spec leaves out, where shapes or last operations leave little doubt (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.interfaces import Size
from framegate.models.anchored import anchor_grids, distributions, grids_apart, yolo_columns
from framegate.models.output_facts import OutputFacts

_LINEAR = frozenset({
    "_fusedconv2d", "_fusedmatmul", "add", "addv2", "biasadd", "conv2d", "conv2dbackpropinput", "conv2dtranspose",
    "dense", "depthwiseconv2dnative", "linear", "matmul",
})  # fmt: skip
"""Last operations whose values have no ends, so that they are no probabilities."""
_COLUMNS: dict[tuple[int | None, ...], list[str]] = {
    (4,): ["box"],
    (6,): ["box", "score", "class"],
    (56,): ["point*51", "box", "score"],
}
_FLAT_POINTS: dict[int, dict[str, object]] = {
    34: {"columns": ["x", "y"], "skeleton": "body"},
    42: {"columns": ["x", "y"], "skeleton": "hand"},
    63: {"coordinates": "pixels", "skeleton": "hand"},
    132: {"columns": ["x", "y", "z", "score"]},
    136: {"columns": ["x", "y"]},
    165: {"columns": ["x", "y", "z", "visibility", "presence"], "coordinates": "pixels"},
    195: {"columns": ["x", "y", "z", "visibility", "presence"], "coordinates": "pixels"},
    1404: {"coordinates": "pixels"},
    1434: {"coordinates": "pixels"},
}
"""How many numbers well-known models return in one row, and what they are."""
_BODY_POINTS = 17
_ROWS_OF_POINTS: dict[tuple[int, ...], dict[str, object]] = {
    (17, 2): {"skeleton": "body"},
    (17, 3): {"columns": ["y", "x", "score"], "skeleton": "body"},
}
_BESIDE_ANCHORS = {"box_format": "cxcywh", "coordinates": "pixels", "logits": True}
_ANCHORED = {"columns": ["score", "box"], **_BESIDE_ANCHORS}
"""Of the rows of MediaPipe's detectors."""


def guess_keys(view: str, outputs: Sequence[OutputFacts], size: Size | None = None) -> dict[str, object]:
    """The keys of a built-in view that are guessed; a plugin's view has none.

    Args:
        view: the view's name.
        outputs: the outputs that it shows, the main one first.
        size: the picture that the model takes; None where that is open.
    """
    grids = anchor_grids(outputs[0], size) if view == "boxes" and len(outputs) == 1 else None
    if grids is not None:
        return {**_ANCHORED, "anchors": grids}
    columns = yolo_columns(outputs[0], size) if view == "boxes" and len(outputs) == 1 else None
    if columns is not None:
        return {"columns": columns, "box_format": "cxcywh"}
    apart = grids_apart(outputs, size) if view == "boxes" else None
    if apart is not None and list(outputs) == apart[1]:
        return {**_BESIDE_ANCHORS, "anchors": apart[0]}
    sides = distributions(outputs, size) if view == "boxes" else None
    if sides is not None and list(outputs) == sides.outputs:
        keys = {"box_format": "ltrb", "anchors": sides.grids, "bins": sides.bins}
        return keys | dict(_logits(outputs[1]))
    return dict(_RULES[view](outputs)) if view in _RULES else {}


def _map_keys(outputs: Sequence[OutputFacts]) -> Iterator[tuple[str, object]]:
    if outputs[0].map is not None and outputs[0].map != outputs[0].one:
        yield "channels_first", True


def _mask_keys(outputs: Sequence[OutputFacts]) -> Iterator[tuple[str, object]]:
    yield from _map_keys(outputs)
    yield from _logits(outputs[0])


def _logits(output: OutputFacts) -> Iterator[tuple[str, object]]:
    if output.end in _LINEAR:
        yield "logits", True


def _label_keys(outputs: Sequence[OutputFacts]) -> Iterator[tuple[str, object]]:
    if outputs[0].one[-1:] != (1,):  # a single number is no class of several
        yield from _logits(outputs[0])


def _box_keys(outputs: Sequence[OutputFacts]) -> Iterator[tuple[str, object]]:
    if len(outputs) > 1:
        yield from _logits(outputs[1])
    elif outputs[0].one[-1:] in _COLUMNS:
        yield "columns", _COLUMNS[outputs[0].one[-1:]]


def _point_keys(outputs: Sequence[OutputFacts]) -> Iterator[tuple[str, object]]:
    sides = tuple(side for side in outputs[0].one if side is not None and side != 1)
    if outputs[0].map is not None:
        # Not whether they are logits: of heat maps some are, and some are trained to be from 0 to 1.
        if outputs[0].map[2] == _BODY_POINTS:
            yield "skeleton", "body"
    else:
        yield from (_FLAT_POINTS.get(sides[0], {}) if len(sides) == 1 else _ROWS_OF_POINTS.get(sides, {})).items()


_RULES = {
    "boxes": _box_keys,
    "classes": _map_keys,
    "heatmap": _map_keys,
    "image": _map_keys,
    "label": _label_keys,
    "mask": _mask_keys,
    "points": _point_keys,
    "subpixel": _map_keys,
}
