"""Shapes through Keras configs: functional, sequential, nested, shared, of Keras 2 and Keras 3."""

from pathlib import Path
from typing import Any

import pytest
from analysis_files import functional, layer, look_at_layers, row

from framegate.errors import ModelFormatError, UsageError
from framegate.interfaces import Size

SOURCE = layer("InputLayer", "image", batch_input_shape=[None, 8, 8, 3])
CONV = {"filters": 4, "kernel_size": [3, 3], "padding": "same"}


def test_weights_go_to_their_layers(tmp_path: Path) -> None:
    weights = {"a/kernel": (3, 3, 3, 4), "a/bias": (4,), "other/kernel": (2, 2)}
    found = look_at_layers(tmp_path, functional(SOURCE, layer("Conv2D", "a", "image", **CONV), last="a"), weights)
    assert row(found, "a").parameters == 3 * 3 * 3 * 4 + 4
    assert [entry.name for entry in found.unused] == ["other/kernel"]
    assert found.refusals == ("Provided weight data has no target variable: other/kernel",)
    assert found.totals.parameters == 116


def test_a_sequential_model_needs_no_input_layer(tmp_path: Path) -> None:
    first = {"class_name": "Conv2D", "config": {"name": "a", "batch_input_shape": [None, 8, 8, 3], **CONV}}
    then = {"class_name": "Flatten", "config": {"name": "b"}}
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [first, then]}}
    found = look_at_layers(tmp_path, config)
    assert [r.shape for r in found.rows] == [(1, 8, 8, 4), (1, 256)]
    oldest = {"class_name": "Sequential", "config": [first, then]}
    assert look_at_layers(tmp_path, oldest).rows == found.rows
    twice = look_at_layers(tmp_path, {"class_name": "Sequential", "config": [oldest | {"name": "inner"}]})
    assert [(r.name, r.shape) for r in twice.rows] == [("inner/a", (1, 8, 8, 4)), ("inner/b", (1, 256))]


def test_nested_models_are_opened(tmp_path: Path) -> None:
    inner = functional(
        layer("InputLayer", "in", batch_input_shape=[None, None, None, 3]),
        layer("Conv2D", "conv", "in", **CONV),
        first="in",
        last="conv",
    )
    nested = {**inner, "name": "inner", "inbound_nodes": [[["image", 0, 0, {}]]]}
    last = layer("ReLU", "relu")
    last["inbound_nodes"] = [[["inner", 1, 0, {}]]]  # nested models built with an input count from 1
    found = look_at_layers(tmp_path, functional(SOURCE, nested, last, last="relu"), {"inner/conv/kernel": (3, 3, 3, 4)})
    assert row(found, "inner/conv").parameters == 108
    assert row(found, "relu").shape == (1, 8, 8, 4)
    bare = look_at_layers(tmp_path, functional(SOURCE, nested, last, last="relu"), {"conv/kernel": (3, 3, 3, 4)})
    assert row(bare, "inner/conv").parameters == 108


def test_a_shared_layer_has_one_row_and_the_arithmetic_of_its_calls(tmp_path: Path) -> None:
    shared = layer("Conv2D", "a", filters=3, kernel_size=1)
    shared["inbound_nodes"] = [[["image", 0, 0, {}]], [["relu", 0, 0, {}]]]
    last = layer("Add", "sum")
    last["inbound_nodes"] = [[["a", 0, 0, {}], ["a", 1, 0, {}]]]
    found = look_at_layers(tmp_path, functional(SOURCE, shared, layer("ReLU", "relu", "a"), last, last="sum"))
    assert row(found, "a").macs == 2 * 8 * 8 * 3 * 3
    assert row(found, "sum").shape == (1, 8, 8, 3)


def test_keras_3_writes_references_as_tensors(tmp_path: Path) -> None:
    def tensor(name: str) -> dict[str, Any]:
        return {"class_name": "__keras_tensor__", "config": {"shape": [None, 8, 8, 3], "keras_history": [name, 0, 0]}}

    source = {"class_name": "InputLayer", "name": "image", "config": {"name": "image", "batch_shape": [None, 8, 8, 3]}}
    conv = layer("Conv2D", "a", **CONV)
    conv["inbound_nodes"] = [{"args": [tensor("image")], "kwargs": {}}]
    joined = layer("Concatenate", "b", axis=-1)
    joined["inbound_nodes"] = [{"args": [[tensor("image"), tensor("a")]], "kwargs": {}}]
    config = functional({**source, "inbound_nodes": []}, conv, joined, last="b")
    config["config"] |= {"input_layers": ["image", 0, 0], "output_layers": ["b", 0, 0]}
    found = look_at_layers(tmp_path, config)
    assert row(found, "b").shape == (1, 8, 8, 7)
    assert found.outputs[0].shape == (1, 8, 8, 7)


def test_another_size(tmp_path: Path) -> None:
    config = functional(SOURCE, layer("Conv2D", "a", "image", **CONV), last="a")
    found = look_at_layers(tmp_path, config, size=Size(4, 6))
    assert row(found, "a").shape == (1, 4, 6, 4)
    assert found.totals.macs == 4 * 6 * 4 * 27
    crop = functional(SOURCE, layer("Cropping2D", "a", "image", cropping=[[2, 2], [2, 2]]), last="a")
    with pytest.raises(UsageError, match="does not work at this size: Cropping2D 'a'"):
        look_at_layers(tmp_path, crop, size=Size(4, 4))


def test_a_layer_of_ones_own_is_a_question_mark(tmp_path: Path) -> None:
    config = functional(SOURCE, layer("PixelShuffle", "a", "image"), layer("Conv2D", "b", "a", **CONV), last="b")
    found = look_at_layers(tmp_path, config)
    assert (row(found, "a").shape, row(found, "a").macs) == (None, None)
    assert row(found, "b").macs is None
    assert not found.totals.macs_exact
    assert "layers whose shapes are not known here: PixelShuffle" in found.notes
    assert found.support.unknown == ("PixelShuffle",)


def test_layers_that_wait_for_each_other_are_named(tmp_path: Path) -> None:
    config = functional(SOURCE, layer("ReLU", "a", "b"), layer("ReLU", "b", "a"), last="b")
    with pytest.raises(ModelFormatError, match="layers wait for each other in a cycle: 'a', 'b'"):
        look_at_layers(tmp_path, config)


def test_models_nested_without_end_are_refused(tmp_path: Path) -> None:
    config: dict[str, Any] = {"class_name": "Sequential", "config": {"name": "s", "layers": [SOURCE]}}
    for _ in range(40):
        config = {"class_name": "Sequential", "config": {"name": "s", "layers": [config]}}
    with pytest.raises(ModelFormatError, match="nested more than 32 deep"):
        look_at_layers(tmp_path, config)


@pytest.mark.parametrize(
    ("kind", "settings", "shape"),
    [
        ("GlobalMaxPooling2D", {"keepdims": True}, (1, 3)),
        ("Conv2DTranspose", {**CONV, "strides": [2, 2], "padding": "same", "output_padding": 0}, (1, 16, 16, 4)),
        ("DepthwiseConv2D", {"kernel_size": [3, 3], "padding": "valid", "dilation_rate": [2, 2]}, (1, 6, 6, 3)),
    ],
)
def test_what_tfjs_ignores_does_not_change_a_shape(
    tmp_path: Path, kind: str, settings: dict[str, Any], shape: tuple[int, ...]
) -> None:
    found = look_at_layers(tmp_path, functional(SOURCE, layer(kind, "a", "image", **settings), last="a"))
    assert row(found, "a").shape == shape
