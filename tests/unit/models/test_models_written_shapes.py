"""Behind an input, CenterCrop and CategoryEncoding decide what a model takes: shapes as TF.js 4.22 says them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from framegate.models import layers
from framegate.models.topology import read_model_json
from framegate.models.written_shapes import write_shapes

IMAGE = [None, 12, 10, 4]
CROP = {"height": 6, "width": 7}


def entry(kind: str, name: str, *calls: tuple[str, int], **config: Any) -> dict[str, Any]:
    nodes = [[[*call, 0, {}] for call in calls]] if calls else []
    return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def given(shape: list[int | None] = IMAGE, name: str = "x") -> dict[str, Any]:
    return entry("InputLayer", name, batch_input_shape=shape, dtype="float32")


def functional(entries: list[dict[str, Any]], out: tuple[str, int], name: str = "model") -> dict[str, Any]:
    first = entries[0]["name"]
    config = {"name": name, "layers": entries, "input_layers": [[first, 0, 0]], "output_layers": [[*out, 0]]}
    return {"class_name": "Functional", "config": config}


def sequential(*entries: dict[str, Any], name: str = "seq") -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(entries)}}


def nested(model: dict[str, Any], *calls: tuple[str, int]) -> dict[str, Any]:
    name = model["config"]["name"]
    return {**model, "name": name, "inbound_nodes": [[[*call, 0, {}] for call in calls]]}


def behind(kind: str, **config: Any) -> dict[str, Any]:
    before = entry(kind, "b", ("x", 0), **config)
    return functional([given(), before, entry("CenterCrop", "c", ("b", 0), **CROP)], ("c", 0))


INNER = functional([given(name="y"), entry("CenterCrop", "c", ("y", 0), **CROP)], ("c", 0), "inner")
INNER_KEEPS = functional([given(name="y"), entry("ReLU", "c", ("y", 0))], ("c", 0), "inner")
INNER_CONV = functional(
    [given(name="y"), entry("Conv2D", "v", ("y", 0)), entry("CenterCrop", "c", ("v", 0), **CROP)], ("c", 0), "inner"
)

# The inputs of these models in TF.js 4.22.0 (node, cpu backend).
SHAPES: Mapping[str, tuple[dict[str, Any], list[int | None]]] = {
    "direct": (functional([given(), entry("CenterCrop", "c", ("x", 0), **CROP)], ("c", 0)), [None, 6, 7, 4]),
    "open": (
        functional([given([None, None, None, 4]), entry("CenterCrop", "c", ("x", 0), **CROP)], ("c", 0)),
        [None, 6, 7, 4],
    ),
    "of three dimensions": (
        functional([given([12, 10, 4]), entry("CenterCrop", "c", ("x", 0), **CROP)], ("c", 0)),
        [6, 7, 4],
    ),
    "said without a batch": (
        sequential(entry("InputLayer", "x", inputShape=[12, 10, 4]), entry("CenterCrop", "c", **CROP)),
        [None, 6, 7, 4],
    ),
    "behind a ReLU": (behind("ReLU"), [None, 6, 7, 4]),
    "behind a Rescaling": (behind("Rescaling", scale=2), [None, 6, 7, 4]),
    "behind a BatchNormalization": (behind("BatchNormalization"), [None, 6, 7, 4]),
    "behind a convolution": (behind("Conv2D"), IMAGE),
    "behind a border of nothing": (behind("ZeroPadding2D", padding=[[0, 0], [0, 0]]), IMAGE),
    "beside a convolution": (
        functional([given(), entry("Conv2D", "v", ("x", 0)), entry("CenterCrop", "c", ("x", 0), **CROP)], ("v", 0)),
        [None, 6, 7, 4],
    ),
    "one after another": (
        functional(
            [
                given(),
                entry("CenterCrop", "c", ("x", 0), **CROP),
                entry("ReLU", "r", ("c", 0)),
                entry("CenterCrop", "d", ("r", 0), height=4, width=4),
            ],
            ("d", 0),
        ),
        [None, 4, 4, 4],
    ),
    "first of a Sequential": (sequential(entry("CenterCrop", "c", batch_input_shape=IMAGE, **CROP)), [None, 6, 7, 4]),
    "second of a Sequential": (sequential(given(), entry("CenterCrop", "c", **CROP)), [None, 6, 7, 4]),
    "behind the first of a Sequential": (
        sequential(entry("ReLU", "r", batch_input_shape=IMAGE), entry("CenterCrop", "c", **CROP)),
        [None, 6, 7, 4],
    ),
    "in a nested model": (functional([given(), nested(INNER, ("x", 0))], ("inner", 1)), [None, 6, 7, 4]),
    "behind a convolution of a nested model": (
        functional([given(), nested(INNER_CONV, ("x", 0))], ("inner", 1)),
        IMAGE,
    ),
    "behind a nested model": (
        functional(
            [given(), nested(INNER_KEEPS, ("x", 0)), entry("CenterCrop", "d", ("inner", 1), **CROP)],
            ("d", 0),
        ),
        [None, 6, 7, 4],
    ),
    "first of a nested Sequential": (
        sequential(sequential(entry("CenterCrop", "c", batch_input_shape=IMAGE, **CROP), name="inner")),
        [None, 6, 7, 4],
    ),
    "behind a nested Sequential": (
        sequential(
            sequential(entry("ReLU", "r", batch_input_shape=IMAGE), name="inner"), entry("CenterCrop", "c", **CROP)
        ),
        [None, 6, 7, 4],
    ),
    "last of a nested Sequential": (
        sequential(
            entry("ReLU", "r", batch_input_shape=IMAGE),
            sequential(entry("CenterCrop", "c", batch_input_shape=IMAGE, **CROP), name="inner"),
        ),
        [None, 6, 7, 4],
    ),
    "for each step": (
        functional(
            [
                given([None, 3, 12, 10, 4]),
                entry("TimeDistributed", "t", ("x", 0), layer=entry("CenterCrop", "c", **CROP)),
            ],
            ("t", 0),
        ),
        [None, 3, 12, 10, 4],
    ),
    "categories": (
        functional(
            [given([None, 3]), entry("CategoryEncoding", "c", ("x", 0), num_tokens=5, output_mode="multi_hot")],
            ("c", 0),
        ),
        [None, 5],
    ),
}


@pytest.mark.parametrize("place", SHAPES)
def test_a_model_takes_the_shape_that_its_crop_makes(place: str, tmp_path: Path) -> None:
    model, shape = SHAPES[place]
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"modelTopology": {"model_config": model}, "weightsManifest": []}), encoding="utf-8")
    (found,) = layers.inputs(read_model_json(path))
    assert found.shape == tuple(shape)


def test_models_in_models_that_are_called_twice_are_walked_through_once() -> None:
    model = functional([given(name="y"), entry("ReLU", "c", ("y", 0))], ("c", 0), "m0")
    for level in range(1, 40):
        inner = nested(model, ("y", 0))
        inner["inbound_nodes"].append([[f"m{level - 1}", 1, 0, {}]])
        model = functional([given(name="y"), inner], (f"m{level - 1}", 2), f"m{level}")
    write_shapes(functional([given(), nested(model, ("x", 0)), entry("CenterCrop", "c", ("m39", 1), **CROP)], ("c", 0)))


def test_the_oldest_sequential_is_a_list_wherever_it_stands(tmp_path: Path) -> None:
    inner = {"class_name": "Sequential", "name": "inner", "config": [entry("ReLU", "r", batch_input_shape=IMAGE)]}
    path = tmp_path / "model.json"
    topology = {"class_name": "Sequential", "config": [inner]}
    path.write_text(json.dumps({"modelTopology": topology, "weightsManifest": []}), encoding="utf-8")
    (found,) = layers.inputs(read_model_json(path))
    assert found.shape == tuple(IMAGE)
