from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import write

import framegate
from framegate.analysis.own_layers import with_layers
from framegate.errors import UnsupportedOp, UsageError
from framegate.loading import trial
from framegate.tfgraph.own_layers import code_digest


def multiply_beta(keras: Any) -> Any:
    class MultiplyBeta(keras.layers.Layer):  # type: ignore[misc] # Keras is untyped here
        def __init__(self, beta: float = 1.0, **settings: Any) -> None:
            super().__init__(**settings)
            self.beta = beta

        def call(self, inputs: Any) -> Any:
            return inputs * self.beta

    return MultiplyBeta


def unknown_between(**settings: Any) -> dict[str, Any]:
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
            "config": {"name": "m", "trainable": True, "dtype": "float32", "beta": 0.25} | settings,
        },
    ]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["m", 0, 0]]}
    return {"model_config": {"class_name": "Functional", "config": {"name": "s", "layers": found} | ends}}


def test_a_layer_of_ones_own_is_named(tmp_path: Path) -> None:
    model = write(tmp_path, unknown_between(), {})
    with pytest.raises(UnsupportedOp) as error:
        framegate.load_model(model.path, trial_s=None)
    assert str(error.value) == (
        f"{model.path}: layer 'm' is of class 'MultiplyBeta', which TF.js does not know; convert the model as a"
        " graph model (tensorflowjs_converter --output_format=tfjs_graph_model), or bring the layer if it is yours"
        " (pytest_framegate_layers, load_model's layers)"
    )


@pytest.mark.parametrize("runtime", ["tensorflow", "keras", "openvino"])
def test_a_layer_that_is_brought_computes(tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(trial._CHILD, "run", pytest.fail)  # the other process has no such layer
    path = write(tmp_path, unknown_between(), {}).path
    with framegate.load_model(path, runtime, layers={"MultiplyBeta": multiply_beta, "Other": multiply_beta}) as model:
        (found,) = model.run(np.array([[4, -8]], np.float32)).values()
    np.testing.assert_array_equal(found, [[1, -2]])


def test_settings_of_a_layer_that_is_brought_are_plain_too(tmp_path: Path) -> None:
    path = write(tmp_path, unknown_between(beta={"class_name": "function", "module": "antigravity"}), {}).path
    with pytest.raises(UnsupportedOp, match="layer 'm' has an object in its setting 'beta'"):
        framegate.load_model(path, layers={"MultiplyBeta": multiply_beta})


def test_a_factory_that_makes_no_layer_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, unknown_between(), {}).path
    with pytest.raises(UsageError, match=r"the factory of layer 'MultiplyBeta' returns <class 'dict'>; it has to"):
        framegate.load_model(path, layers={"MultiplyBeta": lambda _: dict})


def test_no_layer_takes_the_place_of_one_of_tfjs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"layer 'Dense' is one of TF\.js' own"):
        framegate.load_model(tmp_path, layers={"Dense": multiply_beta})


def test_a_model_has_those_layers_that_it_names(tmp_path: Path) -> None:
    layers = {"MultiplyBeta": multiply_beta, "Other": multiply_beta}
    assert with_layers(write(tmp_path, unknown_between(), {}), layers).layers == {"MultiplyBeta": multiply_beta}


def test_another_code_is_another_conversion(tmp_path: Path) -> None:
    def digest(code: str) -> str:
        module = types.ModuleType("mine")
        file = tmp_path / "mine.py"
        file.write_text(code)
        exec(compile(code, file, "exec"), module.__dict__)  # noqa: S102 - the test's own text
        return code_digest({"Mine": module.mine})

    one, other = "def mine(keras): return 1\n", "def mine(keras): return 2\n"
    assert digest(one) == digest(one) != digest(other)
    assert code_digest({}) == ""
