"""What is said of models for which a backend of TF.js returns other numbers than the others."""

from pathlib import Path
from typing import Any

import pytest
from graph_files import placeholder
from tfjs_files import write_model

from framegate.analysis.backend_faults import backend_faults
from framegate.analysis.inspection import remarks_on
from framegate.interfaces import ModelSpec
from framegate.models.topology import ModelJson

Json = dict[str, Any]


def cast(source: str, target: str) -> Json:
    return {
        "name": "far/away/Cast",
        "op": "Cast",
        "input": ["x"],
        "attr": {"SrcT": {"type": source}, "DstT": {"type": target}},
    }


def one_hot(made: object) -> Json:
    return {"name": "far/away/one_hot", "op": "OneHot", "input": ["x"], "attr": {"T": {"type": made}}}


def faults(*nodes: object, **document: Any) -> tuple[str, ...]:
    return backend_faults(
        ModelJson(Path("model.json"), "graph", {"modelTopology": {"node": list(nodes)} | document}, ())
    )


def test_a_float_that_becomes_true_or_false_is_another_on_wasm() -> None:
    (sentence,) = faults(cast("DT_FLOAT", "DT_BOOL"), cast("DT_FLOAT", "DT_BOOL"))
    assert sentence == (
        "TF.js 4.22.0 returns other numbers for this on wasm than on cpu and webgl: where op 'Cast' makes true or false"
        " of a float, in 'far/away/Cast', wasm takes all between -1 and 1 for false (tensorflow/tfjs#2590)"
    )


@pytest.mark.parametrize(
    "node",
    [
        cast("DT_BOOL", "DT_FLOAT"),
        cast("DT_INT32", "DT_BOOL"),
        cast("DT_FLOAT", "DT_INT32"),
        {"name": "x", "op": "Cast"},
        {"name": "x", "op": "Cast", "attr": {"SrcT": 3, "DstT": []}},
        7,
    ],
)
def test_other_casts_are_the_same_everywhere(node: object) -> None:
    assert faults(node) == ()


@pytest.mark.parametrize("made", ["DT_FLOAT", "DT_HALF", "DT_BOOL"])
def test_classes_that_become_floats_are_nearly_0_on_wasm(made: str) -> None:
    (sentence,) = faults(one_hot(made), one_hot(made))
    assert sentence == (
        "TF.js 4.22.0 returns other numbers for this on wasm than on cpu and webgl: what op 'OneHot' makes other than"
        " whole numbers, in 'far/away/one_hot', is all 0 or nearly so on wasm"
    )
    assert len(faults(one_hot(made), cast("DT_FLOAT", "DT_BOOL"))) == 2


@pytest.mark.parametrize("made", ["DT_INT32", "DT_INT64", None])
def test_classes_that_become_whole_numbers_are_the_same_everywhere(made: object) -> None:
    assert faults(one_hot(made)) == ()


def test_nodes_of_functions_count() -> None:
    function = {"signature": {"name": "f"}, "nodeDef": [cast("DT_FLOAT", "DT_BOOL")]}
    call = {"name": "c", "op": "StatelessIf", "attr": {"then_branch": {"func": {"name": "f"}}}}
    assert len(faults(call, library={"function": [function]})) == 1


def test_it_stands_before_a_models_figures(tmp_path: Path) -> None:
    nodes = [placeholder("x", [1, 8, 8, 3]), cast("DT_FLOAT", "DT_BOOL")]
    remarks = remarks_on(ModelSpec("m", "path", "m"), write_model(tmp_path, topology={"node": nodes}))
    assert [remark.split(" returns")[0] for remark in remarks] == ["TF.js 4.22.0"]
