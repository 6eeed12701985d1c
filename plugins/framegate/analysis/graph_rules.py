"""Which rule gives the shape of which graph op, and how many inputs the op needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from framegate.analysis import array_rules, slice_rules, window_rules
from framegate.analysis.tensors import Tensor
from framegate.models.nodes import Node

_Outputs = list[Tensor]


class OpRule(NamedTuple):
    """How to work out an op's outputs from its inputs, given at least ``needs`` of them."""

    outputs: Callable[[Node, Sequence[Tensor]], _Outputs]
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


def _loop_variable(node: Node, tensors: Sequence[Tensor]) -> _Outputs:
    """Merge: the value that enters a loop; later values may have another shape, so the sizes are left open."""
    shape = tensors[0].shape
    loops = len(tensors) < len(node.inputs) or len(tensors) > 1
    return [Tensor((None,) * len(shape) if shape is not None and loops else shape), Tensor(())]


def _switched(_: Node, tensors: Sequence[Tensor]) -> _Outputs:
    return [Tensor(tensors[0].shape)] * 2


def _selected(_: Node, tensors: Sequence[Tensor]) -> _Outputs:
    return array_rules.elementwise(_, tensors[1:3])


def _all_unchanged(_: Node, tensors: Sequence[Tensor]) -> _Outputs:
    return [Tensor(tensor.shape) for tensor in tensors]


def _normalised(_: Node, tensors: Sequence[Tensor]) -> _Outputs:
    return [Tensor(tensors[0].shape), *[Tensor(tensors[1].shape)] * 4]


def _found_places(_: Node, tensors: Sequence[Tensor]) -> _Outputs:
    shape = tensors[0].shape
    return [Tensor((None, None if shape is None else len(shape)))]


def _top(_: Node, tensors: Sequence[Tensor]) -> _Outputs:
    shape, count = tensors[0].shape, tensors[1].values
    last = int(count[0]) if count and count[0] is not None else None
    return [Tensor(None if not shape else (*shape[:-1], last))] * 2


def _numbers(node: Node, tensors: Sequence[Tensor]) -> _Outputs:
    """Range (start, limit, step) and LinSpace (start, stop, count)."""
    ends = [tensor.values[0] if tensor.values else None for tensor in tensors[:3]]
    start, limit, step = ends
    if node.op == "LinSpace":
        return [Tensor((None if step is None else int(step),))]
    if start is None or limit is None or not step:
        return [Tensor((None,))]
    return [Tensor((max(math.ceil((limit - start) / step), 0),))]


OP_RULES: dict[str, OpRule] = {
    **dict.fromkeys(_FIRST_INPUT, OpRule(array_rules.unchanged, 1)),
    **dict.fromkeys(_BROADCAST, OpRule(array_rules.elementwise, 2)),
    **dict.fromkeys(_REDUCTIONS, OpRule(array_rules.reduced, 2)),
    **dict.fromkeys(_CONVOLUTIONS, OpRule(window_rules.convolution, 2)),
    **dict.fromkeys(("Conv2DBackpropInput", "Conv2dTranspose"), OpRule(window_rules.transposed, 3)),
    **dict.fromkeys(
        ("AvgPool", "AvgPool3D", "MaxPool", "MaxPool3D", "MaxPoolWithArgmax"), OpRule(window_rules.pooling, 1)
    ),
    **dict.fromkeys(("ResizeBilinear", "ResizeNearestNeighbor"), OpRule(window_rules.resize_image, 2)),
    **dict.fromkeys(("MatMul", "_FusedMatMul", "BatchMatMul", "BatchMatMulV2"), OpRule(window_rules.matrices, 2)),
    **dict.fromkeys(("Pad", "PadV2", "MirrorPad"), OpRule(array_rules.padded, 2)),
    **dict.fromkeys(("Concat", "ConcatV2"), OpRule(array_rules.concat, 2)),
    **dict.fromkeys(("Fill", "Ones", "Zeros", "RandomUniform", "RandomStandardNormal"), OpRule(array_rules.fill, 1)),
    **dict.fromkeys(("Gather", "GatherV2"), OpRule(array_rules.gathered, 2)),
    **dict.fromkeys(("Select", "SelectV2"), OpRule(_selected, 3)),
    **dict.fromkeys(("ArgMax", "ArgMin"), OpRule(array_rules.arg_reduced, 2)),
    **dict.fromkeys(("Size", "Rank", "LoopCond", "TensorListLength"), OpRule(array_rules.scalar, 1)),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), OpRule(_normalised, 5)),
    **dict.fromkeys(("Range", "LinSpace"), OpRule(_numbers, 3)),
    "AddN": OpRule(array_rules.elementwise, 1),
    "BatchToSpaceND": OpRule(slice_rules.batch_to_space, 3),
    "BroadcastTo": OpRule(array_rules.reshaped, 2),
    "CropAndResize": OpRule(window_rules.crop_and_resize, 4),
    "DepthToSpace": OpRule(window_rules.depth_to_space, 1),
    "Einsum": OpRule(window_rules.einsum, 1),
    "ExpandDims": OpRule(array_rules.expanded, 2),
    "IdentityN": OpRule(_all_unchanged, 1),
    "Merge": OpRule(_loop_variable, 1),
    "OneHot": OpRule(array_rules.one_hot, 4),
    "Pack": OpRule(array_rules.packed, 1),
    "Reshape": OpRule(array_rules.reshaped, 2),
    "Shape": OpRule(array_rules.vector, 1),
    "Slice": OpRule(slice_rules.sliced, 3),
    "SpaceToBatchND": OpRule(slice_rules.space_to_batch, 3),
    "Split": OpRule(array_rules.split_parts, 2),
    "SplitV": OpRule(array_rules.split_parts, 3),
    "Squeeze": OpRule(array_rules.squeezed, 1),
    "StridedSlice": OpRule(slice_rules.strided, 4),
    "Switch": OpRule(_switched, 2),
    "Tile": OpRule(array_rules.tiled, 2),
    "TopKV2": OpRule(_top, 2),
    "Transpose": OpRule(array_rules.transposed_axes, 2),
    "Unpack": OpRule(array_rules.unpacked, 1),
    "Where": OpRule(_found_places, 1),
}
