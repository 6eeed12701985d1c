"""Layers models on which TF.js waits for ever: its own answers, stored by `scripts/tfjs-waits.cjs`, are the oracle."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from layer_wait_cases import cases, layer, model, on

from framegate.analysis.layer_waits import tfjs_waits
from framegate.analysis.script_values import UNDEFINED, camel_case, item_of, number_of, text_of

ANSWERS: Mapping[str, str] = json.loads(Path(__file__).with_name("tfjs_waits.json").read_text(encoding="utf-8"))
CASES = cases()


def test_every_case_has_an_answer_and_every_answer_occurs() -> None:
    assert ANSWERS.keys() == CASES.keys()
    assert {answer.split(":")[0] for answer in ANSWERS.values()} == {"builds", "refuses", "waits"}


@pytest.mark.parametrize("label", CASES)
def test_what_waits_here_waits_in_tfjs(label: str) -> None:
    assert (tfjs_waits(CASES[label]) is not None) == (ANSWERS[label] == "waits")


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("no such layer", "layer 'b' takes the result of 'gone', which is not a layer of the model"),
        ("shared too rarely", "layer 'c' takes the result of call 1 of 'a', never made"),
        ("cycle", "layer 'a' takes the result of call 0 of 'b', never made"),
        ("too few lists", "layer 'a' has inbound_nodes with too few or too many lists around a reference"),
        ("too many lists", "layer 'a' has inbound_nodes with too few or too many lists around a reference"),
        ("inner model waits", "layer 'a' takes the result of 'q', which is not a layer of the model"),
        ("the inner name is none", "layer 'c' takes the result of 'a', which is not a layer of the model"),
    ],
)
def test_what_it_waits_for(label: str, words: str) -> None:
    assert tfjs_waits(CASES[label]) == f"It waits for ever: {words}"


@pytest.mark.parametrize("odd", [None, 3, [], {}, {"class_name": ["Model"]}, {"class_name": "Model", "config": 3}])
def test_what_is_no_model_is_refused_and_not_waited_for(odd: Any) -> None:
    assert tfjs_waits(odd) is None


def test_a_long_chain_takes_linear_time() -> None:
    chain = [layer("ReLU", f"l{at}", (on(f"l{at - 1}" if at else "photo"),)) for at in range(20_000)]
    assert tfjs_waits(model(*reversed(chain))) is None
    often = layer("ReLU", "shared", tuple(on("shared", call=at) for at in range(20_000)))
    assert (
        tfjs_waits(model(often))
        == "It waits for ever: layer 'shared' takes the result of call 0 of 'shared', never made"
    )


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("0x", "0x", None), (" 2.5e1 ", " 2.5e1 ", 25), ("", "", 0), (None, "null", 0), (UNDEFINED, "undefined", None),
        (True, "true", 1), (-0.0, "0", 0), (3.0, "3", 3), (0.5, "0.5", 0.5),
        ([], "", 0), ([[4]], "4", 4), ([1, None, "x"], "1,,x", None), ({}, "[object Object]", None),
    ],
)  # fmt: skip
def test_values_as_javascript_has_them(value: Any, text: str, number: float | None) -> None:
    assert text_of(value) == text
    assert number_of(value) == number or number is None
    assert (number_of(value) != number_of(value)) == (number is None)


def test_items_as_javascript_finds_them() -> None:
    assert item_of(["a_b", "a_b"], 0) == "a_b"
    assert item_of(["a_b", "a_b_c__"], 1) == camel_case("a_b_c__") == "aBC"
    assert item_of("xyz", 1) == "y"
    assert item_of({"1": 4}, 1) == 4
    empty: list[Any] = [[], "", 3, {}]
    assert [item_of(nothing, 0) for nothing in empty] == [UNDEFINED] * 4
    with pytest.raises(TypeError):
        item_of(None, 0)
