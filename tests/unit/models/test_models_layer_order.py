from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framegate.errors import ModelFormatError
from framegate.models.layer_order import check_order

HERE = Path("model.json")


def layer(name: str, *calls: list[Any], kind: str = "Add", **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "name": name, "config": {"name": name} | config, "inbound_nodes": list(calls)}


def model(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": "Functional", "config": {"layers": list(layers)}}


def on(*names: str) -> list[Any]:
    return [[name, 0, 0, {}] for name in names]


IMAGE = layer("image", kind="InputLayer")


@pytest.mark.parametrize(
    "config",
    [
        model(layer("sum", on("image", "conv")), layer("conv", on("image")), IMAGE),
        model(IMAGE, layer("shared", on("image"), [["between", 0, 0, {}]]), layer("between", on("shared"))),
        model(IMAGE, layer("inner", on("image"), kind="Functional"), layer("end", [["inner", 1, 0, {}]])),
        model(IMAGE, layer("keyword", [["image", 0, 0, {"y": ["conv", 0, 0]}]]), layer("conv", on("image"))),
        model(IMAGE, layer("constant", [["_CONSTANT_VALUE", -1, 0, {}]])),
        model(IMAGE, layer("keras3", [{"args": [{"config": {"keras_history": ["image", 0, 0]}}]}])),
        {"class_name": "Sequential", "config": [layer("a"), layer("b")]},
        {"class_name": "Functional", "config": 3},
    ],
)
def test_orders_that_can_be_built(config: dict[str, Any]) -> None:
    check_order(HERE, config)


@pytest.mark.parametrize(
    ("config", "waiting", "missing"),
    [
        (model(IMAGE, layer("conv"), layer("sum", on("image", "conv"))), "sum", "conv"),
        (model(IMAGE, layer("a", on("b")), layer("b", on("a"))), "a", "b"),
        (model(IMAGE, layer("a", on("image", "a"))), "a", "a"),
        (model(IMAGE, layer("a", on("image")), layer("b", [["a", 1, 0, {}]])), "b", "a"),
        (model(IMAGE, layer("a", [["image", None, 0, {}]])), "a", "image"),
        (model(IMAGE, layer("a", [["image", -1, 0, {}]])), "a", "image"),
        (model(layer("inner", layers=[IMAGE, layer("x"), layer("y", on("x"))], kind="Functional")), "y", "x"),
    ],
)
def test_orders_on_which_keras_would_hang(config: dict[str, Any], waiting: str, missing: str) -> None:
    with pytest.raises(ModelFormatError) as error:
        check_order(HERE, config)
    assert str(error.value) == (
        f"model.json: layer {waiting!r} needs layer {missing!r}, which is never computed before it;"
        " convert the model again"
    )


def test_a_long_chain_takes_linear_time() -> None:
    chain = [layer(f"l{at}", on(f"l{at - 1}" if at else "image")) for at in range(20_000)]
    check_order(HERE, model(*reversed(chain), IMAGE))
