"""A model from the internet is measured, not trusted."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import framegate
from framegate.errors import UnsupportedOp
from framegate.runtimes.tfjs_ops import REACHES_OUT

ROOT = Path(__file__).parents[3]
FLOAT = {"type": "DT_FLOAT"}


def constant(name: str, text: str) -> dict[str, object]:
    tensor = {"dtype": "DT_STRING", "tensorShape": {}, "stringVal": [text]}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": "DT_STRING"}, "value": {"tensor": tensor}}}


def test_no_op_of_tfjs_reaches_out() -> None:
    table = (ROOT / "docs" / "ops.md").read_text("utf-8")
    ops = re.findall(r"^\| [a-z_]+ \| `(\w+)` \|", table, re.MULTILINE)
    assert len(ops) > 200
    assert [op for op in ops if REACHES_OUT.search(op)] == []


@pytest.mark.parametrize(
    "op", ["WriteFile", "ReadFile", "PyFunc", "EagerPyFunc", "SaveV2", "RestoreV2", "InitializeTableFromTextFileV2"]
)
def test_ops_that_reach_out_are_known_as_such(op: str) -> None:
    assert REACHES_OUT.search(op)


@pytest.mark.parametrize("inside_a_function", [False, True])
def test_a_graph_that_writes_a_file_is_refused(tmp_path: Path, *, inside_a_function: bool) -> None:
    victim = tmp_path / "written"
    write = {"name": "w", "op": "WriteFile", "input": ["path", "text"]}
    image = {"name": "x", "op": "Placeholder", "attr": {"dtype": FLOAT, "shape": {"unknownRank": True}}}
    out = {"name": "y", "op": "Identity", "input": ["x", "^w"], "attr": {"T": FLOAT}}
    topology: dict[str, object] = {"node": [image, constant("path", "eA=="), constant("text", "eA=="), write, out]}
    if inside_a_function:
        body = {"signature": {"name": "f"}, "nodeDef": [write]}
        topology = {"node": [image, {**out, "input": ["x"]}], "library": {"function": [body]}}
    model = {"format": "graph-model", "modelTopology": topology, "weightsManifest": []}
    (tmp_path / "model.json").write_text(json.dumps(model))
    with pytest.raises(
        UnsupportedOp, match=r"model.json: node 'w' is of op 'WriteFile', which reaches beyond the model"
    ):
        framegate.load_model(tmp_path / "model.json").run(np.zeros((1, 4, 4, 3), np.float32))
    assert not victim.exists()


@pytest.mark.parametrize("kind", ["Lambda", "TFOpLambda", "SlicingOpLambda"])
def test_a_layer_that_calls_code_is_refused_before_it_is_built(tmp_path: Path, kind: str) -> None:
    victim = tmp_path / "written"
    call = {"name": "call", "function": "io.write_file", "trainable": False, "dtype": "float32"}
    layers = [
        {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [None, 4, 4, 3], "name": "x"}},
        {"class_name": kind, "name": "call", "config": call, "inbound_nodes": [[str(victim), 0, 0, {"contents": "x"}]]},
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["x", 0, 0]]}
    topology = {"model_config": {"class_name": "Functional", "config": config}, "keras_version": "2.10.0"}
    model = {"format": "layers-model", "modelTopology": topology, "weightsManifest": []}
    (tmp_path / "model.json").write_text(json.dumps(model))
    with pytest.raises(UnsupportedOp, match=f"layer 'call' is a {kind}, which TF.js cannot run either"):
        framegate.load_model(tmp_path / "model.json")
    assert not victim.exists()
