"""Layers models whose calls are as converters write them, or as none does: `python layer_wait_cases.py` prints."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

Json = dict[str, Any]
RANDOM = 150
"""How many models are drawn by chance."""

_REFERENCES: tuple[Any, ...] = (
    ["photo", 0, 0, {}], ["a", 0, 0, {}], ["b", 0, 0, {}], ["c_d", 0, 0, {}], ["a", 1, 0, {}], ["b", "0", 0, {}],
    ["a", 0, "0"], ["a", 2, 0, {}], ["gone", 0, 0, {}], ["a", None, 0, {}], ["a", -1, 0, {}], ["a", 0.5, 0, {}],
    ["photo", True, 0, {}], ["photo", "1", 0, {}], ["photo", "", 0, {}], ["photo", "00", 0], ["photo", [0], 0],
    ["photo", "photo", 0], ["photo"], [["photo"], 0, 0, {}], [["photo", 0, 0, {}]], "photo", 3, None, {},
    {"0": "photo", "1": 0, "2": 0}, [], ["photo", 1e9, 0, {}], ["photo", 0, {}], [3, 0, 0, {}],
    ["inner", 0, 0, {}], ["inner", 1, 0, {}],
)  # fmt: skip


def layer(kind: str, name: str, calls: Any = (), **config: Any) -> Json:
    """A layer with its calls."""
    inbound = list(calls) if isinstance(calls, tuple) else calls
    return {"class_name": kind, "name": name, "config": {"name": name} | config, "inbound_nodes": inbound}


def inner(*layers: Json) -> Json:
    """A model as a layer of another, called on its input."""
    return model(*layers, name="inner") | {"name": "inner", "inbound_nodes": [on("photo")]}


def on(*names: str, call: Any = 0) -> list[Any]:
    """One call on the first results of layers."""
    return [[name, call, 0, {}] for name in names]


IMAGE = layer("InputLayer", "photo", batch_input_shape=[None, 4], dtype="float32")


def model(*layers: Json, end: str = "a", kind: str = "Functional", **config: Any) -> Json:
    """A model of an input and other layers that returns the result of one of them."""
    ends = {"input_layers": [["photo", 0, 0]], "output_layers": [[end, 0, 0]]}
    return {"class_name": kind, "config": {"name": "m", "layers": [IMAGE, *layers]} | ends | config}


def cases() -> dict[str, Json]:
    """Label -> the config of a model."""
    return {label: copy.deepcopy(config) for label, config in (*_by_hand(), *_by_chance())}


def _relu(name: str, *calls: Any) -> Json:
    return layer("ReLU", name, calls)


def _by_hand() -> Iterator[tuple[str, Json]]:
    good = _relu("a", on("photo"))
    plain = [{"class_name": each["class_name"], "config": each["config"]} for each in (IMAGE, good)]
    queue = layer("Sequential", "inner", (on("photo"),), layers=plain)
    yield "plain", model(good)
    yield "old class", model(good, kind="Model")
    yield "any order", model(layer("Add", "s", (on("a", "photo"),)), good, end="s")
    yield "shared", model(_relu("a", on("photo"), on("b")), _relu("b", on("a")), _relu("c", on("a", call=1)), end="c")
    yield "shared too rarely", model(_relu("a", on("photo")), _relu("c", on("a", call=1)))
    yield "cycle", model(_relu("a", on("b")), _relu("b", on("a")))
    yield "itself", model(_relu("a", on("a")))
    yield "no such layer", model(good, _relu("b", on("gone")))
    yield "too few lists", model(layer("ReLU", "a", on("photo")))
    yield "too few lists around a short name", model(good, layer("ReLU", "b", on("a")))
    yield "too few lists for two", model(good, layer("Add", "s", on("photo", "a")))
    yield "too many lists", model(layer("ReLU", "a", [[on("photo")]]))
    yield "index as text", model(_relu("a", on("photo", call="0")))
    yield "never called", model(layer("ReLU", "a"), _relu("b", on("a")))
    yield "call of nothing", model(_relu("a", []), _relu("b", on("a")))
    yield "no calls", model({key: value for key, value in good.items() if key != "inbound_nodes"})
    yield "calls as an object", model(layer("ReLU", "a", {"args": []}))
    yield "a call as an object", model(_relu("a", {"args": []}))
    yield "a call as text", model(_relu("a", "photo"))
    yield "keras 3", model(_relu("a", {"args": [{"class_name": "__keras_tensor__"}], "kwargs": {}}))
    yield "unknown layer and waiting", model(layer("Strange", "s", (on("photo"),)), _relu("a", on("gone")))
    yield "waiting and not read", model(_relu("a", on("gone")), _relu("b", [["photo", -1, 0, {}]]))
    yield "input called", model(layer("InputLayer", "a", (on("photo"),), batch_input_shape=[None, 4]))
    yield "inner model", model(inner(good), _relu("a", on("inner", call=1)))
    yield "inner model, once too often", model(inner(good), _relu("a", on("inner", call=2)))
    yield "inner sequence", model(queue, _relu("a", on("inner", call=1)))
    yield "inner sequence, once too often", model(queue, _relu("a", on("inner", call=2)))
    yield "inner model waits", model(inner(_relu("a", on("q"))))
    waiting = model(_relu("a", on("q")))
    yield "model in a sequence waits", {"class_name": "Sequential", "config": {"name": "s", "layers": [waiting]}}
    yield "model in an old sequence waits", {"class_name": "Sequential", "config": [waiting]}
    yield "model in a wrapper waits", model(layer("TimeDistributed", "a", (on("photo"),), layer=waiting))
    yield "two of one name", model(good, good)
    yield "two of one name wait", model(good, _relu("a", on("a", call=2)))
    yield "names that differ", model(good | {"name": "b"}, _relu("c", on("b")), end="c")
    yield "the inner name is none", model(good | {"name": "b"}, _relu("c", on("a")), end="c")
    yield "outer name missing", model({key: value for key, value in good.items() if key != "name"})
    yield "underscores", model(_relu("a_b", on("photo")), _relu("c", on("a_b")), end="c")
    yield "empty sequence", model(layer("Sequential", "s", layers=[]), _relu("a", on("s")))
    yield "no layers", model() | {"config": {"name": "m"}}


def _by_chance() -> Iterator[tuple[str, Json]]:
    for seed in range(RANDOM):
        random = Random(seed)  # noqa: S311 - not for secrets
        layers = [layer("ReLU", name, _some_calls(random)) for name in ("a", "b", "c_d")]
        layers += [inner(_relu("a", on("photo")))] if random.random() < 0.5 else []
        random.shuffle(layers)
        yield f"chance {seed}", model(*layers, end=random.choice("ab"))


def _some_calls(random: Random) -> list[Any]:
    count = random.choice((1, 1, 1, 2))
    return [[random.choice(_REFERENCES[: random.choice((3, 7, len(_REFERENCES)))])] for _ in range(count)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(cases()))
