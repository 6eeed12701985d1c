"""Output shapes of the graph ops that rearrange, join, cut, reduce or combine arrays."""

from __future__ import annotations

from collections.abc import Sequence

from framegate.analysis.tensors import (
    MismatchError,
    Shape,
    Tensor,
    axis_of,
    broadcast,
    concatenate,
    dim_of,
    merge,
    product,
    reshape,
    shape_text,
)
from framegate.models.nodes import Node

# Larger numbers in a model.json are mistakes, and are not to be allocated for.
_HIGHEST_RANK = 32
_MOST_PARTS = 10_000
"""Outputs of one node: a shape is made for each, and a hostile model may name any number."""


def unchanged(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """The shape of the first input."""
    return [Tensor(tensors[0].shape)]


def elementwise(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """All inputs broadcast together."""
    return [Tensor(broadcast([tensor.shape for tensor in tensors]))]


def concat(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """ConcatV2 (axis last) and Concat (axis first).

    Where the axis is not known it is the one in which the parts differ; where they are all alike, the channels are
    assumed, for that is what networks join.
    """
    parts, at = (tensors[1:], tensors[0]) if node.op == "Concat" else (tensors[:-1], tensors[-1])
    shapes = [part.shape for part in parts]
    axis = _number(at)
    if axis is not None:
        return [Tensor(concatenate(shapes, axis))]
    known = [shape for shape in shapes if shape is not None]
    if not known or len(known) < len(shapes) or len({len(shape) for shape in known}) > 1:
        return [Tensor()]
    differ = [index for index, dims in enumerate(zip(*known, strict=True)) if len(set(dims) - {None}) > 1]
    if len(differ) > 1:
        raise MismatchError(f"shapes to join, {' and '.join(map(shape_text, known))}")
    return [Tensor(concatenate(shapes, differ[0] if differ else -1), assumed=not differ)]


def packed(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Pack: equal shapes along a new axis."""
    shape = merge([tensor.shape for tensor in tensors], "shapes to stack,")
    if shape is None:
        return [Tensor()]
    at = axis_of(node.integer("axis"), len(shape) + 1)
    return [Tensor((*shape[:at], len(tensors), *shape[at:]))]


def unpacked(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Unpack: one output per slice."""
    shape = tensors[0].shape
    if not shape:
        return [Tensor()]
    at = axis_of(node.integer("axis"), len(shape))
    numbers = tensors[0].values
    count = min(shape[at] or node.integer("num", 1), _MOST_PARTS)
    parts = numbers if numbers is not None and len(shape) == 1 else (None,) * count
    return [Tensor((*shape[:at], *shape[at + 1 :]), None if part is None else (part,)) for part in parts]


def split_parts(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Split (axis, value) into equal parts, SplitV (value, sizes, axis) into given ones."""
    value, at = (tensors[0], tensors[2]) if node.op == "SplitV" else (tensors[1], tensors[0])
    count = min(node.integer("num_split", 1), _MOST_PARTS)
    if count < 1:
        raise MismatchError(f"{shape_text(value.shape)} in {count} parts")
    axis = _number(at)
    if value.shape is None or axis is None:
        return [Tensor(None if value.shape is None else (None,) * len(value.shape))] * count
    where = axis_of(axis, len(value.shape))
    size = value.shape[where]
    sizes: Sequence[float | None]
    if node.op == "SplitV":
        sizes = tensors[1].values or (None,) * count
    else:
        if size is not None and size % count:
            raise MismatchError(f"{shape_text(value.shape)} in {count} parts along axis {axis}")
        sizes = (None if size is None else size // count,) * count
    return [Tensor((*value.shape[:where], dim_of(part), *value.shape[where + 1 :])) for part in sizes]


def reshaped(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Reshape and BroadcastTo's kin that take the shape as a tensor; without its numbers, at least its length."""
    source, target = tensors[0].shape, tensors[1]
    if target.values is not None:
        if node.op == "Reshape":
            return [Tensor(reshape(source, target.values))]
        return [Tensor(tuple(map(dim_of, target.values)))]
    return [Tensor(_of_rank(target.shape))]


def fill(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Fill, Zeros, Ones: the shape is the first input's numbers."""
    values = tensors[0].values
    return [Tensor(_of_rank(tensors[0].shape) if values is None else tuple(map(dim_of, values)))]


def squeezed(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Squeeze: without the axes of length 1, or without those named."""
    shape = tensors[0].shape
    if shape is None:
        return [Tensor()]
    named = node.integers("squeeze_dims") or node.integers("axis")
    if named:
        gone = {axis_of(axis, len(shape)) for axis in named}
        if any(shape[axis] not in (1, None) for axis in gone):
            raise MismatchError(f"{shape_text(shape)} without the axes {sorted(gone)}")
    elif None in shape:
        return [Tensor()]
    else:
        gone = {axis for axis, dim in enumerate(shape) if dim == 1}
    return [Tensor(tuple(dim for axis, dim in enumerate(shape) if axis not in gone))]


def expanded(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """ExpandDims."""
    shape, axis = tensors[0].shape, _number(tensors[1])
    if shape is None:
        return [Tensor()]
    if axis is None:
        return [Tensor((None,) * (len(shape) + 1) if shape else (1,))]
    at = axis_of(axis, len(shape) + 1)
    return [Tensor((*shape[:at], 1, *shape[at:]))]


def transposed_axes(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Transpose."""
    shape, order = tensors[0].shape, tensors[1].values
    if shape is None or order is None or len(order) != len(shape):
        return [Tensor(None if shape is None else (None,) * len(shape))]
    return [Tensor(tuple(None if axis is None else shape[axis_of(int(axis), len(shape))] for axis in order))]


def reduced(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Mean, Sum, Max and their kin. Two axes of an image that are not known are assumed to be height and width."""
    shape, axes = tensors[0].shape, tensors[1]
    keep = node.flag("keep_dims") or node.flag("keepDims")
    if shape is None:
        return [Tensor()]
    numbers, assumed = axes.values, False
    if numbers is None and len(shape) == 4 and axes.shape == (2,):
        numbers, assumed = (1, 2), True
    if numbers is None or None in numbers:
        count = product(axes.shape) if axes.shape is not None else None
        rank = len(shape) if keep else None if count is None else max(len(shape) - count, 0)
        return [Tensor(None if rank is None else (None,) * rank)]
    gone = {axis_of(int(axis), len(shape)) for axis in numbers if axis is not None}
    kept = tuple(1 if axis in gone else dim for axis, dim in enumerate(shape) if keep or axis not in gone)
    return [Tensor(kept, assumed=assumed)]


def padded(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Pad, PadV2, MirrorPad."""
    shape, pads = tensors[0].shape, tensors[1]
    if shape is None:
        return [Tensor(_of_rank((pads.shape[0],)) if pads.shape else None)]
    if pads.values is None or len(pads.values) != 2 * len(shape):
        return [Tensor((None,) * len(shape))]
    pairs = zip(shape, pads.values[::2], pads.values[1::2], strict=True)
    return [Tensor(tuple(None if None in (d, a, b) else int((d or 0) + (a or 0) + (b or 0)) for d, a, b in pairs))]


def gathered(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Gather and GatherV2."""
    shape, indices = tensors[0].shape, tensors[1].shape
    axis = _number(tensors[2]) if len(tensors) > 2 else 0
    if shape is None or indices is None or axis is None or node.integer("batch_dims"):
        return [Tensor()]
    at = axis_of(axis, len(shape))
    return [Tensor((*shape[:at], *indices, *shape[at + 1 :]))]


def tiled(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Tile."""
    shape, times = tensors[0].shape, tensors[1].values
    if shape is None or times is None or len(times) != len(shape):
        return [Tensor(None if shape is None else (None,) * len(shape))]
    return [Tensor(tuple(product((dim, dim_of(count))) for dim, count in zip(shape, times, strict=True)))]


def vector(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Shape: one number per dimension."""
    shape = tensors[0].shape
    return [Tensor((None,) if shape is None else (len(shape),))]


def scalar(_: Node, __: Sequence[Tensor]) -> list[Tensor]:
    """Size, Rank: one number."""
    return [Tensor(())]


def arg_reduced(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """ArgMax, ArgMin: without one axis."""
    shape, axis = tensors[0].shape, _number(tensors[1])
    if shape is None or axis is None:
        return [Tensor(None if not shape else (None,) * (len(shape) - 1))]
    at = axis_of(axis, len(shape))
    return [Tensor((*shape[:at], *shape[at + 1 :]))]


def one_hot(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """OneHot: a new last axis as long as there are classes; TF.js reads no other."""
    shape = tensors[0].shape
    return [Tensor() if shape is None else Tensor((*shape, _number(tensors[1])))]


def _number(tensor: Tensor) -> int | None:
    values = tensor.values
    return int(values[0]) if values and len(values) == 1 and values[0] is not None else None


def _of_rank(shape: Shape) -> Shape:
    """As many unknown dimensions as a vector of that shape has numbers."""
    known = shape is not None and len(shape) == 1 and shape[0] is not None and shape[0] <= _HIGHEST_RANK
    return (None,) * (shape[0] or 0) if known and shape else None
