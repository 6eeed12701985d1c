from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from tfjs_files import write_model

from framegate.errors import ModelFormatError
from framegate.interfaces import TensorInfo
from framegate.models import graph
from framegate.models.graph import Port
from framegate.models.topology import ModelJson, read_model_json

SHAPE = {"dim": [{"size": "-1"}, {"size": "8"}, {"size": "8"}, {"size": "3"}]}
NODES: list[dict[str, Any]] = [
    {"name": "a", "op": "Placeholder", "attr": {"dtype": {"type": "DT_INT32"}, "shape": {"shape": SHAPE}}},
    {"name": "b", "op": "Placeholder", "attr": {"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": {}}}},
    {"name": "used", "op": "Split", "input": ["a", "b"]},
    {"name": "y", "op": "Tanh", "input": ["used:1"], "attr": {"T": {"type": "DT_FLOAT"}}},
    {"name": "z", "op": "Identity", "input": ["used", "^b"], "attr": {"T": {"type": "DT_BOOL"}}},
    {"name": "lost", "op": "Const"},
]
SIGNATURE = {
    "inputs": {"picture:0": {"name": "a:0", "dtype": "DT_INT32", "tensorShape": SHAPE}},
    "outputs": {"result": {"name": "used:1", "dtype": "DT_FLOAT", "tensorShape": {"unknownRank": True}}},
}
UNKNOWN = (None, None, None, None)


def read(folder: Path, nodes: Any = NODES, **keys: Any) -> ModelJson:
    return read_model_json(write_model(folder, topology={"node": nodes}, **keys))


def test_without_signature_placeholders_go_in_and_what_nobody_takes_comes_out(tmp_path: Path) -> None:
    model = read(tmp_path)
    assert graph.inputs(model) == (
        Port(TensorInfo("a", (None, 8, 8, 3), "int32"), "a:0"),
        Port(TensorInfo("b", (), "float32"), "b:0"),
    )
    assert graph.outputs(model) == (
        Port(TensorInfo("y", UNKNOWN, "float32"), "y:0"),
        Port(TensorInfo("z", UNKNOWN, "bool"), "z:0"),
    )


@pytest.mark.parametrize("keys", [{"signature": SIGNATURE}, {"userDefinedMetadata": {"signature": SIGNATURE}}])
def test_a_signature_says_what_goes_in_and_out(tmp_path: Path, keys: dict[str, Any]) -> None:
    model = read(tmp_path, **keys)
    assert graph.inputs(model) == (Port(TensorInfo("picture", (None, 8, 8, 3), "int32"), "a:0"),)
    assert graph.outputs(model) == (Port(TensorInfo("result", UNKNOWN, "float32"), "used:1"),)


@pytest.mark.parametrize(
    ("said", "shape"),
    [
        ({"dim": [{"size": "1"}, {"size": "9"}]}, (None, 8, 8, 3)),
        ({"unknownRank": True}, (None, 8, 8, 3)),
        (None, (None, 8, 8, 3)),
    ],
)
def test_the_placeholder_says_the_shape_and_the_type(tmp_path: Path, said: Any, shape: tuple[int | None, ...]) -> None:
    inputs = {"picture": {"name": "a:0", "dtype": "DT_FLOAT", "tensorShape": said}}
    (port,) = graph.inputs(read(tmp_path, signature=SIGNATURE | {"inputs": inputs}))
    assert port == Port(TensorInfo("picture", shape, "int32"), "a:0")


@pytest.mark.parametrize("size", [float("inf"), float("nan"), "many", None, "-1"])
def test_a_size_that_is_no_number_is_open(tmp_path: Path, size: Any) -> None:
    nodes = [{"name": "a", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": [{"size": size}, {"size": "3"}]}}}}]
    (port,) = graph.inputs(read(tmp_path, nodes))
    assert port.info.shape == (None, 3)


def test_the_signature_says_the_shape_where_the_placeholder_is_open(tmp_path: Path) -> None:
    nodes = [{**NODES[0], "attr": {"dtype": {"type": "DT_INT32"}}}, *NODES[1:]]
    (port,) = graph.inputs(read(tmp_path, nodes, signature=SIGNATURE))
    assert port == Port(TensorInfo("picture", (None, 8, 8, 3), "int32"), "a:0")


def test_hash_tables_are_no_inputs(tmp_path: Path) -> None:
    inputs = SIGNATURE["inputs"] | {"table": {"name": "b:0", "dtype": "DT_RESOURCE"}}
    model = read(tmp_path, signature=SIGNATURE | {"inputs": inputs})
    assert [port.info.name for port in graph.inputs(model)] == ["picture"]


def test_the_last_ops_with_what_is_fused_into_them(tmp_path: Path) -> None:
    fused = {"list": {"s": [base64.b64encode(name.encode()).decode() for name in ("BiasAdd", "Tanh")]}}
    nodes = [
        NODES[0],
        {"name": "conv", "op": "_FusedConv2D", "input": ["a"], "attr": {"fused_ops": fused}},
        {"name": "y", "op": "Identity", "input": ["conv"]},
    ]
    assert list(graph.last_ops(read(tmp_path, nodes))) == ["Identity", "Tanh", "BiasAdd", "_FusedConv2D", "Placeholder"]


def test_a_loop_ends(tmp_path: Path) -> None:
    nodes = [
        {"name": "p", "op": "Merge", "input": ["q"]},
        {"name": "q", "op": "Next", "input": ["p"]},
        {"name": "y", "op": "Exit", "input": ["p"]},
    ]
    assert len(list(graph.last_ops(read(tmp_path, nodes)))) == 3


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ({}, "modelTopology.node is not a list of nodes; convert the model again"),
        ([], "modelTopology.node is not a list of nodes; convert the model again"),
        ([7], "a node has no name, op or list of inputs: 7; convert the model again"),
        ([{"name": "a"}], "a node has no name, op or list of inputs: {'name': 'a'}; convert the model again"),
        (
            [{"name": "a", "op": "B", "input": "c"}],
            "a node has no name, op or list of inputs: {'name': 'a', 'op': 'B', 'input': 'c'}; convert the model again",
        ),
        ([{"name": "a", "op": "B"}] * 2, "two nodes are named 'a'; convert the model again"),
    ],
)
def test_malformed_nodes_are_refused(tmp_path: Path, nodes: Any, message: str) -> None:
    model = read(tmp_path, nodes)
    with pytest.raises(ModelFormatError) as error:
        graph.nodes(model)
    assert str(error.value) == f"{model.path}: {message}"


def test_a_malformed_signature_is_refused(tmp_path: Path) -> None:
    model = read(tmp_path, signature={"inputs": {"x": 3}})
    with pytest.raises(ModelFormatError, match=r"signature entry 'x' names no tensor; convert the model again"):
        graph.inputs(model)
