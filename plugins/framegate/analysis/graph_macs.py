"""Multiply-accumulates of graph ops, counted as the definition has them: one for each tap of each output number.

A transposed convolution is counted by its input (every input number meets every tap), as it is computed without the
zeros that it is sometimes defined with. Taps that fall on padding count. Biases, activations, separate normalisation,
pooling, resizing and additions are no multiply-accumulates and count 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from framegate.analysis.tensors import Dim, Shape, Tensor, product
from framegate.analysis.window_rules import DEPTHWISE, channels_first, einsum_sizes, filter_taps, matrix_shapes
from framegate.models.nodes import Node


def _convolution(node: Node, tensors: Sequence[Tensor], output: Shape) -> Dim:
    filter_shape = tensors[1].shape
    if filter_shape is None or output is None:
        return None
    per_number = product(filter_taps(node, filter_shape)) if node.op in DEPTHWISE else product(filter_shape[:-1])
    return product((product(output), per_number))


def _transposed(node: Node, tensors: Sequence[Tensor], output: Shape) -> Dim:
    source, filter_shape = tensors[2].shape, tensors[1].shape
    if source is None or filter_shape is None:
        return None
    channel = 1 if channels_first(node) else 3
    pixels = [dim for axis, dim in enumerate(source) if axis != channel]
    return product((*pixels, *filter_shape)) if output is not None else None


def _matrices(node: Node, tensors: Sequence[Tensor], output: Shape) -> Dim:
    one, other = matrix_shapes(node, tensors)
    inner = (one[-1] if one else None) or (other[-2] if other else None)
    return None if output is None else product((*output, inner))


def _einsum(node: Node, tensors: Sequence[Tensor], output: Shape) -> Dim:
    """Two factors: every letter is a loop."""
    terms = node.string("equation").replace(" ", "").split("->")[0].split(",")
    sizes = einsum_sizes(terms, tensors) if output is not None and len(terms) == 2 else None
    return None if sizes is None else product(sizes.values())


class _Count(NamedTuple):
    macs: Callable[[Node, Sequence[Tensor], Shape], Dim]
    needs: int


_COUNTS: dict[str, _Count] = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D", "_FusedConv2D", *DEPTHWISE), _Count(_convolution, 2)),
    **dict.fromkeys(("Conv2DBackpropInput", "Conv2dTranspose"), _Count(_transposed, 3)),
    **dict.fromkeys(("MatMul", "_FusedMatMul", "BatchMatMul", "BatchMatMulV2"), _Count(_matrices, 2)),
    "Einsum": _Count(_einsum, 2),
}


def macs(node: Node, tensors: Sequence[Tensor], output: Shape) -> Dim:
    """Multiply-accumulates of a node; 0 for an op that does none, None where its shapes do not say."""
    count = _COUNTS.get(node.op)
    if count is None:
        return 0
    return count.macs(node, tensors, output) if len(tensors) >= count.needs else None
