"""Output shapes of the graph ops that slide a window, resize or multiply matrices."""

from __future__ import annotations

from collections.abc import Sequence

from framegate.analysis.tensors import (
    Dim,
    Dims,
    MismatchError,
    Tensor,
    broadcast,
    dim_of,
    same,
    shape_text,
    transposed_window,
    window,
)
from framegate.models.nodes import Node

DEPTHWISE = ("DepthwiseConv2d", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative")


def channels_first(node: Node) -> bool:
    """Whether the node's images are [N, C, H, W]."""
    return node.string("data_format", "NHWC").upper().startswith("NC")


def spatial_axes(node: Node, rank: int) -> range:
    """The axes that a window slides along."""
    return range(2, rank) if channels_first(node) else range(1, rank - 1)


def filter_taps(node: Node, filter_shape: Dims) -> Dims:
    """The filter's extent along the axes it slides along."""
    return filter_shape[: 2 if node.op in DEPTHWISE else -2]


def convolution(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Conv1D, Conv2D, Conv3D, depthwise and fused ones; the filter is [taps…, in, out] or [taps…, in, multiplier]."""
    source, filter_shape = tensors[0].shape, tensors[1].shape
    if filter_shape is None or len(filter_shape) < 3:
        return [Tensor()]
    rank = len(filter_shape)
    if source is None:
        source = (None,) * rank
    if len(source) != rank:
        raise MismatchError(f"an input {shape_text(source)} and a filter {shape_text(filter_shape)}")
    channel = 1 if channels_first(node) else rank - 1
    into, out = filter_shape[-2], filter_shape[-1]
    if node.op in DEPTHWISE:
        same(source[channel], into, f"an input {shape_text(source)} and a filter {shape_text(filter_shape)}: channels")
        channels = None if into is None or out is None else into * out
    else:
        # Grouped convolutions take a part of the channels each.
        if into and (source[channel] or 0) % into:
            raise MismatchError(f"an input {shape_text(source)} and a filter {shape_text(filter_shape)}")
        channels = out
    lengths = _slide(node, source, filter_taps(node, filter_shape))
    return [Tensor(_assemble(node, source[0], lengths, channels))]


def transposed(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Conv2DBackpropInput: the size stands in its first input; where that is not known, Keras' rule is assumed."""
    sizes, filter_shape, source = tensors[0].values, tensors[1].shape, tensors[2].shape
    if filter_shape is None or len(filter_shape) != 4 or (source is not None and len(source) != 4):
        return [Tensor()]
    declared = (
        tuple(None if size is None else int(size) for size in sizes) if sizes and len(sizes) == 4 else (None,) * 4
    )
    axes = spatial_axes(node, 4)
    channel = 1 if channels_first(node) else 3
    if source is not None:
        same(
            source[channel],
            filter_shape[3],
            f"an input {shape_text(source)} and a filter {shape_text(filter_shape)}: channels",
        )
    lengths: list[Dim] = []
    for axis, taps in zip(axes, filter_shape[:2], strict=True):
        by_rule = transposed_window(
            source[axis] if source else None,
            taps,
            _along(node, "strides", axis),
            node.string("padding", "SAME").lower(),
        )
        lengths.append(by_rule if declared[axis] is None else declared[axis])
    batch = declared[0] if source is None or source[0] is None else source[0]
    assumed = any(declared[axis] is None for axis in axes)
    return [Tensor(_assemble(node, batch, lengths, filter_shape[2]), assumed=assumed)]


def pooling(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """AvgPool, MaxPool and their 3-D kin."""
    source = tensors[0].shape
    sizes = node.integers("ksize")
    if source is None or len(source) < 3 or len(sizes) != len(source):
        return [Tensor()] * 2
    lengths = _slide(node, source, tuple(sizes[axis] for axis in spatial_axes(node, len(source))))
    channels = source[1] if channels_first(node) else source[-1]
    return [Tensor(_assemble(node, source[0], lengths, channels))] * 2


def resize_image(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """ResizeBilinear and ResizeNearestNeighbor."""
    source, sizes = tensors[0].shape, tensors[1].values
    height, width = (sizes[0], sizes[1]) if sizes and len(sizes) == 2 else (None, None)
    batch, channels = (source[0], source[-1]) if source and len(source) == 4 else (None, None)
    return [Tensor((batch, dim_of(height), dim_of(width), channels))]


def crop_and_resize(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """CropAndResize: one crop per box."""
    source, boxes, sizes = tensors[0].shape, tensors[1].shape, tensors[3].values
    height, width = (sizes[0], sizes[1]) if sizes and len(sizes) == 2 else (None, None)
    return [Tensor((boxes[0] if boxes else None, dim_of(height), dim_of(width), source[-1] if source else None))]


def matrices(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """MatMul, _FusedMatMul, BatchMatMul."""
    one, other = matrix_shapes(node, tensors)
    if one is None or other is None:
        return [Tensor()]
    same(one[-1], other[-2], f"matrices {shape_text(one)} and {shape_text(other)}: inner sizes")
    batch = broadcast([one[:-2], other[:-2]]) or ()
    return [Tensor((*batch, one[-2], other[-1]))]


def matrix_shapes(node: Node, tensors: Sequence[Tensor]) -> tuple[Dims | None, Dims | None]:
    """Both factors as they are multiplied, transpositions done; None for one that is not known to be a matrix."""
    flags = (
        node.flag("transpose_a") or node.flag("adj_x"),
        node.flag("transpose_b") or node.flag("adj_y"),
    )
    shapes: list[Dims | None] = []
    for tensor, turned in zip(tensors[:2], flags, strict=True):
        shape = tensor.shape
        if shape is None and node.op in ("MatMul", "_FusedMatMul"):
            shape = (None, None)
        if shape is None or len(shape) < 2:
            shapes.append(None)
        else:
            shapes.append((*shape[:-2], shape[-1], shape[-2]) if turned else shape)
    return shapes[0], shapes[1]


def einsum(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Einsum without ellipses: every letter has one size."""
    terms, _, result = node.string("equation").replace(" ", "").partition("->")
    sizes = einsum_sizes(terms.split(","), tensors)
    return [Tensor(None if sizes is None or "." in result else tuple(sizes.get(letter) for letter in result))]


def einsum_sizes(terms: Sequence[str], tensors: Sequence[Tensor]) -> dict[str, Dim] | None:
    """The size of each letter; None where the equation does not spell all dimensions out."""
    sizes: dict[str, Dim] = {}
    if len(terms) != len(tensors) or "." in "".join(terms):
        return None
    for term, tensor in zip(terms, tensors, strict=True):
        shape = tensor.shape or (None,) * len(term)
        if len(term) != len(shape):
            raise MismatchError(f"{shape_text(shape)} as {term!r}")
        for letter, dim in zip(term, shape, strict=True):
            sizes[letter] = same(sizes.get(letter), dim, f"for {letter!r} the sizes")
    return sizes


def depth_to_space(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """DepthToSpace: blocks of channels become blocks of pixels."""
    source, block = tensors[0].shape, node.integer("block_size", 1)
    if source is None or len(source) != 4 or block < 1:
        return [Tensor()]
    channels = source[1] if channels_first(node) else source[3]
    if channels is not None and channels % block**2:
        raise MismatchError(f"{channels} channels in blocks of {block}x{block}")
    lengths = [None if source[axis] is None else _times(source[axis], block) for axis in spatial_axes(node, 4)]
    return [Tensor(_assemble(node, source[0], lengths, None if channels is None else channels // block**2))]


def _slide(node: Node, source: Dims, taps: Dims) -> list[Dim]:
    padding = node.string("padding", "VALID").lower()
    explicit = node.integers("explicit_paddings")
    lengths: list[Dim] = []
    for axis, size in zip(spatial_axes(node, len(source)), taps, strict=False):
        extra = sum(explicit[2 * axis : 2 * axis + 2]) if padding == "explicit" else 0
        lengths.append(
            window(source[axis], size, _along(node, "strides", axis), padding, _along(node, "dilations", axis), extra)
        )
    return lengths


def _along(node: Node, attribute: str, axis: int) -> int:
    values = node.integers(attribute)
    return values[axis] if axis < len(values) else 1


def _assemble(node: Node, batch: Dim, lengths: Sequence[Dim], channels: Dim) -> Dims:
    return (batch, channels, *lengths) if channels_first(node) else (batch, *lengths, channels)


def _times(size: Dim, factor: int) -> Dim:
    return None if size is None else size * factor
