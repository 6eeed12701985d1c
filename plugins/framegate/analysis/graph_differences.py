"""What TF.js 4.22 computes of a graph in another way than Framegate, which computes what the op means (pure).

Whatever can be computed as TF.js does is: `framegate.tfgraph.tfjs_ops`. These are faults of TF.js, and what it does
depends on what only a run knows, such as the rank of a tensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from framegate.analysis.graph_refusals import Takes
from framegate.analysis.tensors import Tensor
from framegate.models.graph_parts import parts
from framegate.models.nodes import Node
from framegate.models.topology import ModelJson

_WHOLE = ("DT_INT32", "DT_INT64", "DT_INT8", "DT_UINT8")
_CHANNELS_FIRST = ("NCHW", "NCDHW")
_LAST_ALWAYS = frozenset({
    "AvgPool", "AvgPool3D", "BiasAdd", "Conv2DBackpropInput", "Conv3D", "DepthwiseConv2d", "DepthwiseConv2dNative",
    "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "FusedDepthwiseConv2dNative", "MaxPool", "MaxPool3D",
})  # fmt: skip


def tfjs_differences(model: ModelJson, takes: Takes) -> tuple[str, ...]:
    """A sentence for each kind of op that TF.js computes otherwise, with the name of the first such node.

    Args:
        model: the parsed model.json; there is none in a layers model.
        takes: what is known of the tensors that the nodes of the graph take.
    """
    sentences: dict[str, str] = {}
    for place, nodes in parts(model) if model.format == "graph" else ():
        for raw in nodes:
            node = Node({"name": "", "op": "", **raw})
            for what in _differences(node, () if place else takes.get(node.name, ())):
                sentences.setdefault(
                    f"op '{node.op}' {what}", f" ('{node.name[-80:]}'{f' in {place}' if place else ''})"
                )
    return tuple(what + where for what, where in sentences.items())


def _differences(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    rule = _RULES.get(node.op)
    if node.op in _LAST_ALWAYS and node.string("data_format") in _CHANNELS_FIRST:
        yield "takes the last axis for the channels, whatever data_format says"
    elif rule is not None:
        yield from rule(node, tensors)


def _convolution(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    if node.string("data_format") == "NCHW" and {*node.integers("strides"), *node.integers("dilations")} - {1}:
        yield "reads strides and dilations as if channels were last, whatever data_format says"


def _fused(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    if "LeakyRelu" in node.strings("fused_ops"):
        yield "returns NaN below zero where LeakyRelu is fused into it"


def _mean(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    if node.attr("T", "type") in _WHOLE and not (len(tensors) > 1 and tensors[1].shape == (0,)):
        yield "returns fractions for integers"


def _cumulative(_: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    axis = _number(tensors, 1)
    if axis is not None and axis < 0:
        yield "returns a tensor of an impossible shape for an axis that is counted from the end"


def _bincount(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    shape = tensors[0].shape if tensors else None
    if node.flag("binary_output") and (shape is None or len(shape) == 1):
        yield "counts in a list in spite of binary_output"


def _product(_: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    """The matrices of the smaller input are taken in turn, as if its outer axes were the last ones of the larger."""
    batches = [tensor.shape[:-2] for tensor in tensors[:2] if tensor.shape is not None]
    if len(batches) < 2 or any(None in batch for batch in batches):
        return
    small, large = sorted(batches, key=lambda batch: math.prod(side or 0 for side in batch))
    while small[:1] == (1,):
        small = small[1:]
    if small != large[len(large) - len(small) :]:
        yield "repeats the matrices of the smaller input in another order"


def _einsum(node: Node, _: Sequence[Tensor]) -> Iterator[str]:
    """What lacks the first axis that is summed over comes too late, or never."""
    left, arrow, result = "".join(node.string("equation").split()).partition("->")
    terms = left.split(",")
    summed = [axis for axis in dict.fromkeys(left) if axis not in (",", *result)]
    if arrow and summed and len(terms) == 2 and any(summed[0] not in term for term in terms):
        yield f"computes another sum for '{node.string('equation')[:80]}'"


def _top(node: Node, tensors: Sequence[Tensor]) -> Iterator[str]:
    if node.attr("sorted", "b") is False and _number(tensors, 1) != 1:
        yield "returns another order where sorted is false"


def _number(tensors: Sequence[Tensor], at: int) -> float | None:
    values = tensors[at].values if at < len(tensors) else None
    return values[0] if values is not None and len(values) == 1 else None


_RULES: Mapping[str, Callable[[Node, Sequence[Tensor]], Iterator[str]]] = {
    **dict.fromkeys(("BatchMatMul", "BatchMatMulV2", "MatMul"), _product),
    **dict.fromkeys(("Conv2D", "_FusedConv2D"), _convolution),
    **dict.fromkeys(("Cumprod", "Cumsum"), _cumulative),
    "DenseBincount": _bincount,
    "Einsum": _einsum,
    "FusedDepthwiseConv2dNative": _fused,
    "Mean": _mean,
    "TopKV2": _top,
}
