"""Keys of views that a spec leaves out."""

from __future__ import annotations

import pytest

from framegate.interfaces import Size, TensorInfo
from framegate.models.output_facts import OutputFacts
from framegate.models.view_keys import guess_keys
from framegate.views import keys_of


def fact(*shape: int, end: str = "") -> OutputFacts:
    return OutputFacts(TensorInfo("out", shape, "float32"), end)


@pytest.mark.parametrize(
    ("view", "output", "keys"),
    [
        ("mask", fact(1, 9, 9, 2, end="biasadd"), {"logits": True}),
        ("mask", fact(1, 9, 9, 2, end="softmax"), {}),
        ("mask", fact(1, 9, 9, 2), {}),
        ("mask", fact(1, 2, 9, 9, end="linear"), {"logits": True, "channels_first": True}),
        ("classes", fact(1, 9, 9, 21, end="biasadd"), {}),
        ("heatmap", fact(1, 1, 9, 9), {"channels_first": True}),
        ("label", fact(1, 1000, end="matmul"), {"logits": True}),
        ("label", fact(1, 1, end="matmul"), {}),
        ("boxes", fact(1, 100, 6), {"columns": ["box", "score", "class"]}),
        ("boxes", fact(1, 100, 4), {"columns": ["box"]}),
        ("boxes", fact(1, 6, 56), {"columns": ["point*51", "box", "score"]}),
        ("boxes", fact(1, 8400, 84), {}),
        ("points", fact(1, 1, 17, 3), {"columns": ["y", "x", "score"], "skeleton": "body"}),
        ("points", fact(1, 1404), {"coordinates": "pixels"}),
        ("points", fact(1, 1, 1, 1404), {"coordinates": "pixels"}),
        ("points", fact(1, 9, 9, 17), {"skeleton": "body"}),
        ("points", fact(1, 9, 9, 16, end="biasadd"), {}),
        ("points", fact(1, 5, 2), {}),
        ("image", fact(1, 9, 9, 3), {}),
        ("my-own", fact(1, 2, 9, 9), {}),
    ],
)
def test_keys_are_guessed_from_shapes_and_last_operations(
    view: str, output: OutputFacts, keys: dict[str, object]
) -> None:
    assert guess_keys(view, [output]) == keys
    assert keys.keys() <= (keys_of(view) or set())


def test_scores_beside_boxes_may_be_logits() -> None:
    assert guess_keys("boxes", [fact(1, 9, 4, end="biasadd"), fact(1, 9, end="sigmoid")]) == {}
    assert guess_keys("boxes", [fact(1, 9, 4), fact(1, 9, end="biasadd")]) == {"logits": True}


@pytest.mark.parametrize(
    ("rows", "numbers", "side", "anchors"),
    [
        (896, 17, 128, [[8, 2], [16, 6]]),
        (2304, 17, 192, [[4, 1]]),
        (2944, 19, 256, [[8, 2], [16, 2], [32, 6]]),
        (2254, 13, 224, [[8, 2], [16, 2], [32, 6]]),
        (896, 17, 192, None),
        (896, 18, 128, None),
        (896, 7, 128, None),
        (896, 17, None, None),
    ],
)
def test_rows_for_anchors_are_recognised_by_their_number(
    rows: int, numbers: int, side: int | None, anchors: list[list[int]] | None
) -> None:
    keys = guess_keys("boxes", [fact(1, rows, numbers)], Size(side, side) if side else None)
    expected = {"columns": ["score", "box"], "box_format": "cxcywh", "coordinates": "pixels", "logits": True}
    assert keys == ({} if anchors is None else {**expected, "anchors": anchors})
    assert keys.keys() <= (keys_of("boxes") or set())


@pytest.mark.parametrize(("side", "anchors"), [(128, [[8, 2], [16, 6]]), (256, [[16, 2], [32, 6]]), (192, None)])
def test_boxes_and_scores_of_each_grid_are_recognised_by_their_number(
    side: int, anchors: list[list[int]] | None
) -> None:
    parts = [fact(1, 512, 16), fact(1, 512, 1), fact(1, 384, 16), fact(1, 384, 1)]
    keys = guess_keys("boxes", parts, Size(side, side))
    expected = {"box_format": "cxcywh", "coordinates": "pixels", "logits": True}
    assert keys == ({} if anchors is None else {**expected, "anchors": anchors})
    assert guess_keys("boxes", parts[::-1], Size(side, side)) == {}


@pytest.mark.parametrize(("end", "logits"), [("sigmoid", {}), ("biasadd", {"logits": True})])
def test_distributions_of_cells_are_recognised_by_their_number(end: str, logits: dict[str, object]) -> None:
    parts = [fact(1, count, numbers, end=end) for count in (2704, 676, 169) for numbers in (44, 80)]
    keys = guess_keys("boxes", parts, Size(416, 416))
    assert keys == {"box_format": "ltrb", "anchors": [[8, 1], [16, 1], [32, 1]], "bins": 11, **logits}
    assert keys.keys() <= (keys_of("boxes") or set())
    assert "bins" not in guess_keys("boxes", parts[::-1], Size(416, 416))


@pytest.mark.parametrize(
    ("shape", "columns"),
    [
        ((1, 84, 8400), ["box", "scores"]),
        ((1, 8400, 5), ["box", "scores"]),
        ((1, 56, 8400), ["box", "score", "point*51"]),
        ((1, 25200, 85), ["box", "objectness", "scores"]),
    ],
)
def test_yolos_rows_are_recognised_by_their_number(shape: tuple[int, ...], columns: list[str]) -> None:
    keys = guess_keys("boxes", [fact(*shape)], Size(640, 640))
    assert keys == {"columns": columns, "box_format": "cxcywh"}
    assert guess_keys("boxes", [fact(*shape)], Size(608, 640)) != keys
    assert keys.keys() <= (keys_of("boxes") or set())
