"""Ops that TensorFlow lacks, or computes differently from TF.js: renamed, or rewritten node by node (pure)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from framegate.models.nodes import Node, NodeJson, node_name
from framegate.models.weights import Weights

_FLOAT = {"type": "DT_FLOAT"}
_INT = {"type": "DT_INT32"}
_FLOATS = frozenset(
    {"DT_BFLOAT16", "DT_COMPLEX128", "DT_COMPLEX64", "DT_DOUBLE", "DT_FLOAT", "DT_HALF", 1, 2, 8, 14, 18, 19}
)
_FALSE = {"b": False}

# TensorFlow 1's tables are references, which a function cannot hold, its Mod rounds toward zero, and its Select takes a
# vector for one condition per row; TF.js treats both versions of these alike.
RENAMED = {
    "DepthwiseConv2d": "DepthwiseConv2dNative",
    "HashTable": "HashTableV2",
    "InitializeTable": "InitializeTableV2",
    "LookupTableFind": "LookupTableFindV2",
    "LookupTableImport": "LookupTableImportV2",
    "LookupTableSize": "LookupTableSizeV2",
    "Mod": "FloorMod",
    "Select": "SelectV2",
}

_FOREST = "a decision forest needs the library of tfjs-tfdf, and is not an image model"
REFUSED = {
    "SimpleMLCreateModelResource": _FOREST,
    "SimpleMLInferenceOpWithHandle": _FOREST,
    "SimpleMLLoadModelFromPathWithHandle": _FOREST,
}


def _renamed(node: NodeJson) -> list[NodeJson]:
    return [{**node, "op": RENAMED[node["op"]]}]


def _div(node: NodeJson) -> list[NodeJson]:
    """TF.js rounds a quotient of integers down, TensorFlow toward zero."""
    is_float = ((node.get("attr") or {}).get("T") or _FLOAT).get("type") in _FLOATS
    return [node if is_float else {**node, "op": "FloorDiv"}]


def _one_hot(node: NodeJson) -> list[NodeJson]:
    """TF.js does not read the axis: what it makes is always the last one."""
    return [{**node, "attr": (node.get("attr") or {}) | {"axis": {"i": "-1"}}}]


def _band_part(node: NodeJson) -> list[NodeJson]:
    """TF.js takes the number of lower diagonals for that of the upper ones too (tfjs-converter, op_list/matrices)."""
    inputs = list(node.get("input") or ())
    return [{**node, "input": [*inputs[:2], *inputs[1:2], *inputs[3:]]}]


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


def pad_apart(nodes: list[NodeJson]) -> list[NodeJson]:
    """``PadV2`` in front of every depthwise convolution with paddings of its own.

    TensorFlow 2.19 with oneDNN fuses it with a bias and an activation, as if it had none, and ends the process.
    """
    return [link for node in nodes for link in _padded(node)]


def _padded(node: NodeJson) -> list[NodeJson]:
    attrs = node.get("attr") or {}
    pads = Node(node).integers("explicit_paddings")
    if node["op"] != "DepthwiseConv2dNative" or Node(node).string("padding") != "EXPLICIT" or len(pads) != 8:
        return [node]
    name, inputs = node["name"], list(node.get("input") or ())
    tensor = {"dtype": "DT_INT32", "tensorShape": {"dim": [{"size": "4"}, {"size": "2"}]}, "intVal": list(pads)}
    pad = {"name": f"{name}/pad", "input": [*inputs[:1], f"{name}/pads"], "attr": {"T": attrs.get("T", _FLOAT)}}
    valid = {key: value for key, value in attrs.items() if key != "explicit_paddings"} | {"padding": {"s": "VkFMSUQ="}}
    return [
        {"name": f"{name}/pads", "op": "Const", "attr": {"dtype": _INT, "value": {"tensor": tensor}}},
        *_pad_v2(pad),
        {**node, "input": [f"{name}/pad", *inputs[1:]], "attr": valid},
    ]


def guard_norms(nodes: list[NodeJson], weights: Weights) -> list[NodeJson]:
    """The root and its inverse apart, for every ``Rsqrt`` with a factor that is not one number for each channel.

    TensorFlow 2.19 with oneDNN takes means along [1, 2] and what follows them for one op, a norm with a scale for each
    channel, whatever the scale's shape is: it is computed wrongly, or read beyond its end.
    """
    ops = {node["name"]: node["op"] for node in nodes}
    channels = {name for name, array in weights.items() if array.shape[-1:] == (array.size,) != (1,)}
    scaled: set[str] = set()
    for node in nodes:
        factors = [node_name(name) for name in node.get("input") or ()] if node["op"] == "Mul" else []
        if any(ops.get(name) != "Rsqrt" and name not in channels for name in factors):
            scaled.update(name for name in factors if ops.get(name) == "Rsqrt")
    return [link for node in nodes for link in (_root_apart(node) if node["name"] in scaled else [node])]


def _root_apart(node: NodeJson) -> list[NodeJson]:
    root = f"{node['name']}/root"
    return [{**node, "name": root, "op": "Sqrt"}, {**node, "op": "Reciprocal", "input": [root]}]


ALIKE = frozenset(
    {*RENAMED, "Div", "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "MatrixBandPart", "OneHot"}
)
"""Ops that become one op with the same outputs; functions name the outputs of their nodes."""

REPLACEMENTS: dict[str, Callable[[NodeJson], list[NodeJson]]] = {
    **dict.fromkeys(RENAMED, _renamed),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), _batch_norm),
    "Conv1D": _conv_1d,
    "Div": _div,
    "FakeQuantWithMinMaxVars": _fake_quant,
    "MatrixBandPart": _band_part,
    "OneHot": _one_hot,
    "Ones": _filled(1),
    "Zeros": _filled(0),
}
