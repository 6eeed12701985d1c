"""Which rule gives the shape of which graph op, and how many inputs the op needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from framegate.analysis import array_rules, slice_rules, window_rules
from framegate.analysis.tensors import Tensor
from framegate.models.nodes import Node

Outputs = list[Tensor]


class Rule(NamedTuple):
    """How to work out an op's outputs from its inputs, given at least ``needs`` of them."""

    outputs: Callable[[Node, Sequence[Tensor]], Outputs]
    needs: int


_FIRST_INPUT = (
    "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cast", "Ceil", "ClipByValue", "Cos", "Cosh", "Cumprod",
    "Cumsum", "Elu", "EnsureShape", "Enter", "Erf", "Exp", "Exit", "Expm1", "FakeQuantWithMinMaxVars", "Floor",
    "Identity", "IsFinite", "IsInf", "IsNan", "LRN", "LeakyRelu", "Log", "Log1p", "LogSoftmax", "LogicalNot",
    "MatrixBandPart", "Neg", "NextIteration", "OnesLike", "Print", "Reciprocal", "Relu", "Relu6", "Reverse",
    "ReverseV2", "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Snapshot", "Softmax", "Softplus",
    "Softsign", "Sqrt", "Square", "StopGradient", "Tan", "Tanh", "TensorScatterUpdate", "ZerosLike", "BiasAdd",
    "Prelu", "PlaceholderWithDefault",
)  # fmt: skip
_BROADCAST = (
    "Add", "AddV2", "Atan2", "BitwiseAnd", "Div", "DivNoNan", "Equal", "FloorDiv", "FloorMod", "Greater",
    "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr", "Maximum", "Minimum", "Mod", "Mul", "NotEqual",
    "Pow", "RealDiv", "SquaredDifference", "Sub",
)  # fmt: skip
_REDUCTIONS = ("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum")
_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "_FusedConv2D", *window_rules.DEPTHWISE)


def _loop_variable(node: Node, tensors: Sequence[Tensor]) -> Outputs:
    """Merge: what enters a loop; what comes round again may have another shape, so the sizes are left open."""
    shape = tensors[0].shape
    loops = len(tensors) < len(node.inputs) or len(tensors) > 1
    return [Tensor((None,) * len(shape) if shape is not None and loops else shape), Tensor(())]


def _switched(_: Node, tensors: Sequence[Tensor]) -> Outputs:
    return [Tensor(tensors[0].shape)] * 2


def _selected(_: Node, tensors: Sequence[Tensor]) -> Outputs:
    return array_rules.elementwise(_, tensors[1:3])


def _all_unchanged(_: Node, tensors: Sequence[Tensor]) -> Outputs:
    return [Tensor(tensor.shape) for tensor in tensors]


def _normalised(_: Node, tensors: Sequence[Tensor]) -> Outputs:
    return [Tensor(tensors[0].shape), *[Tensor(tensors[1].shape)] * 4]


def _found_places(_: Node, tensors: Sequence[Tensor]) -> Outputs:
    shape = tensors[0].shape
    return [Tensor((None, None if shape is None else len(shape)))]


def _top(_: Node, tensors: Sequence[Tensor]) -> Outputs:
    shape, count = tensors[0].shape, tensors[1].values
    last = int(count[0]) if count and count[0] is not None else None
    return [Tensor(None if not shape else (*shape[:-1], last))] * 2


def _numbers(node: Node, tensors: Sequence[Tensor]) -> Outputs:
    """Range (start, limit, step) and LinSpace (start, stop, count)."""
    ends = [tensor.values[0] if tensor.values else None for tensor in tensors[:3]]
    start, limit, step = ends
    if node.op == "LinSpace":
        return [Tensor((None if step is None else int(step),))]
    if start is None or limit is None or not step:
        return [Tensor((None,))]
    return [Tensor((max(math.ceil((limit - start) / step), 0),))]


RULES: dict[str, Rule] = {
    **dict.fromkeys(_FIRST_INPUT, Rule(array_rules.unchanged, 1)),
    **dict.fromkeys(_BROADCAST, Rule(array_rules.elementwise, 2)),
    **dict.fromkeys(_REDUCTIONS, Rule(array_rules.reduced, 2)),
    **dict.fromkeys(_CONVOLUTIONS, Rule(window_rules.convolution, 2)),
    **dict.fromkeys(("Conv2DBackpropInput", "Conv2dTranspose"), Rule(window_rules.transposed, 3)),
    **dict.fromkeys(
        ("AvgPool", "AvgPool3D", "MaxPool", "MaxPool3D", "MaxPoolWithArgmax"), Rule(window_rules.pooling, 1)
    ),
    **dict.fromkeys(("ResizeBilinear", "ResizeNearestNeighbor"), Rule(window_rules.resize, 2)),
    **dict.fromkeys(("MatMul", "_FusedMatMul", "BatchMatMul", "BatchMatMulV2"), Rule(window_rules.matrices, 2)),
    **dict.fromkeys(("Pad", "PadV2", "MirrorPad"), Rule(array_rules.padded, 2)),
    **dict.fromkeys(("Concat", "ConcatV2"), Rule(array_rules.joined, 2)),
    **dict.fromkeys(("Fill", "Ones", "Zeros", "RandomUniform", "RandomStandardNormal"), Rule(array_rules.filled, 1)),
    **dict.fromkeys(("Gather", "GatherV2"), Rule(array_rules.gathered, 2)),
    **dict.fromkeys(("Select", "SelectV2"), Rule(_selected, 3)),
    **dict.fromkeys(("ArgMax", "ArgMin"), Rule(array_rules.arg_reduced, 2)),
    **dict.fromkeys(("Size", "Rank", "LoopCond", "TensorListLength"), Rule(array_rules.scalar, 1)),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), Rule(_normalised, 5)),
    **dict.fromkeys(("Range", "LinSpace"), Rule(_numbers, 3)),
    "AddN": Rule(array_rules.elementwise, 1),
    "BatchToSpaceND": Rule(slice_rules.batch_to_space, 3),
    "BroadcastTo": Rule(array_rules.reshaped, 2),
    "CropAndResize": Rule(window_rules.crop_and_resize, 4),
    "DepthToSpace": Rule(window_rules.depth_to_space, 1),
    "Einsum": Rule(window_rules.einsum, 1),
    "ExpandDims": Rule(array_rules.expanded, 2),
    "IdentityN": Rule(_all_unchanged, 1),
    "Merge": Rule(_loop_variable, 1),
    "OneHot": Rule(array_rules.one_hot, 4),
    "Pack": Rule(array_rules.packed, 1),
    "Reshape": Rule(array_rules.reshaped, 2),
    "Shape": Rule(array_rules.vector, 1),
    "Slice": Rule(slice_rules.sliced, 3),
    "SpaceToBatchND": Rule(slice_rules.space_to_batch, 3),
    "Split": Rule(array_rules.split, 2),
    "SplitV": Rule(array_rules.split, 3),
    "Squeeze": Rule(array_rules.squeezed, 1),
    "StridedSlice": Rule(slice_rules.strided, 4),
    "Switch": Rule(_switched, 2),
    "Tile": Rule(array_rules.tiled, 2),
    "TopKV2": Rule(_top, 2),
    "Transpose": Rule(array_rules.transposed_axes, 2),
    "Unpack": Rule(array_rules.unpacked, 1),
    "Where": Rule(_found_places, 1),
}
