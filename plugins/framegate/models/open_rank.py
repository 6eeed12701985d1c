"""The shape of an input whose rank model.json leaves open, by the convolution that it goes into (pure)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

_SAME_CHANNELS = frozenset({
    "Add", "AddV2", "AvgPool", "Cast", "FakeQuantWithMinMaxVars", "Identity", "MaxPool", "MirrorPad", "Mul", "Pad",
    "PadV2", "RealDiv", "Relu", "Relu6", "ResizeBilinear", "ResizeNearestNeighbor", "Sigmoid", "StopGradient", "Sub",
    "Tanh",
})  # fmt: skip
"""Ops whose result has the channels of what they take, in the place where those stood."""

_CONVOLUTIONS = frozenset({
    "Conv2D", "DepthwiseConv2d", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative", "_FusedConv2D",
})  # fmt: skip

Image = tuple[int | None, ...]


def image_shape(nodes: Sequence[Mapping[str, Any]], name: str, weights: Mapping[str, tuple[int, ...]]) -> Image | None:
    """The shape of pictures that the first convolution behind a node takes; None where no convolution tells.

    Args:
        nodes: the graph's nodes as in model.json.
        name: the node that is fed.
        weights: weight -> shape.

    Returns:
        ``(None, None, None, channels)``, or ``(None, channels, None, None)`` for channels first.
    """
    takers: dict[str, list[Mapping[str, Any]]] = {}
    for node in nodes:
        for tensor in node.get("input") or ():
            takers.setdefault(tensor.removesuffix(":0"), []).append(node)
    waiting, seen = deque([name]), {name}
    while waiting:
        for node in takers.get(waiting.popleft(), ()):
            if node["op"] in _CONVOLUTIONS:
                return _taken_by(node, weights)
            if node["op"] in _SAME_CHANNELS and node["name"] not in seen:
                seen.add(node["name"])
                waiting.append(node["name"])
    return None


def _taken_by(convolution: Mapping[str, Any], weights: Mapping[str, tuple[int, ...]]) -> Image | None:
    inputs: list[str] = convolution.get("input") or []
    kernel = weights.get(inputs[1].removesuffix(":0")) if len(inputs) > 1 else None
    if kernel is None or len(kernel) != 4:
        return None
    layout = (convolution.get("attr") or {}).get("data_format") or {}
    # "NCHW" as protobuf's JSON writes bytes.
    return (None, kernel[2], None, None) if layout.get("s") == "TkNIVw==" else (None, None, None, kernel[2])
