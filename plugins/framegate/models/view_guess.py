"""Guess the view that shows a model's outputs: from their names, shapes, types and last operations (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from framegate.errors import ModelError
from framegate.interfaces import TensorInfo
from framegate.models import graph
from framegate.models.anchored import anchor_grids, distributions, grids_apart, yolo_columns
from framegate.models.image_io import model_inputs
from framegate.models.output_facts import InputPicture, OutputFacts, input_picture, output_facts
from framegate.models.topology import ModelJson

_MASK = re.compile(r"mask|matte|segment|(^|[^a-z])(pha|alpha)($|[^a-z])|saliency")
_PEAKS = re.compile(r"heat_?map|confs?($|[^a-z])")
_HEAT = re.compile(r"depth(?!wise|_?to_?space)|dispar|heat_?map|confs?($|[^a-z])|density|(^|[^a-z])flow")
_POINTS = re.compile(r"landmark|key_?points?|mesh|joints|points($|[^a-z])")
_OFFSETS = re.compile(r"offset")
_BOXES = re.compile(r"box|bbox")
_SCORES = re.compile(r"score|conf|prob")
_CLASSES = re.compile(r"class|label|categor")
_DETECTIONS = re.compile(r"detect|object|(^|[^a-z])yolo")
_SUBPIXEL = re.compile(r"sub_?pixel|pixel_?shuffle|depth_?to_?space|espcn")
_NUMBERED = re.compile(r"Identity(?:_(\d+))?(?::0)?", re.ASCII)

_POINT_COUNTS = {
    34: "17 points of a body", 42: "21 points of a hand", 51: "17 points of a body", 63: "21 points of a hand",
    99: "33 points of a body", 117: "39 points of a body", 126: "two hands of 21 points", 132: "33 points of a body",
    136: "68 points of a face", 165: "33 points of a body", 195: "39 points of a body", 228: "76 points of an eye",
    936: "468 points of a face", 1404: "468 points of a face", 1434: "478 points of a face",
}  # fmt: skip
_POINT_NUMBERS = (2, 3)
_LEAST_POINTS, _MOST_POINTS = 4, 1000
_MOST_CLASSES = 256
_BOX = 4
_DETECTION = (6, 7)
"""Numbers in a row of a detection: a box, a score and a class, behind the number of the picture in some models."""
_BODY = 56
"""Numbers of a row of MoveNet for several bodies."""
_GREY_BLOCKS = (4, 9, 16)
_COLOUR_BLOCKS = (12, 27, 48)
_SAID = {"clip": "a clip", "relu": "a ReLU", "sigmoid": "a sigmoid", "softmax": "a softmax", "tanh": "a tanh"}
_BYTES_MADE = ("clip", "floor", "mul", "round", "tanh")
"""Last operations of a picture in bytes, where whole numbers of another making are classes."""
_LEAST_FLAT_SIDE = 8
_COUNTS = {1: "one channel", 2: "two channels", 3: "three channels", 4: "four channels"}


class ViewGuess(NamedTuple):
    """The view that shows a model, and why.

    Attributes:
        view: the view's name.
        outputs: names of the outputs that it shows, the main one first.
        reason: a clause without a full stop.
    """

    view: str
    outputs: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        """``mask of output a (one channel that ends in a sigmoid)``."""
        many = "outputs" if len(self.outputs) > 1 else "output"
        return f"{self.view} of {many} {', '.join(self.outputs)} ({self.reason})"


class _Model(NamedTuple):
    outputs: list[OutputFacts]
    picture: InputPicture


Rule = Callable[[_Model], Iterator[ViewGuess]]


def guess_view(
    name: str, model: ModelJson, outputs: Sequence[TensorInfo], *, view: str = "", among: Collection[str] = ()
) -> ViewGuess:
    """The view that shows the outputs: the first rule that fits decides.

    Args:
        name: the model's name or file, for the error.
        model: its model.json.
        outputs: its outputs in its order: of model.json alone, or as a loaded model reports them, with more sizes.
        view: the view if it is known, and only the outputs are to be guessed.
        among: names of the outputs to choose from; all if empty.

    Raises:
        ModelError: no output is numbers.
    """
    picture = input_picture(model_inputs(model))
    facts = _as_returned(model, output_facts(model, outputs, batched=picture.batched))
    numeric = [fact for fact in facts if fact.is_numeric and (not among or fact.info.name in among)]
    if not numeric:
        listed = "; ".join(str(fact.info) for fact in facts) or "none"
        raise ModelError(f"{name}: no output whose values are numbers; found {listed}")
    guesses = [guess for rule in _RULES for guess in rule(_Model(numeric, picture))]
    fitting = (guess for guess in guesses if not view or guess.view == view)
    return next(fitting, ViewGuess(view, guesses[0].outputs, guesses[0].reason))


def _as_returned(model: ModelJson, facts: list[OutputFacts]) -> list[OutputFacts]:
    """In the order in which the model returned them before it was converted, where their tensors are numbered.

    The converter calls them Identity, Identity_1, … and lists them in any order.
    """
    tensors = [port.tensor for port in graph.outputs(model)] if model.format == "graph" else []
    numbers = [int(match[1] or 0) for tensor in tensors if (match := _NUMBERED.fullmatch(tensor))]
    if len(numbers) != len(facts):
        return facts
    return [fact for _, fact in sorted(zip(numbers, facts, strict=True), key=itemgetter(0))]


def _named_boxes(model: _Model) -> Iterator[ViewGuess]:
    for boxes in _named(model, _BOXES):
        if boxes.info.shape[-1:] in ((_BOX,), (None,)):
            others = (next(_named(model, words, boxes), None) for words in (_SCORES, _CLASSES))
            chosen = [boxes, *dict.fromkeys(fact for fact in others if fact is not None)]
            yield _guess("boxes", chosen, "by their names" if len(chosen) > 1 else "by its name")
    for rows in _named(model, _DETECTIONS):
        if len(rows.one) == 2 and rows.one[-1] in _DETECTION:
            yield _guess("boxes", [rows], "by its name, and each row is a box, a score and a class")


def _boxes_beside_scores(model: _Model) -> Iterator[ViewGuess]:
    """[1, N, 4] beside [1, N, C] or [1, N]; the shortest first, which is what non-maximum suppression left."""
    pairs = []
    for boxes in model.outputs:
        rows = _rows(boxes)
        if rows is None or rows[1] != _BOX:
            continue
        others = [fact for fact in model.outputs if fact is not boxes and fact.one[:1] == (rows[0],)]
        per_class = [fact for fact in others if (row := _rows(fact)) is not None and row[1] != _BOX]
        single = [fact for fact in others if len(fact.one) == 1]
        pairs += [(rows[0] or _MOST_POINTS, boxes, scores) for scores in (per_class or single)[:1]]
    for _, boxes, scores in sorted(pairs, key=lambda pair: pair[0]):
        yield _guess("boxes", [boxes, scores], "rows of four numbers, and as many rows of scores")


def _boxes_by_number(model: _Model) -> Iterator[ViewGuess]:
    apart = grids_apart(model.outputs, model.picture.size)
    if apart is not None:
        grids, parts = apart
        reason = (
            f"boxes and scores of {len(grids)} grids, as many as MediaPipe's detectors have anchors for such a picture"
        )
        yield _guess("boxes", parts, reason)
    sides = distributions(model.outputs, model.picture.size)
    if sides is not None:
        reason = f"scores and distributions of {sides.bins} for each side of a box, for each cell of {len(sides.grids)}"
        yield _guess("boxes", sides.outputs, f"{reason} grids, as NanoDet and YOLOv8 have")
    for fact in model.outputs:
        rows = _rows(fact)
        if anchor_grids(fact, model.picture.size):
            reason = f"{fact.one[0]} rows of {fact.one[1]} numbers, as many as MediaPipe's detectors have anchors"
            yield _guess("boxes", [fact], f"{reason} for such a picture: a score, a box and points")
        if len(model.outputs) == 1 and yolo_columns(fact, model.picture.size):
            yield _guess("boxes", [fact], "rows or columns for boxes, as many as YOLO has for such a picture")
        if rows is not None and rows[1] == _BODY:
            reason = f"rows of {_BODY} numbers, as MoveNet's for several bodies: 17 points, a box and a score"
            yield _guess("boxes", [fact], reason)


def _masks_by_name(model: _Model) -> Iterator[ViewGuess]:
    for fact, channels in _maps(model):
        if _MASK.search(fact.name) and channels in (1, 2) and not fact.is_integer:
            yield _guess("mask", [fact], f"{_ending(channels, fact)}, and its name says so")


def _points_beside_offsets(model: _Model) -> Iterator[ViewGuess]:
    offsets: dict[int | None, OutputFacts] = {}
    for fact, channels in _maps(model):
        if _OFFSETS.search(fact.name):
            offsets.setdefault(channels, fact)
    for heat, points in _maps(model):
        if points is not None and points >= _LEAST_POINTS and _PEAKS.search(heat.name) and 2 * points in offsets:
            reason = f"heat maps of {points} points and how far they are from their cells, by their names"
            yield _guess("points", [heat, offsets[2 * points]], reason)


def _others_by_name(model: _Model) -> Iterator[ViewGuess]:
    for fact, channels in _maps(model):
        if _SUBPIXEL.search(fact.name) and channels in (*_GREY_BLOCKS, *_COLOUR_BLOCKS):
            yield _guess("subpixel", [fact], f"{channels} channels, and its name says so")
        if _PEAKS.search(fact.name) and _LEAST_POINTS <= (channels or 0) <= _MOST_CLASSES:
            yield _guess("points", [fact], f"heat maps of {channels} points, by its name")
        elif _HEAT.search(fact.name) and not fact.is_integer:
            yield _guess("heatmap", [fact], "by its name")
    for fact in _named(model, _POINTS):
        if fact.map is None and _is_points(fact.one):
            yield _guess("points", [fact], "by its name")


def _by_last_operation(model: _Model) -> Iterator[ViewGuess]:
    for fact, channels in _maps(model):
        ending = _ending(channels, fact)
        if fact.end == "argmax":
            yield _guess("classes", [fact], "the index of the largest of several channels")
        elif fact.info.dtype == "bool" and channels == 1:
            yield _guess("mask", [fact], "one channel of true and false")
        elif fact.is_integer and channels == 1 and fact.end not in _BYTES_MADE and model.picture.dtype == "float32":
            yield _guess("classes", [fact], "one channel of whole numbers")
        elif fact.end == "sigmoid" and channels == 1 and not _is_larger(fact, model):
            yield _guess("mask", [fact], ending)
        elif fact.end == "relu" and channels == 1:
            yield _guess("heatmap", [fact], f"{ending}: no number is the largest, as with depth")
        elif fact.end == "softmax":
            yield _guess("mask" if channels == 2 else "classes", [fact], ending)
        elif fact.end in ("tanh", "sigmoid", "clip") and channels in (3, 4):
            yield _guess("image", [fact], ending)
        elif _is_blocks(channels, fact, model):
            colours = "grey" if model.picture.channels == 1 else "colour"
            yield _guess("subpixel", [fact], f"{channels} channels for each pixel of a {colours} picture")


def _points(model: _Model) -> Iterator[ViewGuess]:
    for fact in model.outputs:
        shape = tuple(dim for dim in fact.one if dim != 1)
        if fact.map is not None or fact.end == "softmax":
            continue
        if len(shape) == 2 and _is_points(shape) and shape[1] in _POINT_NUMBERS and (shape[0] or 0) <= _MOST_POINTS:
            yield _guess("points", [fact], f"{shape[0]} rows of {shape[1]} numbers")
        if len(shape) == 1 and shape[0] in _POINT_COUNTS:
            yield _guess("points", [fact], f"{shape[0]} numbers, as many as {_POINT_COUNTS[shape[0] or 0]} have")


def _pictures(model: _Model) -> Iterator[ViewGuess]:
    for fact, channels in _maps(model):
        if channels == 2:
            yield _guess("mask", [fact], "two channels for each pixel: what is behind, and what is in front")
        elif fact.map is not None and channels in (1, 3, 4, None):
            yield _guess("image", [fact], _ending(channels, fact))


def _classes(model: _Model) -> Iterator[ViewGuess]:
    for fact, channels in _maps(model):
        if fact.map is None and fact.is_integer:
            yield _guess("classes", [fact], "one whole number for each pixel")
        elif channels is not None and 1 < channels <= _MOST_CLASSES:
            yield _guess("classes", [fact], f"{channels} channels for each pixel")


def _rows_of_detections(model: _Model) -> Iterator[ViewGuess]:
    for fact in model.outputs:
        rows = _rows(fact)
        if rows is not None and rows[1] in _DETECTION:
            yield _guess("boxes", [fact], f"rows of {rows[1]} numbers: a box, a score and a class")


def _depth(model: _Model) -> Iterator[ViewGuess]:
    for fact, channels in _maps(model):
        if channels == 1:
            yield _guess("heatmap", [fact], f"one number for each pixel{_in_words(fact)}")


def _label(model: _Model) -> Iterator[ViewGuess]:
    flat = [(fact, count) for fact in model.outputs if (count := _numbers(fact)) is not None and count > 1]
    alike = sum(fact.end == "softmax" for fact, _ in flat)
    which = f", the first of {alike} such outputs" if alike > 1 else ""
    for fact, count in sorted(flat, key=lambda pair: pair[0].end != "softmax"):
        yield _guess("label", [fact], f"{count} numbers{_in_words(fact)}{which if fact.end == 'softmax' else ''}")


def _whatever(model: _Model) -> Iterator[ViewGuess]:
    for fact in model.outputs:
        if len(fact.info.shape) in (3, 4) and _numbers(fact) is None:
            yield _guess("heatmap", [fact], "nothing tells what it is; it is the first output with rows and columns")
    for fact in model.outputs:
        single = _numbers(fact) == 1
        yield _guess("label", [fact], "a single number" if single else "nothing tells what it is; it is numbers")


_RULES: tuple[Rule, ...] = (
    _named_boxes, _boxes_beside_scores, _boxes_by_number, _masks_by_name, _points_beside_offsets, _others_by_name,
    _by_last_operation, _points, _pictures, _classes, _rows_of_detections, _depth, _label, _whatever,
)  # fmt: skip
"""The most telling one first."""


def _guess(view: str, facts: Sequence[OutputFacts], reason: str) -> ViewGuess:
    return ViewGuess(view, tuple(fact.info.name for fact in facts), reason)


def _named(model: _Model, words: re.Pattern[str], but: OutputFacts | None = None) -> Iterator[OutputFacts]:
    return (fact for fact in model.outputs if words.search(fact.name) and fact is not but)


def _maps(model: _Model) -> Iterator[tuple[OutputFacts, int | None]]:
    """The outputs with values for each place of a picture, and how many for each; 1 where there are no channels."""
    for fact in model.outputs:
        if fact.map is not None:
            yield fact, fact.map[2]
        elif _is_flat(fact, model):
            yield fact, 1


def _is_flat(fact: OutputFacts, model: _Model) -> bool:
    """Whether it is [N, height, width] or [height, width], in the proportions of the picture that the model takes."""
    is_squeezed = len(fact.info.shape) == 2 and model.picture.batched
    sides = fact.info.shape if is_squeezed else fact.one
    if len(sides) != 2:
        return False
    height, width = sides
    if height is None or width is None:
        # [N, C] would be as open.
        return height is width and (fact.end == "argmax" or not is_squeezed)
    size = model.picture.size
    fits = height * size.width == width * size.height if size else height == width or fact.end == "argmax"
    return fits and min(height, width) >= _LEAST_FLAT_SIDE


def _rows(fact: OutputFacts) -> tuple[int | None, int | None] | None:
    """Rows and columns of [1, N, C] or [1, N, 1, C]."""
    if len(fact.one) == 3 and fact.one[1] == 1:
        return fact.one[0], fact.one[2]
    return (fact.one[0], fact.one[1]) if len(fact.one) == 2 else None


def _numbers(fact: OutputFacts) -> int | None:
    """How many numbers an output has that is but one row of them."""
    *rest, last = fact.one or (1,)
    return last if all(dim == 1 for dim in rest) else None


def _is_points(shape: Sequence[int | None]) -> bool:
    sides = [dim for dim in shape if dim not in (None, 1)]
    return bool(sides) and sides[0] >= (_LEAST_POINTS if len(sides) > 1 else _LEAST_POINTS * min(_POINT_NUMBERS))


def _is_larger(fact: OutputFacts, model: _Model) -> bool:
    size = model.picture.size
    return fact.map is not None and size is not None and (fact.map[0] or 0) > size.height


def _is_blocks(channels: int | None, fact: OutputFacts, model: _Model) -> bool:
    """Whether the channels of a pixel are a block of a larger picture."""
    if model.picture.channels == 1:
        return channels in _GREY_BLOCKS
    return channels in _COLOUR_BLOCKS and fact.end in ("tanh", "clip")


def _ending(channels: int | None, fact: OutputFacts) -> str:
    count = "any number of channels" if channels is None else _COUNTS.get(channels, f"{channels} channels")
    return f"{count} that end{'s' if channels == 1 else ''} in {_SAID[fact.end]}" if fact.end in _SAID else count


def _in_words(fact: OutputFacts) -> str:
    return f" that end in {_SAID[fact.end]}" if fact.end in _SAID else ""
