"""A model that sums up what it sees: its state is half of the last one, and the frame times a gain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from framegate.interfaces import Array

SIDE = 16
GAIN = 0.25


def write_recurrent(folder: Path, sides: Iterable[int] = (), side: int = SIDE) -> Path:
    """The model: inputs ``frame``, ``state`` and ``gain``, outputs ``picture`` and ``next``; returns its model.json.

    Args:
        folder: where to write it.
        sides: shape of the state, -1 where it is left open; the picture's by default.
        side: height and width of the picture.
    """
    picture = (1, side, side, 3)
    sides = sides or picture
    nodes = [
        _placeholder("frame", picture),
        _placeholder("state", sides),
        _placeholder("gain", ()),
        {"name": "half", "op": "Const", "attr": _type("dtype") | {"value": {"tensor": {"dtype": "DT_FLOAT"}}}},
        _op("Mul", "kept", "state", "half"),
        _op("Mul", "added", "frame", "gain"),
        _op("AddV2", "sum", "kept", "added"),
        _op("Sigmoid", "Identity", "sum"),
        _op("Identity", "Identity_1", "sum"),
    ]
    inputs = {"frame": ("frame", picture), "state": ("state", sides), "gain": ("gain", ())}
    outputs = {"picture": ("Identity", picture), "next": ("Identity_1", picture)}
    signature = {"inputs": _ports(inputs), "outputs": _ports(outputs)}
    weights = [{"name": "half", "shape": [], "dtype": "float32"}]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shard").write_bytes(np.float32(0.5).tobytes())
    document: dict[str, Any] = {
        "format": "graph-model",
        "modelTopology": {"node": nodes, "versions": {}},
        "signature": signature,
    }
    document["weightsManifest"] = [{"paths": ["shard"], "weights": weights}]
    (folder / "model.json").write_text(json.dumps(document), encoding="utf-8")
    return folder / "model.json"


def expected(frames: Iterable[Array]) -> Iterator[tuple[Array, Array]]:
    """The two outputs for frames one after another."""
    state: Array = np.zeros((1, SIDE, SIDE, 3))
    for frame in frames:
        state = state / 2 + frame * GAIN
        yield 1 / (1 + np.exp(-state)), state


def _type(name: str) -> dict[str, Any]:
    return {name: {"type": "DT_FLOAT"}}


def _shape(sides: Iterable[int]) -> dict[str, Any]:
    return {"dim": [{"size": str(side)} for side in sides]}


def _placeholder(name: str, sides: Iterable[int]) -> dict[str, Any]:
    return {"name": name, "op": "Placeholder", "attr": _type("dtype") | {"shape": {"shape": _shape(sides)}}}


def _op(kind: str, name: str, *inputs: str) -> dict[str, Any]:
    return {"name": name, "op": kind, "input": list(inputs), "attr": _type("T")}


def _ports(ports: Mapping[str, tuple[str, Iterable[int]]]) -> dict[str, Any]:
    return {
        name: {"name": f"{node}:0", "dtype": "DT_FLOAT", "tensorShape": _shape(sides)}
        for name, (node, sides) in ports.items()
    }
