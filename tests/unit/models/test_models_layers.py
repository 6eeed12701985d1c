from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tfjs_files import write_model

from framegate.errors import ModelFormatError
from framegate.interfaces import TensorInfo
from framegate.models import layers
from framegate.models.topology import ModelJson, read_model_json


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "name": name, "config": {"name": name} | config}


IMAGE = layer("InputLayer", "image", batch_input_shape=[None, 8, None, 3], dtype="float32")
FUNCTIONAL: dict[str, Any] = {
    "class_name": "Functional",
    "config": {
        "layers": [
            layer("InputLayer", "flag", batch_shape=[1], dtype="int32"),
            IMAGE,
            layer("Conv2D", "conv", activation="tanh"),
            layer("Add", "sum"),
        ],
        "input_layers": [["image", 0, 0], ["flag", 0, 0]],
        "output_layers": [["conv", 0, 0], ["sum", 0, 0]],
    },
}


def read(folder: Path, config: Any) -> ModelJson:
    return read_model_json(write_model(folder, topology={"model_config": config}, format="layers-model"))


def test_a_functional_model(tmp_path: Path) -> None:
    model = read(tmp_path, FUNCTIONAL)
    assert layers.inputs(model) == (
        TensorInfo("image", (None, 8, None, 3), "float32"),
        TensorInfo("flag", (1,), "int32"),
    )
    assert layers.output_names(model) == ("conv", "sum")
    assert list(next(layers.last_activations(model))) == ["tanh"]


@pytest.mark.parametrize(
    ("first", "shape"),
    [
        (layer("InputLayer", "x", input_shape=[8, None, 3]), (None, 8, None, 3)),
        (layer("InputLayer", "x", input_shape=[8, 8, 3], batch_size=2), (2, 8, 8, 3)),
        (layer("InputLayer", "x", batchInputShape=[1.0, 8, -1, 3]), (1, 8, None, 3)),
        (layer("Dense", "d", input_dim=4, units=2), (None, 4)),
        (layer("Embedding", "e", input_dim=4, output_dim=2), (None, None)),
        (layer("Embedding", "e", input_dim=4, output_dim=2, input_length=[3, 5], batch_size=2), (2, 3, 5)),
        (layer("Conv2D", "c", filters=1, kernel_size=1), (None, None, None, None)),
    ],
)
def test_each_way_to_say_an_input(tmp_path: Path, first: dict[str, Any], shape: tuple[int | None, ...]) -> None:
    (found,) = layers.inputs(read(tmp_path, {"class_name": "Sequential", "config": {"layers": [first]}}))
    assert found.shape == shape


def test_keras_3_writes_a_single_end_flat(tmp_path: Path) -> None:
    ends: dict[str, Any] = {"input_layers": ["image", 0, 0], "output_layers": ["sum", 0, 0]}
    model = read(tmp_path, {"class_name": "Functional", "config": FUNCTIONAL["config"] | ends})
    assert [info.name for info in layers.inputs(model)] == ["image"]
    assert layers.output_names(model) == ("sum",)
    assert list(next(layers.last_activations(model))) == ["add"]


@pytest.mark.parametrize("wrap", [lambda found: found, lambda found: {"name": "s", "layers": found}])
def test_sequential_models_old_and_new(tmp_path: Path, wrap: Any) -> None:
    first = {"class_name": "Conv2D", "config": {"name": "conv", "batch_input_shape": [None, 8, 8, 1]}}
    last = {"class_name": "Activation", "config": {"name": "act", "activation": "sigmoid"}}
    model = read(tmp_path, {"class_name": "Sequential", "config": wrap([first, last])})
    assert layers.inputs(model) == (TensorInfo("conv", (None, 8, 8, 1), "float32"),)
    assert layers.output_names(model) == ("act",)
    assert list(next(layers.last_activations(model))) == ["sigmoid"]


def test_a_nested_model_in_front_says_the_shape(tmp_path: Path) -> None:
    nested = {"class_name": "Functional", "config": {"name": "inner", "layers": [IMAGE]}}
    model = read(tmp_path, {"class_name": "Sequential", "config": {"layers": [nested]}})
    assert layers.inputs(model)[0].shape == (None, 8, None, 3)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (3, "modelTopology.model_config has no class_name and config; convert the model again"),
        ({"config": {}}, "modelTopology.model_config has no class_name and config; convert the model again"),
        ({"class_name": "Model", "config": {}}, "modelTopology holds no list of layers; convert the model again"),
        (
            {"class_name": "Model", "config": {"layers": [{"class_name": "Add"}]}},
            "modelTopology holds no list of layers; convert the model again",
        ),
    ],
)
def test_malformed_configs_are_refused(tmp_path: Path, config: Any, message: str) -> None:
    model = read(tmp_path, config)
    with pytest.raises(ModelFormatError) as error:
        layers.inputs(model)
    assert str(error.value) == f"{model.path}: {message}"
