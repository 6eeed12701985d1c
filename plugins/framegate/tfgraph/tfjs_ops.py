"""Ops that TensorFlow lacks, or computes differently from TF.js: renamed, or rewritten node by node (pure)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from framegate.models.nodes import NodeJson

_FLOAT = {"type": "DT_FLOAT"}
_INT = {"type": "DT_INT32"}
_FALSE = {"b": False}

# TensorFlow 1's tables are references, which a function cannot hold; TF.js treats both versions alike.
RENAMED = {
    "DepthwiseConv2d": "DepthwiseConv2dNative",
    "HashTable": "HashTableV2",
    "InitializeTable": "InitializeTableV2",
    "LookupTableFind": "LookupTableFindV2",
    "LookupTableImport": "LookupTableImportV2",
    "LookupTableSize": "LookupTableSizeV2",
}

_FOREST = "a decision forest needs the library of tfjs-tfdf, and is not an image model"
REFUSED = {
    "SimpleMLCreateModelResource": _FOREST,
    "SimpleMLInferenceOpWithHandle": _FOREST,
    "SimpleMLLoadModelFromPathWithHandle": _FOREST,
}


def _renamed(node: NodeJson) -> list[NodeJson]:
    return [{**node, "op": RENAMED[node["op"]]}]


def _batch_norm(node: NodeJson) -> list[NodeJson]:
    """TF.js always normalises by the given mean and variance; TensorFlow would compute its own where told to train."""
    return [{**node, "attr": (node.get("attr") or {}) | {"is_training": _FALSE}}]


def _fake_quant(node: NodeJson) -> list[NodeJson]:
    """TF.js passes its input on (tfjs-converter, executors/graph_executor)."""
    inputs = node.get("input") or ()
    return [{"name": node["name"], "op": "Identity", "input": list(inputs[:1]), "attr": {"T": _FLOAT}}]


def _filled(value: int) -> Callable[[NodeJson], list[NodeJson]]:
    def rule(node: NodeJson) -> list[NodeJson]:
        name, inputs = node["name"], list(node.get("input") or ())
        dtype = (node.get("attr") or {}).get("T", _FLOAT)
        cast_attrs = {"SrcT": _INT, "DstT": dtype}
        return [
            _int(f"{name}/value", value),
            {"name": f"{name}/cast", "op": "Cast", "input": [f"{name}/value"], "attr": cast_attrs},
            {"name": name, "op": "Fill", "input": [*inputs, f"{name}/cast"], "attr": {"T": dtype, "index_type": _INT}},
        ]

    return rule


def _conv_1d(node: NodeJson) -> list[NodeJson]:
    """A convolution over pictures of one row; only NWC, the layout that TF.js' own cpu backend takes."""
    name, inputs, attrs = node["name"], list(node.get("input") or ()), node.get("attr") or {}
    kind = {"T": attrs.get("T", _FLOAT)}
    expand = {**kind, "Tdim": _INT}
    conv = {
        **kind,
        "strides": _list(1, 1, attrs.get("stride", {}).get("i", 1), 1),
        "dilations": _list(1, 1, attrs.get("dilation", {}).get("i", 1), 1),
        "padding": attrs.get("padding", {"s": "VkFMSUQ="}),  # VALID
    }
    return [
        _int(f"{name}/row", 1),
        _int(f"{name}/rows", 0),
        {"name": f"{name}/x", "op": "ExpandDims", "input": [*inputs[:1], f"{name}/row"], "attr": expand},
        {"name": f"{name}/w", "op": "ExpandDims", "input": [*inputs[1:2], f"{name}/rows"], "attr": expand},
        {"name": f"{name}/conv", "op": "Conv2D", "input": [f"{name}/x", f"{name}/w"], "attr": conv},
        {"name": name, "op": "Squeeze", "input": [f"{name}/conv"], "attr": {**kind, "squeeze_dims": _list(1)}},
    ]


def _list(*values: Any) -> dict[str, Any]:
    return {"list": {"i": list(values)}}


def _int(name: str, value: int) -> NodeJson:
    tensor = {"dtype": "DT_INT32", "tensorShape": {}, "intVal": [value]}
    return {"name": name, "op": "Const", "attr": {"dtype": _INT, "value": {"tensor": tensor}}}


def guard_pads(nodes: list[NodeJson]) -> list[NodeJson]:
    """``PadV2`` for every ``Pad`` that is added to something.

    TensorFlow 2.19 with oneDNN fuses a convolution, the bias and a sum into one op, and then takes a ``Pad`` before the
    sum for the padding of the convolution: it crashes. It leaves ``PadV2``, which does the same, alone.
    """
    ops = {node["name"]: node["op"] for node in nodes}
    added = {
        name.split(":", 1)[0]
        for node in nodes
        if node["op"] in ("Add", "AddV2", "AddN", "BiasAdd")
        for name in node.get("input") or ()
        if ops.get(name.split(":", 1)[0]) == "Pad"
    }
    return [link for node in nodes for link in (_pad_v2(node) if node["name"] in added else [node])]


def _pad_v2(node: NodeJson) -> list[NodeJson]:
    name, attrs = node["name"], node.get("attr") or {}
    zero = _filled(0)({"name": f"{name}/zero", "input": [f"{name}/scalar"], "attr": {"T": attrs.get("T", _FLOAT)}})
    tensor = {"dtype": "DT_INT32", "tensorShape": {"dim": [{"size": "0"}]}}
    scalar = {"name": f"{name}/scalar", "op": "Const", "attr": {"dtype": _INT, "value": {"tensor": tensor}}}
    data = [tensor for tensor in node.get("input") or () if not tensor.startswith("^")]
    control = [tensor for tensor in node.get("input") or () if tensor.startswith("^")]
    return [scalar, *zero, {**node, "op": "PadV2", "input": [*data, f"{name}/zero", *control]}]


REPLACEMENTS: dict[str, Callable[[NodeJson], list[NodeJson]]] = {
    **dict.fromkeys(RENAMED, _renamed),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), _batch_norm),
    "Conv1D": _conv_1d,
    "FakeQuantWithMinMaxVars": _fake_quant,
    "Ones": _filled(1),
    "Zeros": _filled(0),
}
