from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graph_files import write

from framegate.errors import UnsupportedOp
from framegate.runtimes.tensorflow import TensorFlowRuntime


def unknown_between() -> dict[str, Any]:
    """Keras takes a layer that it does not know for a function's name, and calls that name."""
    found = [
        {
            "class_name": "InputLayer",
            "name": "x",
            "inbound_nodes": [],
            "config": {"name": "x", "batch_input_shape": [None, 2], "dtype": "float32"},
        },
        {
            "class_name": "MultiplyBeta",
            "name": "m",
            "inbound_nodes": [[["x", 0, 0, {}]]],
            "config": {"name": "m", "trainable": True, "dtype": "float32", "beta": 0.2},
        },
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["m", 0, 0]]}
    return {"model_config": {"class_name": "Functional", "config": {"name": "s", "layers": found} | ends}}


def test_a_layer_of_ones_own_is_named(tmp_path: Path) -> None:
    model = write(tmp_path, unknown_between(), {})
    with pytest.raises(UnsupportedOp) as error:
        TensorFlowRuntime().load(model)
    assert str(error.value) == (
        f"{model.path}: layer 'm' is of class 'MultiplyBeta', which TF.js does not know; convert the model as a"
        " graph model (tensorflowjs_converter --output_format=tfjs_graph_model)"
    )
