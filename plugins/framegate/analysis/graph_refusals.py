"""What TF.js 4.22 refuses of a graph that TensorFlow may well run (pure).

The rules are those of tfjs-converter (its lists of ops, and ``executors``) and of tfjs-core's ops; the words are close
to TF.js' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from framegate.analysis.kernels import converter_ops
from framegate.analysis.slice_rules import is_backward
from framegate.analysis.tensors import Tensor
from framegate.models.graph_parts import ops, parts
from framegate.models.nodes import Node
from framegate.models.topology import ModelJson

Takes = Mapping[str, Sequence[Tensor]]
"""Node of the graph itself -> what is known of the tensors that it takes."""

_BROKEN = {
    "BitwiseAnd": "Argument 'x' passed to 'bitwiseAnd' must be a Tensor or TensorLike, but got 'null'",
    "EnsureShape": "Cannot read properties of undefined (reading 'split') (op 'EnsureShape')",
    "RaggedRange": "Unknown op 'RaggedRange'",
}
"""What TF.js says of ops that it names and that no run of it computes."""

_FUSED = frozenset({"BiasAdd", "Elu", "FusedBatchNorm", "LeakyRelu", "Prelu", "Relu", "Relu6", "Sigmoid"})
_TYPES = frozenset({
    "DT_BOOL", "DT_COMPLEX128", "DT_COMPLEX64", "DT_DOUBLE", "DT_FLOAT", "DT_HALF", "DT_INT32", "DT_INT64", "DT_INT8",
    "DT_STRING", "DT_UINT8",
})  # fmt: skip
_NEEDED: Mapping[str, str] = {
    **dict.fromkeys(("Conv2D", "Conv3D", "DepthwiseConv2d", "DepthwiseConv2dNative"), "dilations"),
    "DepthToSpace": "data_format",
    "ImageProjectiveTransformV3": "fill_mode",
}
"""Attributes that TF.js reads and TensorFlow has a default for."""


def graph_refusals(model: ModelJson, takes: Takes) -> Iterator[str]:
    """A sentence for each thing that TF.js refuses.

    Args:
        model: a graph model; no weight is read.
        takes: what is known of the tensors that nodes take.
    """
    for place, nodes in parts(model):
        where = f" (in {place})" if place else ""
        for op in ops(nodes):
            if op not in converter_ops():
                yield f"Unknown op '{op}'{where}"
            elif op in _BROKEN:
                yield _BROKEN[op] + where
        for raw in nodes:
            node = Node({"name": "", "op": "", **raw})
            rule = _RULES.get(node.op) if isinstance(raw.get("op"), str) else None
            yield from (sentence + where for sentence in _attributes(node))
            if rule is not None:
                yield from (sentence + where for sentence in rule(node, () if place else takes.get(node.name, ())))


def _attributes(node: Node) -> Iterator[str]:
    for fused in node.strings("fused_ops"):
        if fused not in _FUSED:
            yield f"Activation {fused.lower()} has not been implemented"
    needed = _NEEDED.get(node.op)
    if needed is not None and not isinstance(_attribute(node, needed), Mapping):
        yield f"Cannot read properties of undefined (op '{node.op}' lacks its attribute '{needed}')"


def _attribute(node: Node, name: str) -> object:
    attributes = node.raw.get("attr")
    return attributes.get(name) if isinstance(attributes, Mapping) else None


def _cast(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    kind = node.attr("DstT", "type")
    if isinstance(kind, str) and kind not in _TYPES:
        yield f"Failed to cast to unknown dtype null (op 'Cast', {kind})"


def _convolution(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    if any(side > 1 for side in node.integers("strides")) and any(side > 1 for side in node.integers("dilations")):
        yield f"Either strides or dilations must be 1 (op '{node.op}')"
    picture, filters = (tensor.shape for tensor in tensors[:2]) if len(tensors) > 1 else (None, None)
    if node.op not in ("Conv2D", "_FusedConv2D") or picture is None or filters is None or len(filters) != 4:
        return
    channels = picture[-3 if node.string("data_format") == "NCHW" else -1] if len(picture) == 4 else None
    if channels is not None and filters[2] is not None and channels != filters[2]:
        yield f"Error in conv2d: depth of input ({channels}) must match input depth for filter {filters[2]}."


def _fused_convolution(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    yield from _convolution(node, tensors)
    fused = node.strings("fused_ops")
    if fused[:1] == ("FusedBatchNorm",):
        yield "FusedConv2d and DepthwiseConv2d with FusedBatchNorm is not supported"
    yield from _arguments(node, tensors)


def _arguments(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    fused = node.strings("fused_ops")
    count = 2 if fused[1:2] == ("Prelu",) else 1
    if fused[:1] == ("BiasAdd",) and node.integer("num_args") != count:
        yield f"{node.op} with {' and '.join(fused[:2])} must have num_args {count}"


def _pool(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    padding = node.string("padding").lower()
    if padding and padding not in ("same", "valid"):
        yield f"Unknown padding parameter: {padding}"


def _volume(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    yield from _convolution(node, tensors)
    layout = node.string("data_format", "NHWC")
    if layout == "NHWC":
        yield "Error in conv3d: got dataFormat of NHWC but only NDHWC is currently supported."


def _depth_to_space(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    if node.string("data_format") == "NCHW":
        yield "Only NHWC dataFormat supported on CPU for depthToSpace. Got NCHW"


def _einsum(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    equation = "".join(node.string("equation").split())
    terms, arrow, _result = equation.partition("->")
    if equation and not arrow:
        yield "Equations without an arrow are not supported."
    elif "..." in terms:
        yield 'The ellipsis notation ("...") is not supported yet.'
    elif terms.count(",") > 1:
        yield "Support for more than 2 input tensors is not implemented yet."
    else:
        for term in terms.split(","):
            if len(set(term)) < len(term):
                yield f"Found duplicate axes in input component {term[:80]}."


def _norm(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    if node.attr("T", "type") in ("DT_INT32", "DT_INT64"):
        yield "Argument 'x' passed to 'sqrt' must be float32 tensor, but got int32 tensor"
    axes = tensors[1] if len(tensors) > 1 else Tensor()
    if axes.shape is not None and len(axes.shape) == 1 and axes.shape[0] not in (1, 2, None):
        yield f"Error in norm: invalid axis: {','.join(map(str, axes.values or ()))}"


def _resize(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    if node.flag("align_corners") and node.flag("half_pixel_centers"):
        yield f"If halfPixelCenters is true, alignCorners must be false (op '{node.op}')"


def _slice(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    if len(tensors) > 3 and is_backward(node, tensors):
        yield "Negative size values should be exactly -1 (op 'StridedSlice' ends before it begins)"


def _transpose(_: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    axes = tensors[1].values if len(tensors) > 1 else None
    if axes is not None and any(axis is not None and axis < 0 for axis in axes):
        yield f"All entries in 'perm' must be between 0 and {len(axes) - 1} but got {','.join(map(str, axes))}"


_RULES: Mapping[str, Callable[[Node, Sequence[Tensor]], Iterator[str]]] = {
    **dict.fromkeys(("AvgPool3D", "MaxPool", "MaxPool3D", "MaxPoolWithArgmax"), _pool),
    **dict.fromkeys(("Conv2D", "DepthwiseConv2d", "DepthwiseConv2dNative"), _convolution),
    **dict.fromkeys(("ResizeBilinear", "ResizeNearestNeighbor"), _resize),
    **dict.fromkeys(("FusedDepthwiseConv2dNative", "_FusedConv2D"), _fused_convolution),
    "Cast": _cast,
    "Conv3D": _volume,
    "DepthToSpace": _depth_to_space,
    "Einsum": _einsum,
    "EuclideanNorm": _norm,
    "StridedSlice": _slice,
    "Transpose": _transpose,
    "_FusedMatMul": _arguments,
}
