"""Weights are found by TF.js' names, and as TensorFlow 2.2 wrote them, with a cell's name before the last part."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framegate.errors import WeightsError
from framegate.models.topology import read_model_json
from framegate.tfgraph.keras_model import build_keras
from framegate.tfgraph.parts import Parsed, add_weights

LSTM = {"kernel": (3, 8), "recurrent_kernel": (2, 8), "bias": (8,)}
GRU = {"kernel": (3, 6), "recurrent_kernel": (2, 6), "bias": (6,)}
DENSE = {"kernel": (3, 2), "bias": (2,)}
Shapes = dict[str, tuple[int, ...]]


def inner(kind: str, name: str) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, "units": 2}}


# Class, settings, the names and shapes of the weights in TF.js 4.22.0 without the layer's own.
LAYERS: dict[str, tuple[str, dict[str, Any], Shapes]] = {
    "SimpleRNN": ("SimpleRNN", {"units": 2}, {"kernel": (3, 2), "recurrent_kernel": (2, 2), "bias": (2,)}),
    "GRU": ("GRU", {"units": 2}, GRU),
    "LSTM": ("LSTM", {"units": 2}, LSTM),
    "cell": ("RNN", {"cell": inner("LSTMCell", "c")}, LSTM),
    "Bidirectional": (
        "Bidirectional",
        {"layer": inner("LSTM", "lstm")},
        {f"{way}_lstm/{name}": shape for way in ("forward", "backward") for name, shape in LSTM.items()},
    ),
    "TimeDistributed": ("TimeDistributed", {"layer": inner("Dense", "dense")}, DENSE),
    "Dense": ("Dense", {"units": 2}, DENSE),
}


def build(folder: Path, kind: str, settings: dict[str, Any], weights: Shapes) -> list[Any]:
    """The weights that Keras has in the end; each holds its number in the file."""
    source = {"name": "x", "batch_input_shape": [None, 4, 3], "dtype": "float32"}
    layers = [
        {"class_name": "InputLayer", "name": "x", "config": source, "inbound_nodes": []},
        {"class_name": kind, "name": "l", "config": {"name": "l", **settings}, "inbound_nodes": [[["x", 0, 0, {}]]]},
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["l", 0, 0]]}
    arrays = [np.full(shape, at, np.float32) for at, shape in enumerate(weights.values())]
    (folder / "shard.bin").write_bytes(b"".join(array.tobytes() for array in arrays))
    specs = [{"name": name, "shape": list(shape), "dtype": "float32"} for name, shape in weights.items()]
    document = {
        "modelTopology": {"model_config": {"class_name": "Functional", "config": config}},
        "weightsManifest": [{"paths": ["shard.bin"], "weights": specs}],
    }
    path = folder / "model.json"
    path.write_text(json.dumps(document))
    model = build_keras(add_weights(Parsed("m", read_model_json(path))))
    return [float(weight.flat[0]) for weight in model.get_weights()]


@pytest.mark.parametrize("label", LAYERS)
def test_names_with_and_without_a_cell(tmp_path: Path, label: str) -> None:
    kind, settings, weights = LAYERS[label]
    plain = {f"l/{name}": shape for name, shape in weights.items()}
    old = {f"{name.rpartition('/')[0]}/some_cell_7/{name.rpartition('/')[2]}": each for name, each in plain.items()}
    numbers = list(map(float, range(len(weights))))
    assert build(tmp_path, kind, settings, plain) == build(tmp_path, kind, settings, old) == numbers


@pytest.mark.parametrize("other", ["kernel", "other/kernel", "l_1/kernel", "m/other/kernel", "l/a/b/kernel"])
def test_a_weight_of_another_layer_is_not_taken_for_one_that_is_missing(tmp_path: Path, other: str) -> None:
    with pytest.raises(WeightsError, match="weight 'l/kernel' is not in weightsManifest; convert the model again"):
        build(tmp_path, "Dense", {"units": 2}, {other: (3, 2), "l/bias": (2,)})
