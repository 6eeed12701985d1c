"""Where it is said that TF.js computes otherwise; what is said of which op is in test_runtime_tfjs_op_cases.py."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import function, ints, op, placeholder, text, write, write_graph

from framegate.analysis.graph_differences import tfjs_differences
from framegate.analysis.graph_refusals import graph_refusals
from framegate.analysis.inspection import inspect, remarks_on
from framegate.interfaces import ModelSpec
from framegate.models.topology import ModelJson, read_model_json
from framegate.report.inspection import plain
from framegate.report.inspection_json import document

SPEC = ModelSpec("m", "path", "m")
LAST = "takes the last axis for the channels, whatever data_format says"


def pool(name: str) -> dict[str, Any]:
    sides = {"ksize": ints(1, 1, 2, 2), "strides": ints(1, 1, 2, 2)}
    return op("MaxPool", name, ["x"], **sides, padding=text("VALID"), data_format=text("NCHW"))


def test_it_is_said_once_in_each_place(tmp_path: Path) -> None:
    path = write_graph(tmp_path, [placeholder("x", [1, 2, 4, 4]), pool("first"), pool("second")], {}).path
    sentence = f"op 'MaxPool' {LAST} ('first')"
    found = inspect(SPEC, read_model_json(path))
    assert found.differences == (sentence,)
    assert document(found)["otherwise_in_tfjs"] == [sentence]
    assert f"4.22.0 computes otherwise: {sentence}" in plain(found)
    assert remarks_on(SPEC, path) == [f"TF.js 4.22.0 computes otherwise: {sentence}"]


def test_functions_are_looked_at_too(tmp_path: Path) -> None:
    called = {"name": "y", "op": "StatelessIf", "input": ["x", "x"], "attr": {"then_branch": {"func": {"name": "f"}}}}
    topology = {"node": [placeholder("x", [1]), called], "library": {"function": [function("f", pool("inner"))]}}
    model = read_model_json(write(tmp_path, topology, {}).path)
    assert tfjs_differences(model, {}) == (f"op 'MaxPool' {LAST} ('inner' in function 'f')",)


def test_integers_of_the_weight_files_are_read_at_the_end_of_a_run(tmp_path: Path) -> None:
    nodes = [placeholder("x", [2, 3]), op("Cumsum", "y", ["x", "axis"])]
    path = write_graph(tmp_path, nodes, {"axis": np.array(-1, np.int32)}).path
    assert inspect(SPEC, read_model_json(path)).differences == ()
    assert [remark.partition(" returns ")[0] for remark in remarks_on(SPEC, path)] == [
        "TF.js 4.22.0 computes otherwise: op 'Cumsum'"
    ]


@pytest.mark.parametrize("kind", ["Cast", "Conv2D", "Cumsum", "Einsum", "MatMul", "Mean", "StridedSlice", "TopKV2", 4])
@pytest.mark.parametrize("attr", [4, [], {"strides": 4, "DstT": {"type": 4}, "equation": {"s": 4}, "sorted": {"b": 4}}])
def test_what_is_malformed_ends_in_no_traceback(kind: object, attr: object) -> None:
    nodes = [{"op": kind, "attr": attr, "input": 4}, {"op": kind, "name": 4}]
    model = ModelJson(Path("model.json"), "graph", {"modelTopology": {"node": nodes}}, ())
    assert all("'4'" in sentence or "dilations" in sentence for sentence in graph_refusals(model, {}))
    assert tfjs_differences(model, {}) == ()
