"""Write topologies for tests of the analyser: no weight files are needed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from framegate.analysis.inspection import Inspection, inspect
from framegate.analysis.rows import Row
from framegate.interfaces import ModelSpec, Size
from framegate.models.topology import read_model_json

Node = dict[str, Any]
Layer = dict[str, Any]
SPEC = ModelSpec("m", "path", "m")


def image(*shape: int, name: str = "image", dtype: str = "DT_FLOAT") -> Node:
    """A placeholder; -1 is a dynamic dimension."""
    dims = {"dim": [{"size": str(size)} for size in shape]}
    return {"name": name, "op": "Placeholder", "attr": {"dtype": {"type": dtype}, "shape": {"shape": dims}}}


def op(kind: str, *inputs: str, name: str = "y", **attr: Any) -> Node:
    """A node; attributes are numbers, lists of numbers, booleans and texts."""
    return {"name": name, "op": kind, "input": list(inputs), "attr": {key: _attr(v) for key, v in attr.items()}}


def const(name: str) -> Node:
    """A constant whose number is in the weight files."""
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": "DT_FLOAT"}}}


def numbers(name: str, *values: int, scalar: bool = False) -> Node:
    """A constant whose numbers are in the topology."""
    shape: dict[str, Any] = {} if scalar else {"dim": [{"size": str(len(values))}]}
    tensor = {"dtype": "DT_INT32", "tensorShape": shape, "intVal": list(values)}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": "DT_INT32"}, "value": {"tensor": tensor}}}


def write_topology(
    folder: Path, topology: Mapping[str, Any], weights: Mapping[str, Sequence[int]], **keys: Any
) -> Path:
    """A model.json; its weights are float32 unless a name ends in ``:DTYPE``. No shard is written."""
    entries = []
    for name, shape in weights.items():
        plain, _, dtype = name.partition(":")
        entries.append({"name": plain, "shape": list(shape), "dtype": dtype or "float32"})
    manifest = [{"paths": ["shard.bin"], "weights": entries}] if entries else []
    path = folder / "model.json"
    path.write_text(json.dumps({"modelTopology": topology, "weightsManifest": manifest} | keys), encoding="utf-8")
    return path


def look(
    folder: Path,
    nodes: Sequence[Node],
    weights: Mapping[str, Sequence[int]] | None = None,
    size: Size | None = None,
    library: Mapping[str, Any] | None = None,
    **keys: Any,
) -> Inspection:
    """Inspect a graph; constants are added for the weights."""
    weights = weights or {}
    topology = {"library": library or {}, "node": [*(const(name.partition(":")[0]) for name in weights), *nodes]}
    return inspect(SPEC, read_model_json(write_topology(folder, topology, weights, **keys)), size)


def look_at_layers(
    folder: Path,
    config: Mapping[str, Any],
    weights: Mapping[str, Sequence[int]] | None = None,
    size: Size | None = None,
) -> Inspection:
    """Inspect a layers model."""
    path = write_topology(folder, {"model_config": config}, weights or {}, format="layers-model")
    return inspect(SPEC, read_model_json(path), size)


def row(found: Inspection, name: str = "y") -> Row:
    """The row of a name."""
    return next(row for row in found.rows if row.name == name)


def layer(kind: str, name: str, *inputs: str, **config: Any) -> Layer:
    """A layer of a functional model, as Keras 2 writes it."""
    nodes = [[[source, 0, 0, {}] for source in inputs]] if inputs else []
    return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def functional(*found: Layer, last: str, first: str = "image") -> dict[str, Any]:
    """A functional model with one input and one output."""
    config = {"layers": list(found), "input_layers": [[first, 0, 0]], "output_layers": [[last, 0, 0]], "name": "model"}
    return {"class_name": "Functional", "config": config}


def _attr(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, str):
        return {"s": base64.b64encode(value.encode()).decode()}
    if all(isinstance(item, str) for item in value):
        return {"list": {"s": [base64.b64encode(item.encode()).decode() for item in value]}}
    return {"list": {"i": [str(item) for item in value]}}
