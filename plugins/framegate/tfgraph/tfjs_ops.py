"""Ops that TensorFlow lacks, or computes differently from TF.js: renamed, or rewritten node by node (pure)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from framegate.models.nodes import Node, NodeJson, node_name
from framegate.models.weights import Weights

_FLOAT = {"type": "DT_FLOAT"}
_INT = {"type": "DT_INT32"}
_FLOATS = frozenset(
    {"DT_BFLOAT16", "DT_COMPLEX128", "DT_COMPLEX64", "DT_DOUBLE", "DT_FLOAT", "DT_HALF", 1, 2, 8, 14, 18, 19}
)
_FALSE = {"b": False}
_CONVOLUTIONS = frozenset({"Conv2D", "DepthwiseConv2dNative"})

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


def _is_float(node: NodeJson) -> bool:
    return ((node.get("attr") or {}).get("T") or _FLOAT).get("type") in _FLOATS


def _div(node: NodeJson) -> list[NodeJson]:
    """TF.js rounds a quotient of integers down; TensorFlow's Div rounds it toward zero, and it has no RealDiv of it."""
    return [node if _is_float(node) else {**node, "op": "FloorDiv"}]


def _round(node: NodeJson) -> list[NodeJson]:
    """TensorFlow makes nonsense of integers, which are round already."""
    return [node if _is_float(node) else {**node, "op": "Identity"}]


def _transposed_convolution(node: NodeJson) -> list[NodeJson]:
    """TF.js does not read the dilations (tfjs-converter, executors/convolution_executor)."""
    return [_without(node, "dilations")]


def _suppression(node: NodeJson) -> list[NodeJson]:
    """TF.js pads to no more than there are boxes, and NonMaxSuppressionV5 not at all."""
    attrs = node.get("attr") or {}
    if attrs.get("pad_to_max_output_size") != {"b": True}:
        return [node]
    if node["op"] == "NonMaxSuppressionV5":
        return [{**node, "attr": attrs | {"pad_to_max_output_size": _FALSE}}]
    name, inputs = node["name"], list(node.get("input") or ())
    scores = {"name": f"{name}/scores", "op": "Size", "input": inputs[1:2], "attr": {"T": attrs.get("T", _FLOAT)}}
    most = {"name": f"{name}/most", "op": "Minimum", "input": [*inputs[2:3], f"{name}/scores"], "attr": {"T": _INT}}
    return [scores, most, {**node, "input": [*inputs[:2], f"{name}/most", *inputs[3:]]}]


def _fourier(node: NodeJson) -> list[NodeJson]:
    """TF.js does not read the length: it takes the whole of its input (tfjs-converter, executors/spectral_executor)."""
    name, inputs, attrs = node["name"], list(node.get("input") or ()), node.get("attr") or {}
    kind = attrs.get("Treal", _FLOAT) if node["op"] == "RFFT" else attrs.get("Tcomplex", {"type": "DT_COMPLEX64"})
    last = {"begin_mask": {"i": "0"}, "end_mask": {"i": "1"}, "T": _INT, "Index": _INT}
    lengths = [
        {"name": f"{name}/shape", "op": "Shape", "input": inputs[:1], "attr": {"T": kind, "out_type": _INT}},
        _ints(f"{name}/last", [1], [-1]),
        _ints(f"{name}/end", [1], [0]),
        _ints(f"{name}/one", [1], [1]),
        {
            "name": f"{name}/size", "op": "StridedSlice",
            "input": [f"{name}/{part}" for part in ("shape", "last", "end", "one")], "attr": last,
        },
    ]  # fmt: skip
    if node["op"] == "IRFFT":
        pair = {"T": _INT}
        lengths += [
            {"name": f"{name}/less", "op": "Sub", "input": [f"{name}/size", f"{name}/one"], "attr": pair},
            {"name": f"{name}/twice", "op": "AddV2", "input": [f"{name}/less", f"{name}/less"], "attr": pair},
        ]
    return [*lengths, {**node, "input": [*inputs[:1], str(lengths[-1]["name"])]}]


def _one_hot(node: NodeJson) -> list[NodeJson]:
    """Along the last axis, as TF.js does not read it; ONNX takes an index of -1 for the last, which is none here."""
    name, inputs, attrs = node["name"], list(node.get("input") or ()), node.get("attr") or {}
    data = [tensor for tensor in inputs if not tensor.startswith("^")]
    if len(data) < 4:
        return [node]
    cast = {"SrcT": attrs.get("TI", {"type": "DT_INT64"}), "DstT": _INT}
    return [
        _int(f"{name}/last", -1), _int(f"{name}/first", 0), _int(f"{name}/step", 1),
        {"name": f"{name}/whole", "op": "Cast", "input": [data[0]], "attr": cast},
        {
            "name": f"{name}/each", "op": "ExpandDims", "input": [f"{name}/whole", f"{name}/last"],
            "attr": {"T": _INT, "Tdim": _INT},
        },
        {
            "name": f"{name}/places", "op": "Range", "input": [f"{name}/first", data[1], f"{name}/step"],
            "attr": {"Tidx": _INT},
        },
        {"name": f"{name}/hot", "op": "Equal", "input": [f"{name}/each", f"{name}/places"], "attr": {"T": _INT}},
        {
            "name": name, "op": "SelectV2", "input": [f"{name}/hot", *data[2:], *inputs[len(data) :]],
            "attr": {"T": attrs.get("T", _FLOAT)},
        },
    ]  # fmt: skip


def _last_axis(node: NodeJson) -> list[NodeJson]:
    return [{**node, "attr": (node.get("attr") or {}) | {"axis": {"i": "-1"}}}]


def _band_part(node: NodeJson) -> list[NodeJson]:
    """TF.js takes the number of lower diagonals for that of the upper ones too (tfjs-converter, op_list/matrices)."""
    inputs = list(node.get("input") or ())
    return [{**node, "input": [*inputs[:2], *inputs[1:2], *inputs[3:]]}]


def _batch_norm(node: NodeJson) -> list[NodeJson]:
    """TF.js always normalises by the given mean and variance; TensorFlow would compute its own where told to train.

    TF.js has another epsilon where none is named (tfjs-converter, op_list/normalization).
    """
    return [{**node, "attr": {"epsilon": {"f": 0.001}} | (node.get("attr") or {}) | {"is_training": _FALSE}}]


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
    return _ints(name, [], [value])


def _ints(name: str, shape: Sequence[int], values: Sequence[int]) -> NodeJson:
    dims = {"dim": [{"size": str(size)} for size in shape]}
    tensor = {"dtype": "DT_INT32", "tensorShape": dims, "intVal": list(values)}
    return {"name": name, "op": "Const", "attr": {"dtype": _INT, "value": {"tensor": tensor}}}


def _without(node: NodeJson, *names: str) -> NodeJson:
    return {**node, "attr": {key: value for key, value in (node.get("attr") or {}).items() if key not in names}}


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
    scalar = _ints(f"{name}/scalar", [0], [])
    data = [tensor for tensor in node.get("input") or () if not tensor.startswith("^")]
    control = [tensor for tensor in node.get("input") or () if tensor.startswith("^")]
    return [scalar, *zero, {**node, "op": "PadV2", "input": [*data, f"{name}/zero", *control]}]


def pad_apart(nodes: list[NodeJson]) -> list[NodeJson]:
    """``PadV2`` in front of every depthwise convolution with paddings of its own; none where ``padding`` names others.

    TensorFlow 2.19 with oneDNN fuses it with a bias and an activation, as if it had none, and ends the process. TF.js
    reads the paddings only where they are asked for.
    """
    return [link for node in nodes for link in _padded(node)]


def _padded(node: NodeJson) -> list[NodeJson]:
    attrs = node.get("attr") or {}
    pads = Node(node).integers("explicit_paddings")
    if node["op"] not in _CONVOLUTIONS:
        return [node]
    if Node(node).string("padding") != "EXPLICIT":
        return [_without(node, "explicit_paddings")]
    if node["op"] != "DepthwiseConv2dNative" or len(pads) != 8:
        return [node]
    name, inputs = node["name"], list(node.get("input") or ())
    pad = {"name": f"{name}/pad", "input": [*inputs[:1], f"{name}/pads"], "attr": {"T": attrs.get("T", _FLOAT)}}
    valid = _without(node, "explicit_paddings")["attr"] | {"padding": {"s": "VkFMSUQ="}}
    return [
        _ints(f"{name}/pads", [4, 2], pads),
        *_pad_v2(pad),
        {**node, "input": [f"{name}/pad", *inputs[1:]], "attr": valid},
    ]


def spread_filters(nodes: list[NodeJson], weights: Weights) -> list[NodeJson]:
    """Zeros in the filters of depthwise convolutions instead of dilations, which TensorFlow lacks on CPUs."""
    return [link for node in nodes for link in _spread(node, weights)]


def _spread(node: NodeJson, weights: Weights) -> list[NodeJson]:
    inputs, dilations = list(node.get("input") or ()), Node(node).integers("dilations")
    array = weights.get(node_name(inputs[1])) if node["op"] == "DepthwiseConv2dNative" and len(inputs) > 1 else None
    if array is None or array.ndim != 4 or len(dilations) != 4 or min(dilations) < 1 or max(dilations) == 1:
        return [node]
    name, (high, wide, *channels), (down, across) = node["name"], array.shape, dilations[1:3]
    kind = {"T": (node.get("attr") or {}).get("T", _FLOAT)}
    shaped = kind | {"Tshape": _INT}
    pad = {"name": f"{name}/zeros", "input": [f"{name}/apart", f"{name}/steps"], "attr": kind}
    return [
        _ints(f"{name}/flat", [5], [high, 1, wide, 1, math.prod(channels)]),
        _ints(f"{name}/steps", [5, 2], [0, 0, 0, down - 1, 0, 0, 0, across - 1, 0, 0]),
        _ints(f"{name}/full", [4], [high * down, wide * across, *channels]),
        _ints(f"{name}/begin", [4], [0, 0, 0, 0]),
        _ints(f"{name}/kept", [4], [(high - 1) * down + 1, (wide - 1) * across + 1, *channels]),
        {"name": f"{name}/apart", "op": "Reshape", "input": [inputs[1], f"{name}/flat"], "attr": shaped},
        *_pad_v2(pad),
        {"name": f"{name}/wide", "op": "Reshape", "input": [f"{name}/zeros", f"{name}/full"], "attr": shaped},
        {
            "name": f"{name}/filter", "op": "Slice", "input": [f"{name}/wide", f"{name}/begin", f"{name}/kept"],
            "attr": kind | {"Index": _INT},
        },
        {**_without(node, "dilations"), "input": [inputs[0], f"{name}/filter", *inputs[2:]]},
    ]  # fmt: skip


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


REPLACEMENTS: dict[str, Callable[[NodeJson], list[NodeJson]]] = {
    **dict.fromkeys(RENAMED, _renamed),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), _batch_norm),
    **dict.fromkeys(("Div", "RealDiv"), _div),
    **dict.fromkeys(("IRFFT", "RFFT"), _fourier),
    **dict.fromkeys(("NonMaxSuppressionV4", "NonMaxSuppressionV5"), _suppression),
    "Conv1D": _conv_1d,
    "Conv2DBackpropInput": _transposed_convolution,
    "FakeQuantWithMinMaxVars": _fake_quant,
    "MatrixBandPart": _band_part,
    "OneHot": _one_hot,
    "Round": _round,
    "Ones": _filled(1),
    "Zeros": _filled(0),
}

_ALIKE = (
    *RENAMED, "Conv2DBackpropInput", "Div", "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "MatrixBandPart",
    "NonMaxSuppressionV5", "RealDiv",
)  # fmt: skip
INSIDE = {op: REPLACEMENTS[op] for op in _ALIKE} | {"OneHot": _last_axis}
"""What becomes one op with the same outputs; functions name the outputs of their nodes."""
