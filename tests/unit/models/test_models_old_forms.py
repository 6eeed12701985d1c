"""Attributes as old converters wrote them: bytes as lists of numbers, types as numbers."""

import base64
from typing import Any

import pytest

from framegate.models.old_forms import standard_graph

SAME = base64.b64encode(b"SAME").decode()


def attributes(graph: Any) -> Any:
    return graph["node"][0]["attr"]


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ({"s": [83, 65, 77, 69]}, {"s": SAME}),
        ({"s": SAME}, {"s": SAME}),
        ({"s": []}, {"s": ""}),
        ({"list": {"s": [[83, 65, 77, 69], SAME]}}, {"list": {"s": [SAME, SAME]}}),
        ({"list": {"s": []}}, {"list": {"s": []}}),
        ({"list": {"i": ["1", 2]}}, {"list": {"i": ["1", 2]}}),
        ({"list": {"type": [1, "DT_INT32"]}}, {"list": {"type": ["DT_FLOAT", "DT_INT32"]}}),
        ({"type": 3}, {"type": "DT_INT32"}),
        ({"type": 4000}, {"type": 4000}),
        (
            {"tensor": {"dtype": 7, "tensorContent": [1, 2]}},
            {"tensor": {"dtype": "DT_STRING", "tensorContent": "AQI="}},
        ),
        ({"shape": {"dim": [{"size": 1}]}}, {"shape": {"dim": [{"size": 1}]}}),
        ({"s": [300]}, {"s": [300]}),
        ("text", "text"),
    ],
)
def test_attributes_in_the_standard_form(written: Any, standard: Any) -> None:
    node = {"name": "n", "op": "Conv2D", "attr": {"a": written}}
    assert attributes(standard_graph({"node": [node]})) == {"a": standard}
    library = {"function": [{"signature": {"name": "f"}, "nodeDef": [node]}]}
    (function,) = standard_graph({"library": library})["library"]["function"]
    assert function["nodeDef"][0]["attr"] == {"a": standard}


@pytest.mark.parametrize("graph", [None, [], {"node": 1}, {"node": [1, {"attr": 2}]}, {"library": {"function": [3]}}])
def test_other_json_stays_as_it_is(graph: Any) -> None:
    assert standard_graph(graph) == graph
