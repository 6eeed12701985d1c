"""Layers models as hand-made tools wrote them: indices of calls as text."""

from typing import Any

import pytest

from framegate.models.old_forms import standard_layers


def test_indices_that_are_text_become_numbers() -> None:
    inner = {"class_name": "ReLU", "name": "0", "inbound_nodes": [[["0", "0", "12", {"a": "1"}], ["b", 1, 0]]]}
    config = {"layers": [inner], "input_layers": [["x", "0", "0"]], "output_layers": ["0", "1", 0], "name": "3"}
    standard = standard_layers({"class_name": "Model", "config": {"layers": [{"config": config}]}})
    assert standard["config"]["layers"][0]["config"] == {
        "layers": [{**inner, "inbound_nodes": [[["0", 0, 12, {"a": "1"}], ["b", 1, 0]]]}],
        "input_layers": [["x", 0, 0]],
        "output_layers": ["0", 1, 0],
        "name": "3",
    }


@pytest.mark.parametrize(
    "calls", [None, "x", {"args": []}, [], [[]], ["x"], [["x", "01", "-1"]], [["x", "", " 0"]], [["x", None]]]
)
def test_other_calls_stay_as_they_are(calls: Any) -> None:
    assert standard_layers({"inbound_nodes": calls}) == {"inbound_nodes": calls}
