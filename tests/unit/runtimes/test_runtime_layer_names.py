"""Names of layers and models that TensorFlow would not have."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import write

from framegate.errors import UnsupportedOp
from framegate.runtimes.keras import KerasRuntime
from framegate.runtimes.tensorflow import TensorFlowRuntime

WEIGHTS = {"d/kernel": np.array([[2]], np.float32)}


def topology(model: str, layer: str = "r", source: str = "x") -> dict[str, Any]:
    def entry(kind: str, name: str, *calls: str, **config: Any) -> dict[str, Any]:
        nodes = [[[call, 0, 0, {}] for call in calls]] if calls else []
        return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}

    layers = [
        entry("InputLayer", source, batch_input_shape=[None, 1], dtype="float32"),
        entry("Dense", "d", source, units=1, use_bias=False),
        entry("ReLU", layer, "d"),
    ]
    ends = {"input_layers": [[source, 0, 0]], "output_layers": [[layer, 0, 0]]}
    return {"model_config": {"class_name": "Functional", "config": {"name": model, "layers": layers, **ends}}}


@pytest.mark.parametrize("name", ["out put/[0]", "_model", "a:0", "a\\b", "Stra\u00dfe", "-a", "/a", ""])
def test_a_model_may_have_any_name(tmp_path: Path, name: str) -> None:
    model = write(tmp_path, topology(name), WEIGHTS)
    for runtime in (TensorFlowRuntime(), KerasRuntime()):
        found = runtime.load(model).run({"x": np.array([[4]], np.float32)})
        assert float(found["r"][0, 0]) == 8


def test_the_name_of_a_model_stands_before_those_of_its_weights(tmp_path: Path) -> None:
    model = write(tmp_path, topology("my model"), {"my model/d/kernel": WEIGHTS["d/kernel"]})
    assert float(TensorFlowRuntime().load(model).run({"x": np.array([[4]], np.float32)})["r"][0, 0]) == 8


@pytest.mark.parametrize("name", ["a>b", "a/b/c", "1a", "a.b-c", "a/"])
def test_what_tensorflow_takes_is_a_layers_name(tmp_path: Path, name: str) -> None:
    loaded = TensorFlowRuntime().load(write(tmp_path, topology("m", name), WEIGHTS))
    assert loaded.run({"x": np.array([[4]], np.float32)}).keys() == {name}


@pytest.mark.parametrize("name", ["out put/[0]", "_a", "a:0", "a\\b", "\u00e9", "-a", "/a"])
def test_what_neither_takes_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedOp, match=r"has a name that neither TensorFlow nor TF\.js takes; name it with"):
        TensorFlowRuntime().load(write(tmp_path, topology("m", name), WEIGHTS))
    assert TensorFlowRuntime().load(write(tmp_path, topology("m", source=name), WEIGHTS)).inputs[0].name == name
