"""Channels first becomes channels last, which is the only layout that TensorFlow's CPU kernels all know (pure).

Each op is put between two transposes; TensorFlow's optimiser cancels those that meet.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from framegate.models.nodes import NodeJson

_PERMUTED = ("dilations", "ksize", "strides")
# What they take first, and what they give first, is an image.
LAYOUT_OPS = frozenset({
    "AvgPool", "AvgPool3D", "Conv2D", "Conv3D", "DepthToSpace", "DepthwiseConv2dNative",
    "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "MaxPool", "MaxPool3D", "SpaceToDepth",
    "BiasAdd",
})  # fmt: skip
_TO_LAST = {"NCHW": (0, 2, 3, 1), "NCDHW": (0, 2, 3, 4, 1)}
_TO_FIRST = {"NCHW": (0, 3, 1, 2), "NCDHW": (0, 4, 1, 2, 3)}
_LAST = {"NCHW": "NHWC", "NCDHW": "NDHWC"}


def channels_last(nodes: Sequence[NodeJson]) -> list[NodeJson]:
    """The nodes with every channels-first op between transposes; the others are passed on as they are."""
    return [link for node in nodes for link in _convert(node)]


def _convert(node: NodeJson) -> list[NodeJson]:
    attrs = node.get("attr")
    layout = _text(attrs.get("data_format")) if isinstance(attrs, dict) else None
    if layout not in _LAST or not isinstance(attrs, dict):
        return [node]
    if node["op"] == "Conv2DBackpropInput" and len(node.get("input") or ()) > 2:
        return _transposed_convolution(node, attrs)
    if node["op"] not in LAYOUT_OPS or not node.get("input"):
        return [node]
    name, inputs = node["name"], list(node["input"])
    before, after = _perm(f"{name}/to_last", _TO_LAST[layout]), _perm(f"{name}/to_first", _TO_FIRST[layout])
    enter = _transpose(f"{name}/last", inputs[0], before["name"], attrs)
    inner = {**node, "name": f"{name}/inner", "input": [enter["name"], *inputs[1:]], "attr": _attrs(attrs, layout)}
    return [before, after, enter, inner, _transpose(name, inner["name"], after["name"], attrs)]


def _transposed_convolution(node: NodeJson, attrs: dict[str, Any]) -> list[NodeJson]:
    """Its first input is the shape of its output, whose dimensions move too; its third is the image."""
    layout, name = "NCHW", node["name"]
    shape, filters, image, *rest = node["input"]
    before, after = _perm(f"{name}/to_last", _TO_LAST[layout]), _perm(f"{name}/to_first", _TO_FIRST[layout])
    axis = _ints(f"{name}/axis", (), (0,))
    gather = {
        "name": f"{name}/shape", "op": "GatherV2", "input": [shape, before["name"], axis["name"]],
        "attr": {"Tparams": {"type": "DT_INT32"}, "Tindices": {"type": "DT_INT32"}, "Taxis": {"type": "DT_INT32"}},
    }  # fmt: skip
    enter = _transpose(f"{name}/last", image, before["name"], attrs)
    inner = {
        **node, "name": f"{name}/inner", "input": [gather["name"], filters, enter["name"], *rest],
        "attr": _attrs(attrs, layout),
    }  # fmt: skip
    return [before, after, axis, gather, enter, inner, _transpose(name, inner["name"], after["name"], attrs)]


def _attrs(attrs: dict[str, Any], layout: str) -> dict[str, Any]:
    permuted = attrs | {"data_format": {"s": base64.b64encode(_LAST[layout].encode()).decode()}}
    for key in _PERMUTED:
        values = _list(attrs.get(key))
        if len(values) == len(layout):
            permuted[key] = {"list": {"i": [values[at] for at in _TO_LAST[layout]]}}
    pads = _list(attrs.get("explicit_paddings"))
    if len(pads) == 2 * len(layout):
        pairs = [pads[2 * at : 2 * at + 2] for at in _TO_LAST[layout]]
        permuted["explicit_paddings"] = {"list": {"i": [pad for pair in pairs for pad in pair]}}
    return permuted


def _transpose(name: str, source: str, perm: str, attrs: dict[str, Any]) -> NodeJson:
    kind = {"T": attrs.get("T", {"type": "DT_FLOAT"}), "Tperm": {"type": "DT_INT32"}}
    return {"name": name, "op": "Transpose", "input": [source, perm], "attr": kind}


def _perm(name: str, values: Sequence[int]) -> NodeJson:
    return _ints(name, (len(values),), values)


def _ints(name: str, shape: Sequence[int], values: Sequence[int]) -> NodeJson:
    dims = {"dim": [{"size": str(size)} for size in shape]}
    tensor = {"dtype": "DT_INT32", "tensorShape": dims, "intVal": list(values)}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": "DT_INT32"}, "value": {"tensor": tensor}}}


def _list(value: Any) -> list[Any]:
    listed = value.get("list") if isinstance(value, dict) else None
    values = listed.get("i") if isinstance(listed, dict) else None
    return values if isinstance(values, list) else []


def _text(value: Any) -> str | None:
    raw = value.get("s") if isinstance(value, dict) else None
    if not isinstance(raw, str):
        return None
    for layout in _LAST:
        if raw in (layout, base64.b64encode(layout.encode()).decode()):
            return layout
    return None
