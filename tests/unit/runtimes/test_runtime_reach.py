"""A model from the internet is measured, not trusted."""

import base64
import importlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import branch, flag, function

import framegate
from framegate.errors import ModelFormatError, UnsupportedOp
from framegate.models import tf
from framegate.models.topology import read_model_json
from framegate.tfgraph import graph_def
from framegate.tfgraph.closed_layers import restricted
from framegate.tfgraph.closed_list import CALLS, DEEPEST, MOST_NODES, allowed_ops
from framegate.tfgraph.parts import Parts

Json = dict[str, Any]
WriteGraph = Callable[..., Path]

ROOT = Path(__file__).parents[3]
FLOAT = {"type": "DT_FLOAT"}
TEXT = {"type": "DT_STRING"}
SIZES = [{"size": "1"}, {"size": "4"}, {"size": "4"}, {"size": "3"}]


def constant(name: str, text: str) -> Json:
    tensor = {"dtype": "DT_STRING", "tensorShape": {}, "stringVal": [text]}
    return {"name": name, "op": "Const", "attr": {"dtype": TEXT, "value": {"tensor": tensor}}}


@pytest.fixture
def write_graph(tmp_path: Path) -> WriteGraph:
    """Writes a model.json whose output is its input after the node ``last``, and returns the file."""

    def write(
        *nodes: Json, last: Sequence[str] = ("x",), functions: Sequence[Json] = (), start: Sequence[Json] = ()
    ) -> Path:
        image = {"name": "x", "op": "Placeholder", "attr": {"dtype": FLOAT, "shape": {"shape": {"dim": SIZES}}}}
        out = {"name": "y", "op": "Identity", "input": list(last), "attr": {"T": FLOAT}}
        topology = {"node": [image, *nodes, out], "library": {"function": list(functions)}}
        model = {"format": "graph-model", "modelTopology": topology, "weightsManifest": []}
        model["modelInitializer"] = {"node": list(start)}
        (tmp_path / "model.json").write_text(json.dumps(model))
        return tmp_path / "model.json"

    return write


def run(path: Path) -> np.ndarray[Any, Any]:
    with framegate.load_model(path) as model:
        return model.run(np.ones((1, 4, 4, 3), np.float32))["y"]


def test_the_list_is_that_of_the_docs() -> None:
    table = (ROOT / "docs" / "ops.md").read_text("utf-8")
    rows = re.findall(r"^\| \w+ \| `(\w+)` \| (as is|rewritten|refused) \|", table, re.MULTILINE)
    # TF.js' executor knows Conv2dTranspose too; the converter never writes it, and TensorFlow has no such op.
    assert allowed_ops() - {"Conv2dTranspose"} == {op for op, how in rows if how != "refused"}


@pytest.mark.parametrize("place", ["graph", "library"])
def test_no_op_outside_of_the_list_reaches_tensorflow(write_graph: WriteGraph, place: str) -> None:
    parts = Parts("m", read_model_json(write_graph()), {})
    passed = [op.name for op in all_ops() if op.name not in allowed_ops() and not is_refused(parts, op.name, place)]
    assert passed == []


def all_ops() -> Any:
    """Every op that TensorFlow has in its registry."""
    tf.tensorflow()
    session = importlib.import_module("tensorflow.python.client.pywrap_tf_session")
    ops = importlib.import_module("tensorflow.core.framework.op_def_pb2").OpList()
    ops.ParseFromString(session.TF_GetBuffer(session.TF_GetAllOpList()))
    assert len(ops.op) > 1000
    return ops.op


def is_refused(parts: Parts, op: str, place: str) -> bool:
    node = {"name": "bad", "op": op, "input": ["x"] * 12}
    nodes = [node] if place == "graph" else [flag(), branch("i", "f", "f", "x")]
    try:
        graph_def.convert(tf.tensorflow(), parts, nodes, {"function": [function("f", node)]})
    except UnsupportedOp as refusal:
        return f"is of op {op!r}" in str(refusal)
    return False


def test_only_branches_and_loops_take_functions() -> None:
    takers = {
        (op.name, attribute.name)
        for op in all_ops()
        for attribute in op.attr
        if op.name in allowed_ops() and "func" in attribute.type
    }
    assert takers == {(op, name) for op, names in CALLS.items() for name in names}


@pytest.mark.parametrize("place", ["graph", "library", "initializer", "call"])
def test_a_graph_that_prints_into_a_file_is_refused(tmp_path: Path, write_graph: WriteGraph, place: str) -> None:
    victim = tmp_path / "written"
    stream = {"output_stream": {"s": base64.b64encode(f"file://{victim}".encode()).decode()}}
    text, printer = constant("text", "eA=="), {"name": "p", "op": "PrintV2", "input": ["text"], "attr": stream}
    inner = {**printer, "input": ["text:output:0"]}
    files = {
        "graph": lambda: write_graph(text, printer, last=["x", "^p"]),
        "library": lambda: write_graph(
            flag(), branch("i", "f", "f", "x"), last=["i"], functions=[function("f", text, inner)]
        ),
        "initializer": lambda: write_graph(start=[text, printer]),
        "call": lambda: write_graph(
            {"name": "c", "op": "PartitionedCall", "input": ["x"], "attr": {"f": {"func": {"name": "f"}}}},
            last=["c"], functions=[function("f", text, inner)],
        ),
    }  # fmt: skip
    with pytest.raises(
        UnsupportedOp, match=r"model.json: node '[pc]' is of op '\w+', which TF.js' converter does not know"
    ):
        run(files[place]())
    assert not victim.exists()


@pytest.mark.parametrize("place", ["graph", "library"])
def test_print_hands_on_and_says_nothing(
    write_graph: WriteGraph, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    types = {"list": {"type": ["DT_FLOAT"]}}
    message = {"message": {"s": base64.b64encode(b"from the model").decode()}}
    says = {"name": "p", "op": "Print", "input": ["x", "x"], "attr": {"T": FLOAT, "U": types, **message}}
    branches = function("f", says) | {"ret": {"y": "p:output:0"}}
    path = (
        write_graph(says, last=["p"])
        if place == "graph"
        else write_graph(flag(), branch("i", "f", "f", "x"), last=["i"], functions=[branches])
    )
    assert (run(path) == 1).all()
    assert "from the model" not in "".join(capfd.readouterr())


def test_tables_are_the_models_own(write_graph: WriteGraph) -> None:
    named = {name: {"s": "dGhlaXJz"} for name in ("container", "shared_name")} | {"use_node_name_sharing": {"b": True}}
    table = {"name": "t", "op": "HashTableV2", "attr": {"key_dtype": TEXT, "value_dtype": FLOAT, **named}}
    found = graph_def.convert(tf.tensorflow(), Parts("m", read_model_json(write_graph()), {}), [table], None)
    assert sorted(found.node[0].attr) == ["key_dtype", "value_dtype"]


def test_a_branch_runs_the_function_of_the_library(write_graph: WriteGraph) -> None:
    assert (run(write_graph(flag(), branch("i", "f", "f", "x"), last=["i"], functions=[function("f")])) == 1).all()


def test_functions_of_two_models_may_share_a_name(write_graph: WriteGraph) -> None:
    negated = {"name": "n", "op": "Neg", "input": ["x"], "attr": {"T": FLOAT}}
    for functions, expected in (([function("f")], 1), ([function("f", negated) | {"ret": {"y": "n:y:0"}}], -1)):
        path = write_graph(flag(), branch("i", "f", "f", "x"), last=["i"], functions=functions)
        assert (run(path) == expected).all()


def test_a_bad_function_that_nothing_calls_does_no_harm(write_graph: WriteGraph) -> None:
    bad = function("g", {"name": "w", "op": "WriteFile", "input": ["x", "x"]})
    assert (run(write_graph(functions=[bad])) == 1).all()


@pytest.mark.parametrize("ring", [["f"], ["f", "g"], ["f", "g", "h"]])
def test_functions_that_call_each_other_in_a_ring_are_refused(write_graph: WriteGraph, ring: list[str]) -> None:
    functions = [
        function(name, flag(), {**branch("i", after, after, "x"), "input": ["flag:output:0", "x"]})
        for name, after in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]
    with pytest.raises(ModelFormatError, match="a function calls itself"):
        run(write_graph(flag(), branch("i", "f", "f", "x"), last=["i"], functions=functions))


def chain(levels: int) -> list[Json]:
    """Functions that each call the next one twice."""
    return [
        function(f"f{at}", flag(), {**branch("i", f"f{at + 1}", f"f{at + 1}", "x"), "input": ["flag:output:0", "x"]})
        for at in range(levels)
    ] + [function(f"f{levels}")]


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        (20, f"nodes with all functions that it calls, {MOST_NODES} at most"),
        (DEEPEST, f"levels deep, {DEEPEST} at most"),
    ],
)
def test_functions_that_grow_without_bound_are_refused(write_graph: WriteGraph, levels: int, complaint: str) -> None:
    path = write_graph(flag(), branch("i", "f0", "f0", "x"), last=["i"], functions=chain(levels))
    with pytest.raises(ModelFormatError, match=complaint):
        run(path)


@pytest.mark.parametrize(
    ("functions", "complaint"),
    [
        ([], "calls function 'f', which its library lacks"),
        ([function("f"), function("f")], "library function 'f' has the name of another function or op"),
        ([function("f"), function("Relu")], "library function 'Relu' has the name of another function or op"),
    ],
)
def test_libraries_that_mislead_are_refused(write_graph: WriteGraph, functions: list[Json], complaint: str) -> None:
    path = write_graph(flag(), branch("i", "f", "f", "x"), last=["i"], functions=functions)
    with pytest.raises(ModelFormatError, match=complaint):
        run(path)


@pytest.mark.parametrize(
    "attribute", [{"func": {"name": "f"}}, {"list": {"func": [{"name": "f"}]}}, {"placeholder": "f"}]
)
def test_no_other_attribute_names_a_function(write_graph: WriteGraph, attribute: Json) -> None:
    node = {"name": "r", "op": "Relu", "input": ["x"], "attr": {"T": attribute}}
    with pytest.raises(UnsupportedOp, match=r"node 'r' \(Relu\) names a function in its attribute 'T'"):
        run(write_graph(node, last=["r"], functions=[function("f")]))


@pytest.mark.parametrize("kind", ["DT_RESOURCE", "DT_VARIANT"])
def test_constants_are_numbers_or_texts(write_graph: WriteGraph, kind: str) -> None:
    value = {"tensor": {"dtype": kind, "tensorShape": {}, "resourceHandleVal": [{"name": "secret"}]}}
    node = {"name": "c", "op": "Const", "attr": {"dtype": {"type": kind}, "value": value}}
    with pytest.raises(UnsupportedOp, match=f"constant 'c' is of type {kind}"):
        run(write_graph(node, last=["x", "^c"]))


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
    with pytest.raises(UnsupportedOp, match=f"layer 'call' is of class '{kind}', which TF.js does not know"):
        framegate.load_model(tmp_path / "model.json")
    assert not victim.exists()


FUNCTION = {"class_name": "function", "module": "antigravity", "config": "open", "registered_name": None}
EMPTY = {"class_name": "Sequential", "name": "s", "config": {"name": "s", "layers": []}}


@pytest.mark.parametrize(
    ("kind", "settings", "complaint"),
    [
        ("Embedding", {"input_dim": FUNCTION}, "layer 'd' has an object in its setting 'input_dim'"),
        ("Dense", {"units": 1, "activation": FUNCTION}, "layer 'd' has activation"),
        ("Dense", {"units": 1, "activation": "antigravity>open"}, "layer 'd' has activation 'antigravity>open'"),
        ("Dense", {"units": 1, "dtype": {"class_name": "Policy", "config": {"name": "x"}}}, "layer 'd' has dtype"),
        ("Dense", {"units": [[{"class_name": "TypeSpec"}]]}, "layer 'd' has an object in its setting 'units'"),
        ("RNN", {"cell": {"class_name": "KerasLayer", "config": {"handle": "https://a.b"}}}, "of class 'KerasLayer'"),
        ("StackedRNNCells", {"cells": [{"class_name": "TensorFlowOpLayer", "config": {}}]}, "'TensorFlowOpLayer'"),
        ("TimeDistributed", {"layer": {"class_name": "TextVectorization", "config": {}}}, "'TextVectorization'"),
        ("Bidirectional", {"layer": {"class_name": "Lambda", "config": {}}}, "class 'Lambda'"),
        ("TensorFlowOpLayer", {"node_def": {"op": "ReadFile"}}, "'TensorFlowOpLayer', which TF.js does not know"),
    ],
)
def test_objects_in_a_config_are_refused_by_name(kind: str, settings: Json, complaint: str) -> None:
    config = {"layers": [{"class_name": kind, "name": "d", "config": {"name": "d"} | settings}]}
    with pytest.raises(UnsupportedOp, match=complaint):
        restricted(Path("model.json"), {"class_name": "Sequential", "config": config})


def test_what_stands_beside_a_config_does_not_pass() -> None:
    layer = {"class_name": "Dense", "module": "antigravity", "registered_name": "x>y", "build_config": {"a": FUNCTION}}
    layer |= {"config": {"name": "d", "kernel_initializer": FUNCTION, "bias_regularizer": FUNCTION}}
    copy = restricted(Path("model.json"), layer)
    assert copy == {
        "class_name": "Dense",
        "name": "d",
        "config": {"name": "d", "kernel_initializer": {"class_name": "Zeros", "config": {}}, "bias_regularizer": None},
    }


def test_a_call_passes_plain_arguments_and_never_trains() -> None:
    layer = {"class_name": "Dropout", "name": "d", "config": {"rate": 0.5}}
    calls = [[["x", 0, 0, {"training": True, "mask": None}]], [["x", 0, 0, {}]]]
    copy = restricted(Path("model.json"), {**layer, "inbound_nodes": calls})
    assert copy["inbound_nodes"] == [[["x", 0, 0, {"mask": None}]], [["x", 0, 0, {}]]]
    with pytest.raises(UnsupportedOp, match="layer 'd' has an object in its setting 'mask'"):
        restricted(Path("model.json"), {**layer, "inbound_nodes": [[["x", 0, 0, {"mask": FUNCTION}]]]})


def test_models_inside_of_each_other_have_a_bound() -> None:
    model: Json = EMPTY
    for _ in range(40):
        model = {"class_name": "Sequential", "name": "s", "config": {"name": "s", "layers": [model]}}
    with pytest.raises(ModelFormatError, match="more than 32 levels deep"):
        restricted(Path("model.json"), model)
