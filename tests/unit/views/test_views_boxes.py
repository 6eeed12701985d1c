"""Boxes, by hand and against the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from shown_views import PLACEMENTS, SAME, new_frame, new_view, off, plain_frame

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Pixels, Size
from framegate.postprocess.detections import (
    Box,
    Selection,
    anchor_cells,
    plain_boxes,
    raw_grids,
    raw_outputs,
    raw_rows,
)
from framegate.postprocess.placement import InputPlacement
from framegate.words import Fit

LARGE = InputPlacement.same(Size(100, 200))


def shown(raw: Any, placement: InputPlacement = LARGE, **options: Any) -> list[Box]:
    select = Selection(placement, **options)
    boxes = select(raw)
    plain = plain_boxes(select, raw)
    assert [box.number for box in boxes] == [box.number for box in plain]
    assert np.array(boxes) == pytest.approx(np.array(plain))
    return boxes


def outputs(boxes: list[list[float]], scores: list[Any], classes: list[float] | None = None) -> dict[str, Array]:
    arrays = {"boxes": np.array([boxes], np.float32), "scores": np.array([scores], np.float32)}
    return arrays if classes is None else arrays | {"classes": np.array([classes], np.float32)}


@pytest.mark.parametrize(
    ("box_format", "numbers"),
    [
        ("yxyx", [0.1, 0.2, 0.5, 0.6]),
        ("xyxy", [0.2, 0.1, 0.6, 0.5]),
        ("xywh", [0.2, 0.1, 0.4, 0.4]),
        ("cxcywh", [0.4, 0.3, 0.4, 0.4]),
    ],
)
def test_boxes_have_four_forms(box_format: str, numbers: list[float]) -> None:
    (box,) = shown(raw_outputs(outputs([numbers], [0.875]), ("boxes", "scores")), box_format=box_format)
    assert box == pytest.approx((40, 10, 120, 50, 0.875, 0))


def test_boxes_in_pixels_of_the_input_are_mapped_to_the_frame() -> None:
    placement = InputPlacement.of(Size(200, 400), Size(100, 100), "letterbox")
    raw = raw_outputs(outputs([[12.5, 0, 87.5, 50]], [1]), ("boxes", "scores"))
    (box,) = shown(raw, placement, normalised=False)
    assert box[:4] == pytest.approx((0, -50, 200, 250))


def test_the_best_class_of_several_counts() -> None:
    raw = raw_outputs(outputs([[0, 0, 1, 1]] * 3, [[0.1, 0.7], [0.6, 0.2], [0.4, 0.4]]), ("boxes", "scores"))
    assert [box[4:] for box in shown(raw)] == [pytest.approx((0.7, 1)), pytest.approx((0.6, 0))]
    raw = raw_outputs(outputs([[0, 0, 1, 1]] * 2, [[0.9, 0.6, 0.7], [0.9, 0.6, 0.1]]), ("boxes", "scores"))
    assert [box.number for box in shown(raw, background=0)] == [2, 1]


def test_overlapping_boxes_of_one_class_are_suppressed() -> None:
    boxes: list[list[float]] = [[0, 0, 0.5, 0.5], [0, 0.1, 0.5, 0.6], [0, 0, 0.5, 0.5], [0.6, 0.6, 1, 1]]
    named = outputs(boxes, [0.8, 0.9, 0.7, 0.6], [1, 1, 2, 1])
    raw = raw_outputs(named, ("boxes", "scores", "classes"))
    assert [round(box.score, 2) for box in shown(raw, overlap=0.5)] == [0.9, 0.7, 0.6]
    assert [round(box.score, 2) for box in shown(raw, overlap=0.7)] == [0.9, 0.8, 0.7, 0.6]
    assert [round(box.score, 2) for box in shown(raw, most=2)] == [0.9, 0.8]


def test_a_column_that_is_there_several_times_is_written_once() -> None:
    row = np.array([[[*[7] * 51, 0.1, 0.2, 0.5, 0.6, 0.875]]], np.float32)
    short, long = (
        np.array(new_view("boxes", SAME, columns=columns)({"out": row}, plain_frame()))
        for columns in (["point*51", "box", "score"], [*["point"] * 51, "box", "score"])
    )
    assert (short == long).all()
    assert (short != plain_frame()).any()


@pytest.mark.parametrize("turned", [False, True])
def test_one_output_has_columns(turned: bool) -> None:  # noqa: FBT001
    rows = np.array([[10, 20, 30, 40, 0.5, 0.25, 0.75], [10, 20, 30, 40, 1, 0.9, 0.2]] * 4, np.float32)
    values = rows.T[np.newaxis] if turned else rows[np.newaxis]
    raw = raw_rows({"out": values}, "out", ["box", "objectness", "scores"])
    boxes = shown(raw, normalised=False, box_format="xyxy", threshold=0.375, overlap=0.5)
    assert [box[4:] for box in boxes] == [pytest.approx((0.9, 0)), pytest.approx((0.375, 1))]


def test_rows_of_a_box_a_score_and_a_class_are_taken() -> None:
    values = np.array([[[[0, 2, 0.75, 0.1, 0.1, 0.5, 0.5], [0, 1, 0.5, 0, 0, 1, 1]]]], np.float32)
    raw = raw_rows({"out": values}, "out", ["picture", "class", "score", "box"])
    assert [box[4:] for box in shown(raw)] == [(0.75, 2), (0.5, 1)]


def test_boxes_without_a_score_are_all_shown() -> None:
    rows = {"x": np.array([[[0, 0, 0.5, 0.5], [0, 0.5, 1, 1]]], np.float32)}
    assert [box[4:] for box in shown(raw_rows(rows, "x", ["box"]))] == [(1, 0), (1, 0)]


def test_anchors_are_added_to_centres() -> None:
    cells = anchor_cells([(8, 2), (16, 1)], Size(16, 24))
    assert cells[:4].tolist() == [[4, 4, 8], [4, 4, 8], [12, 4, 8], [12, 4, 8]]
    assert cells[12:].tolist() == [[8, 8, 16], [24, 8, 16]]
    values = np.zeros((1, 14, 5), np.float32)
    values[0, :, 0] = -9
    values[0, 2] = 9, 1, -1, 4, 2
    raw = raw_rows({"out": values}, "out", ["score", "box"])
    (box,) = shown(raw, anchors=cells, logits=True, normalised=False, box_format="cxcywh")
    assert box[:4] == pytest.approx((11, 2, 15, 4))


def test_sides_are_so_many_cells_from_the_middle_of_theirs() -> None:
    cells = anchor_cells([(8, 1)], Size(16, 24))
    raw = raw_outputs(outputs([[0.5, 1, 2, 0.25]] * 6, [0, 0, 0, 0, 0.9, 0]), ("boxes", "scores"))
    (box,) = shown(raw, anchors=cells, box_format="ltrb")
    assert box[:4] == pytest.approx((12 - 4, 12 - 8, 12 + 16, 12 + 2))


def test_a_side_may_be_the_mean_of_a_distribution() -> None:
    """GFL, NanoDet and YOLOv8 return for each side what softmax makes the shares of 0, 1, 2, … cells from."""
    shares = {0.5: [0.5, 0.5, 0, 0], 1.0: [0.25, 0.5, 0.25, 0], 2.0: [0, 0.25, 0.5, 0.25], 0.25: [0.75, 0.25, 0, 0]}
    with np.errstate(divide="ignore"):
        logits = [max(number, -30.0) + 5 for side in shares.values() for number in np.log(side)]
    raw = raw_outputs(outputs([logits] * 6, [0, 0, 0, 0, 0.9, 0]), ("boxes", "scores"), 16)
    (box,) = shown(raw, anchors=anchor_cells([(8, 1)], Size(16, 24)), box_format="ltrb")
    assert box[:4] == pytest.approx((12 - 4, 12 - 8, 12 + 16, 12 + 2))


def test_a_distribution_with_an_infinity_is_not_shown() -> None:
    sides = [[0.0] * 16, [*[0.0] * 7, -np.inf, *[0.0] * 8], [*[0.0] * 15, np.nan], [np.inf, *[0.0] * 15]]
    raw = raw_outputs(outputs([*sides, *sides[:2]], [0.6, 0.7, 0.8, 0.9, 0, 0]), ("boxes", "scores"), 16)
    assert [box.score for box in shown(raw, anchors=anchor_cells([(8, 1)], Size(16, 24)), box_format="ltrb")] == [
        pytest.approx(0.6)
    ]


def test_scores_may_stand_before_their_box() -> None:
    """NanoDet-Plus has scores and then distributions in one row."""
    row = [0.1, 0.2, 0.9, *[0, 9] * 4]
    raw = raw_rows({"x": np.array([[row] * 6], np.float32)}, "x", ["scores", "box"], 8)
    assert raw.scores.shape == (6, 3)
    boxes = shown(raw, anchors=anchor_cells([(8, 1)], Size(16, 24)), box_format="ltrb", overlap=0.5)
    assert [box.number for box in boxes] == [2] * 6
    assert boxes[0][:4] == pytest.approx((-4, -4, 12, 12), abs=0.01)


def drawn(placement: InputPlacement = LARGE, **options: object) -> Pixels:
    values = outputs([[0.3, 0.1, 0.9, 0.5], [0.2, 0.6, 0.4, 2]], [0.9, 0.8])
    return np.array(new_view("boxes", placement, ("boxes", "scores"), **options)(values, plain_frame(placement)))


def test_edges_are_drawn_inside_of_boxes_and_cut_at_the_frame() -> None:
    picture = drawn(palette=[[255, 0, 0]])
    red = (picture == (255, 0, 0)).all(axis=2)
    assert red[30:90, 20].all()
    assert red[89, 20:100].all()
    assert red[30:90, 99].all()
    assert not red[31:89, 21:99].any()
    assert red[39, 120:].all()
    assert not red[21:39, 150:].any()
    assert (picture[95] == 100).all()


def test_labels_stand_above_their_boxes_and_inside_where_there_is_no_room() -> None:
    named = drawn(labels=["cat"], palette=[[255, 0, 0]])
    plain = drawn(palette=[[255, 0, 0]])
    assert (named[:30] != plain[:30]).any()
    assert (named[50:] == plain[50:]).all()
    view = new_view("boxes", LARGE, ("boxes", "scores"))
    picture = view(outputs([[0, 0, 0.5, 0.5]], [1]), plain_frame(LARGE))
    assert (picture[:8, :8] == 0).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"box_format": "xyz"}, "box_format = 'xyz' is not one of yxyx, xyxy, cxcywh, xywh, ltrb"),
        ({"box_format": "ltrb"}, "box_format = 'ltrb' counts from cells, and anchors in the spec does not say which"),
        ({"bins": 8}, "bins = 8 goes with box_format = 'ltrb', not with 'yxyx'"),
        ({"coordinates": "percent"}, "coordinates = 'percent' is not one of normalised, pixels"),
        ({"columns": ["score"]}, r"columns = \['score'\] cannot be read; write such as"),
        ({"columns": ["box", "scores", "score"]}, "cannot be read; write such as"),
        ({"columns": "box"}, "columns = 'box' is not a list of texts"),
        ({"columns": ["box", "x*9999", "x*9999"]}, r"columns = \['box', 'x\*9999', 'x\*9999'\] is not a list of 9999"),
        ({"labels": [1]}, r"labels = \[1\] is neither one of coco, coco90, voc, cityscapes nor a list of texts"),
        ({"labels": "imagenet"}, "labels = 'imagenet' is neither"),
        ({"anchors": [[0, 2]]}, r"anchors = \[\[0, 2\]\] is not a list of pairs"),
        ({"most": True}, "most = True is not a whole number from 1 to 10000"),
        ({"threshold": "high"}, "threshold = 'high' is not a number"),
    ],
)
def test_keys_that_cannot_be_right_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        new_view("boxes", **options)


GRIDS = ("fine", "fine scores", "coarse", "coarse scores")


def grids(*shapes: tuple[int, ...]) -> dict[str, Array]:
    random = np.random.default_rng(0)
    return {name: random.random(shape, np.float32) for name, shape in zip(GRIDS, shapes, strict=True)}


def test_boxes_and_scores_of_several_grids_are_rows_of_one() -> None:
    """What follows a box, such as points, is passed over."""
    of_grids = grids((1, 6, 16), (1, 6, 1), (1, 2, 16), (1, 2))
    raw = raw_grids(of_grids, GRIDS)
    assert raw.boxes.tolist() == [*of_grids["fine"][0, :, :4].tolist(), *of_grids["coarse"][0, :, :4].tolist()]
    assert raw.scores[:, 0].tolist() == [
        *of_grids["fine scores"].ravel().tolist(),
        *of_grids["coarse scores"][0].tolist(),
    ]
    assert (raw.objectness, raw.classes) == (None, None)


def test_boxes_of_several_grids_are_counted_from_their_anchors() -> None:
    placement = InputPlacement.same(Size(16, 24))
    of_grids = grids((1, 6, 6), (1, 6, 1), (1, 2, 6), (1, 2, 1))
    of_grids["coarse scores"][0, 1] = 9
    of_grids["coarse"][0, 1, :4] = (-4, 2, 8, 4)
    options = {"anchors": [[8, 1], [16, 1]], "box_format": "cxcywh", "coordinates": "pixels", "threshold": 2}
    view = new_view("boxes", placement, GRIDS, **options)
    picture = view(of_grids, plain_frame(placement))
    # The second cell of 16 pixels has its centre at (24, 8), and so the box reaches from (16, 8) to (24, 12).
    changed = (picture != 100).any(axis=2)
    assert changed[[8, 11]][:, [16, 23]].all()
    assert not changed[:8].any()
    assert not changed[:, :16].any()
    assert off(view, of_grids, new_frame(placement)) == 0


def test_cells_may_be_in_rows_and_columns() -> None:
    placement = InputPlacement.same(Size(16, 24))
    of_grids = grids((1, 2, 3, 8), (1, 2, 3, 5), (1, 1, 2, 8), (1, 1, 2, 5))
    flat = {name: values.reshape(1, -1, values.shape[-1]) for name, values in of_grids.items()}
    options = {"anchors": [[8, 1], [16, 1]], "box_format": "ltrb", "bins": 2, "threshold": 0.1, "iou": 1}
    view = new_view("boxes", placement, GRIDS, **options)
    picture = np.array(view(of_grids, plain_frame(placement)))
    assert (picture == view(flat, plain_frame(placement))).all()
    assert (picture != 100).any()


@pytest.mark.parametrize(
    "shapes",
    [
        ((1, 6, 16), (1, 5, 1), (1, 2, 16), (1, 2, 1)),
        ((1, 6, 3), (1, 6, 1), (1, 2, 3), (1, 2, 1)),
        ((1, 6, 16), (1, 6, 1), (1, 2, 16), (1, 2, 3)),
        ((2, 3, 16), (1, 6, 1), (1, 2, 16), (1, 2, 1)),
        ((1, 0, 16), (1, 0, 1), (1, 2, 16), (1, 2, 1)),
        ((16,), (1, 6, 1), (1, 2, 16), (1, 2, 1)),
    ],
)
def test_outputs_that_are_no_grids_are_refused(shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ModelError, match="are no boxes and scores of several grids, two for each in this order"):
        raw_grids(grids(*shapes), GRIDS)


def test_without_anchors_more_outputs_than_three_are_passed_over() -> None:
    view = new_view("boxes", SAME, ("boxes", "scores", "classes", "count"), threshold=0.5)
    found = outputs([[0, 0, 1, 1]], [0.9], [3]) | {"count": np.ones(1, np.float32)}
    assert off(view, found, new_frame()) == 0


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(1, 5, 3), (1, 5)], r"a \(1, 5, 3\), b \(1, 5\) are no boxes, scores and classes in this order"),
        ([(1, 5, 4), (1, 6)], "are no boxes"),
        ([(1, 0, 4), (1, 3)], "are no boxes"),
        ([(1, 5, 4), (1, 5, 2), (1, 5)], "are no boxes"),
        ([(2, 5, 6)], r"'a' is float32 \(2, 5, 6\); rows of box, scores have at least 5 numbers"),
        ([(1, 4, 4)], "rows of box, scores have at least 5 numbers"),
        ([()], "rows of box, scores have at least 5 numbers"),
    ],
)
def test_outputs_that_are_no_boxes_are_refused(shapes: list[tuple[int, ...]], message: str) -> None:
    names = tuple("abc"[: len(shapes)])
    view = new_view("boxes", SAME, names)
    with pytest.raises(ModelError, match=message):
        view({name: np.zeros(shape, np.float32) for name, shape in zip(names, shapes, strict=True)}, plain_frame())


def test_a_graph_may_find_nothing() -> None:
    empty = {"boxes": np.zeros((1, 0, 4)), "scores": np.zeros((1, 0)), "classes": np.zeros((1, 0))}
    assert (new_view("boxes", SAME, ("boxes", "scores", "classes"))(empty, plain_frame()) == 100).all()
    assert (new_view("boxes", SAME, ("boxes", "scores"))(empty, plain_frame()) == 100).all()
    columns = ["box", "score", "class"]
    assert (new_view("boxes", columns=columns)({"out": np.zeros((1, 0, 6))}, plain_frame()) == 100).all()


def test_keys_that_do_not_fit_the_outputs_are_named() -> None:
    view = new_view("boxes", LARGE, ("boxes", "scores"), anchors=[[8, 2]])
    with pytest.raises(
        ModelError, match=r"anchors in the spec are 650 for an input of 200x100 pixels, and .* has 1 boxes"
    ):
        view(outputs([[0, 0, 1, 1]], [1]), plain_frame(LARGE))
    view = new_view("boxes", LARGE, ("boxes", "scores"), background_class=1)
    with pytest.raises(ModelError, match="background_class = 1, but there are scores of 1 classes, from 0"):
        view(outputs([[0, 0, 1, 1]], [1]), plain_frame(LARGE))
    with pytest.raises(ModelError, match=r"no output 'scores'; .* of: boxes"):
        view({"boxes": np.zeros((1, 1, 4), np.float32)}, plain_frame(LARGE))


counts = st.shared(st.integers(1, 6))
numbers = st.floats(width=32) | st.floats(-1, 2, width=32)


@settings(max_examples=40)
@given(
    boxes=counts.flatmap(lambda count: arrays.arrays(np.float32, (1, count, 4), elements=numbers)),
    scores=counts.flatmap(lambda count: arrays.arrays(np.float32, (1, count, 3), elements=numbers)),
    placement=st.sampled_from((*PLACEMENTS, LARGE)),
    box_format=st.sampled_from(["yxyx", "xyxy", "cxcywh", "xywh"]),
    coordinates=st.sampled_from(["normalised", "pixels"]),
    background=st.sampled_from([{}, {"background_class": 1}]),
    logits=st.booleans(),
)
def test_it_shows_what_is_expected(
    boxes: Array, scores: Array, placement: InputPlacement, box_format: str, coordinates: str,
    background: dict[str, object], *, logits: bool,
) -> None:  # fmt: skip
    view = new_view(
        "boxes", placement, ("boxes", "scores"), box_format=box_format, coordinates=coordinates, logits=logits,
        labels=["cat"], **background,
    )  # fmt: skip
    for seed in (0, 1):
        assert off(view, {"boxes": boxes, "scores": scores}, new_frame(placement, seed)) == 0


@settings(max_examples=40)
@given(
    boxes=arrays.arrays(np.float32, (1, 6, 12), elements=numbers),
    scores=arrays.arrays(np.float32, (1, 6, 2), elements=numbers),
    fit=st.sampled_from(["resize", "letterbox", "crop"]),
)
def test_it_shows_what_is_expected_of_distributions(boxes: Array, scores: Array, fit: Fit) -> None:
    placement = InputPlacement.of(Size(40, 70), Size(16, 24), fit)
    options = {"anchors": [[8, 1]], "box_format": "ltrb", "bins": 3, "threshold": 0.25}
    view = new_view("boxes", placement, ("boxes", "scores"), **options)
    assert off(view, {"boxes": boxes, "scores": scores}, new_frame(placement)) == 0


@settings(max_examples=40)
@given(
    values=arrays.arrays(np.float32, st.tuples(st.just(1), st.integers(1, 9), st.integers(1, 9)), elements=numbers),
    classes=st.booleans(),
)
def test_any_rows_are_shown_or_refused(values: Array, *, classes: bool) -> None:
    view = new_view("boxes", SAME, columns=["box", "score", "class"] if classes else ["box", "scores"])
    try:
        assert off(view, {"out": values}, new_frame()) == 0
    except ModelError as error:
        assert "have at least" in str(error)  # noqa: PT017
