"""Graphs that TensorFlow itself wrote, as the converter leaves them: loops, branches, calls, tables."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import op, placeholder, text, write, write_graph

from framegate.errors import ModelFormatError
from framegate.interfaces import Array, LoadedModel
from framegate.models import tf as lazy
from framegate.runtimes.tensorflow import TensorFlowRuntime

X = np.arange(1, 4, dtype=np.float32)
BIG = np.linspace(-1, 1, 1 << 13, dtype=np.float32)  # large enough to stand beside the graph


@pytest.fixture(scope="module")
def tf() -> Any:
    return lazy.tensorflow()


Y = {"outputs": {"y": {"name": "y:0"}}}


def load(folder: Path, topology: dict[str, Any], weights: dict[str, Array] | None = None, **keys: Any) -> LoadedModel:
    keys = {"signature": Y} | keys
    return TensorFlowRuntime().load(write(folder, topology, weights or {}, **keys))


def as_json(definition: Any) -> dict[str, Any]:
    """As in model.json; without the control inputs of constants, which the converter drops."""
    found: dict[str, Any] = importlib.import_module("google.protobuf.json_format").MessageToDict(definition)
    for node in found["node"]:
        if node["op"] == "Const":
            node.pop("input", None)
    return found


def v1_graph(tf: Any, body: Callable[[Any], Any], shape: list[int | None]) -> dict[str, Any]:
    with tf.Graph().as_default() as around:
        tf.compat.v1.disable_control_flow_v2()
        try:
            tf.identity(body(tf.compat.v1.placeholder(tf.float32, shape, name="x")), name="y")
        finally:
            tf.compat.v1.enable_control_flow_v2()
    return as_json(around.as_graph_def())


def v2_graph(tf: Any, body: Callable[[Any], Any], shape: list[int | None]) -> dict[str, Any]:
    with tf.Graph().as_default() as around:
        tf.identity(body(tf.compat.v1.placeholder(tf.float32, shape, name="x")), name="y")
    return as_json(around.as_graph_def())


def looped(tf: Any, x: Any) -> Any:
    """Ten times: x * 2 - 1, where the constants stand inside the loop."""
    return tf.while_loop(lambda i, _: i < 10, lambda i, y: (i + 1, y * 2.0 - tf.identity(1.0)), (0, x))[1]


def nested(tf: Any, x: Any) -> Any:
    def inner(y: Any) -> Any:
        return tf.while_loop(lambda i, _: i < 3, lambda i, z: (i + 1, z + 0.5), (0, y))[1]

    return tf.while_loop(lambda i, _: i < 4, lambda i, y: (i + 1, inner(y) * 2.0), (0, x))[1]


def branched(tf: Any, x: Any) -> Any:
    return tf.cond(tf.reduce_sum(x) > 0, lambda: x + 1.0, lambda: x - 1.0)


def mapped(tf: Any, x: Any) -> Any:
    """A tensor array in TensorFlow 1, a tensor list in TensorFlow 2."""
    return tf.map_fn(lambda row: row * row + 1.0, x)


@pytest.mark.parametrize("graph", [v1_graph, v2_graph], ids=["v1", "v2"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (looped, lambda x: x * 1024 - 1023),
        (nested, lambda x: 16 * x + 45),
        (branched, lambda x: x + np.where(x.sum() > 0, 1, -1)),
        (mapped, lambda x: x * x + 1),
    ],
    ids=["loop", "nested", "branch", "map"],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_control_flow(tf: Any, tmp_path: Path, graph: Any, body: Any, expected: Any, sign: int) -> None:
    loaded = load(tmp_path, graph(tf, lambda x: body(tf, x), [3]))
    np.testing.assert_allclose(loaded.run({"x": sign * X})["y"], expected(sign * X), rtol=1e-6)


def test_a_large_weight_inside_a_loop(tf: Any, tmp_path: Path) -> None:
    topology = v1_graph(
        tf,
        lambda x: tf.while_loop(lambda i, _: i < 2, lambda i, y: (i + 1, y + tf.constant(BIG)), (0, x))[1],
        [BIG.size],
    )
    (name,) = [
        node["name"]
        for node in topology["node"]
        if node["op"] == "Const" and len(node["attr"]["value"]["tensor"].get("tensorContent", "")) > BIG.size
    ]
    for node in topology["node"]:
        if node["name"] == name:
            del node["attr"]["value"]["tensor"]["tensorContent"]
    np.testing.assert_allclose(load(tmp_path, topology, {name: BIG}).run({"x": BIG})["y"], 3 * BIG, rtol=1e-6)


def test_calls_of_functions_whose_constants_are_weights(tf: Any, tmp_path: Path) -> None:
    def body(x: Any) -> Any:
        return tf.cond(tf.reduce_sum(x) > 0, lambda: x * tf.constant([1.0, 2.0, 3.0], name="w"), lambda: x + x)

    topology = v2_graph(tf, body, [3])
    (weight,) = (
        node for function in topology["library"]["function"] for node in function["nodeDef"] if node["name"] == "w"
    )
    del weight["attr"]["value"]["tensor"]["tensorContent"]
    loaded = load(tmp_path, topology, {weight["name"]: X})
    np.testing.assert_allclose(loaded.run({"x": X})["y"], X * X)


TABLE = {"key_dtype": {"type": "DT_STRING"}, "value_dtype": {"type": "DT_INT64"}}
FIND = {"Tin": {"type": "DT_STRING"}, "Tout": {"type": "DT_INT64"}}


def strings(name: str, *values: str) -> dict[str, Any]:
    tensor = {
        "dtype": "DT_STRING",
        "tensorShape": {"dim": [{"size": str(len(values))}]},
        "stringVal": [text(value)["s"] for value in values],
    }
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": "DT_STRING"}, "value": {"tensor": tensor}}}


def int64(name: str, *values: int) -> dict[str, Any]:
    dims = {"dim": [{"size": str(len(values))}]} if len(values) > 1 else {}
    tensor = {"dtype": "DT_INT64", "tensorShape": dims, "int64Val": [str(value) for value in values]}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": "DT_INT64"}, "value": {"tensor": tensor}}}


def initializer(version: str) -> dict[str, Any]:
    fill = {"Tkey": {"type": "DT_STRING"}, "Tval": {"type": "DT_INT64"}}
    return {
        "node": [
            {"name": "table", "op": f"HashTable{version}", "attr": TABLE},
            strings("keys", "cat", "dog"),
            int64("values", 7, 9),
            {"name": "fill", "op": f"InitializeTable{version}", "input": ["table", "keys", "values"], "attr": fill},
        ]
    }


WORD = {
    "name": "word",
    "op": "Placeholder",
    "attr": {"dtype": {"type": "DT_STRING"}, "shape": {"shape": {"dim": [{"size": "-1"}]}}},
}
HANDLE = {"name": "handle", "op": "Placeholder", "attr": {"dtype": {"type": "DT_RESOURCE"}, "shape": {"shape": {}}}}
WORDS = np.array([b"dog", b"cow", b"cat"], object)


def test_a_hash_table_by_the_ids_of_the_signatures(tmp_path: Path) -> None:
    find = {"name": "y", "op": "LookupTableFindV2", "input": ["handle", "word", "none"], "attr": FIND}
    dims = {"dim": [{"size": "-1"}]}
    signature = {
        "inputs": {
            "word": {"name": "word:0", "dtype": "DT_STRING", "tensorShape": dims},
            "handle": {"name": "handle:0", "dtype": "DT_RESOURCE", "tensorShape": {}, "resourceId": 3},
        },
        "outputs": {"found": {"name": "y:0", "dtype": "DT_INT64", "tensorShape": dims}},
    }
    own = {"outputs": {"table": {"name": "table:0", "dtype": "DT_RESOURCE", "tensorShape": {}, "resourceId": 3}}}
    keys = {"signature": signature, "modelInitializer": initializer("V2"), "initializerSignature": own}
    loaded = load(tmp_path, {"node": [WORD, HANDLE, int64("none", -1), find]}, **keys)
    assert [info.name for info in loaded.inputs] == ["word"]
    assert loaded.run({"word": WORDS})["found"].tolist() == [9, -1, 7]


@pytest.mark.parametrize("version", ["", "V2"])
def test_a_hash_table_by_its_name(tmp_path: Path, version: str) -> None:
    find = {"name": "y", "op": f"LookupTableFind{version}", "input": ["table", "word", "none"], "attr": FIND}
    table = {"name": "table", "op": f"HashTable{version}", "attr": TABLE}
    topology = {"node": [WORD, table, int64("none", -1), find]}
    loaded = load(tmp_path, topology, modelInitializer=initializer(version))
    assert loaded.run({"word": WORDS})["y"].tolist() == [9, -1, 7]


def test_an_output_that_is_no_array(tmp_path: Path) -> None:
    table = {"name": "y", "op": "HashTableV2", "attr": TABLE}
    model = write(tmp_path, {"node": [table]}, {}, signature=Y)
    with pytest.raises(ModelFormatError) as error:
        TensorFlowRuntime().load(model)
    assert str(error.value) == f"{model.path}: output 'y' is a resource, not an array; convert the model again"


def test_a_malformed_initializer(tmp_path: Path) -> None:
    model = write_graph(tmp_path, [placeholder("x", [3]), op("Tanh", "y", ["x"])], {}, modelInitializer={"node": [3]})
    with pytest.raises(ModelFormatError) as error:
        TensorFlowRuntime().load(model)
    assert str(error.value) == (f"{model.path}: a node has no name, op or list of inputs: 3; convert the model again")
