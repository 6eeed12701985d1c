"""Write small TF.js models with weights for tests of runtimes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from framegate.interfaces import Array, ResolvedModel

Node = dict[str, Any]

_TYPES = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}


def write(folder: Path, topology: Mapping[str, Any], weights: Mapping[str, Array], **keys: Any) -> ResolvedModel:
    """A model with one shard."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = [{"name": name, "shape": list(a.shape), "dtype": a.dtype.name} for name, a in weights.items()]
    (folder / "shard").write_bytes(b"".join(array.tobytes() for array in weights.values()))
    document = {"modelTopology": topology, "weightsManifest": [{"paths": ["shard"], "weights": entries}]} | keys
    (folder / "model.json").write_text(json.dumps(document), encoding="utf-8")
    return ResolvedModel("m", folder / "model.json", "graph" if "node" in topology else "layers", "")


def write_graph(folder: Path, nodes: Sequence[Node], weights: Mapping[str, Array], **keys: Any) -> ResolvedModel:
    """A graph model; constants are added for the weights."""
    constants = [constant(name, array) for name, array in weights.items()]
    return write(folder, {"node": [*constants, *nodes], "versions": {}}, weights, **keys)


def placeholder(name: str, shape: Sequence[int], dtype: str = "DT_FLOAT") -> Node:
    """An input; -1 is a dynamic dimension."""
    dims = {"dim": [{"size": str(size)} for size in shape]}
    return {"name": name, "op": "Placeholder", "attr": {"dtype": {"type": dtype}, "shape": {"shape": dims}}}


def constant(name: str, array: Array) -> Node:
    """A constant whose value is in the shards."""
    dtype = _TYPES[array.dtype.name]
    dims = {"dim": [{"size": str(size)} for size in array.shape]}
    value = {"tensor": {"dtype": dtype, "tensorShape": dims}}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": dtype}, "value": value}}


def op(kind: str, name: str, inputs: Sequence[str], **attr: Any) -> Node:
    """A node of floats; attributes are written as in model.json."""
    return {"name": name, "op": kind, "input": list(inputs), "attr": {"T": {"type": "DT_FLOAT"}} | attr}


def fused(*names: str) -> dict[str, Any]:
    """The attribute ``fused_ops``."""
    return {"list": {"s": [base64.b64encode(name.encode()).decode() for name in names]}}


def ints(*values: int) -> dict[str, Any]:
    """A list of integers."""
    return {"list": {"i": [str(value) for value in values]}}


def text(value: str) -> dict[str, Any]:
    """A string."""
    return {"s": base64.b64encode(value.encode()).decode()}


def noise(*shape: int, seed: int = 0) -> Array:
    """Reproducible float32 in [-1, 1)."""
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def function(name: str, *nodes: Node) -> Node:
    """A function that passes a picture on."""
    arg = {"name": "x", "type": "DT_FLOAT"}
    signature = {"name": name, "inputArg": [arg], "outputArg": [{**arg, "name": "y"}]}
    same = {"name": "same", "op": "Identity", "input": ["x"], "attr": {"T": {"type": "DT_FLOAT"}}}
    return {"signature": signature, "nodeDef": [same, *nodes], "ret": {"y": "same:output:0"}}


def branch(name: str, then: str, otherwise: str, *inputs: str) -> Node:
    """A node that calls one function or another by the value of ``flag``."""
    called = {"then_branch": {"func": {"name": then}}, "else_branch": {"func": {"name": otherwise}}}
    types = {
        "Tcond": {"type": "DT_BOOL"},
        "Tin": {"list": {"type": ["DT_FLOAT"]}},
        "Tout": {"list": {"type": ["DT_FLOAT"]}},
    }
    return {"name": name, "op": "StatelessIf", "input": ["flag", *inputs], "attr": called | types}


def flag() -> Node:
    tensor = {"dtype": "DT_BOOL", "tensorShape": {}, "boolVal": [True]}
    return {"name": "flag", "op": "Const", "attr": {"dtype": {"type": "DT_BOOL"}, "value": {"tensor": tensor}}}
