"""Output shapes and numbers of the graph ops that cut pieces out of arrays."""

from __future__ import annotations

from collections.abc import Sequence

from framegate.analysis.tensors import UNKNOWN_TENSOR, Dim, MismatchError, Tensor, Values, shape_text
from framegate.models.nodes import Node

_KEEP_TO_END = -1

_MOST_SLICES = 254
"""TensorFlow's tensors have no more dimensions."""


def sliced(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Slice: begin and size."""
    source, begin, size = tensors[0], tensors[1].values, tensors[2].values
    if source.shape is None:
        return [UNKNOWN_TENSOR]
    if begin is None or size is None or not len(begin) == len(size) == len(source.shape):
        return [Tensor((None,) * len(source.shape))]
    dims = tuple(
        None if count is None or start is None else _rest(dim, int(start)) if count == _KEEP_TO_END else int(count)
        for dim, start, count in zip(source.shape, begin, size, strict=True)
    )
    numbers = None
    if source.values is not None and len(dims) == 1 and dims[0] is not None and begin[0] is not None:
        numbers = source.values[int(begin[0]) : int(begin[0]) + dims[0]]
    return [Tensor(dims, numbers)]


def strided(node: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """StridedSlice, masks and all."""
    source, begin, end = tensors[0], tensors[1], tensors[2]
    strides = tensors[3].values
    count = begin.shape[0] if begin.shape else None
    if source.shape is None or count is None:
        return [UNKNOWN_TENSOR]
    if count > _MOST_SLICES:
        raise MismatchError(f"{count} slices, and no tensor has more than {_MOST_SLICES} dimensions")
    cuts = _Cuts(node, begin.values, end.values, strides)
    dims: list[Dim] = []
    axis, numbers = 0, source.values
    named = sum(
        1 for at in range(count) if not cuts.is_set("new_axis_mask", at) and not cuts.is_set("ellipsis_mask", at)
    )
    for at in range(count):
        if cuts.is_set("ellipsis_mask", at):
            skipped = max(len(source.shape) - named, 0)
            dims.extend(source.shape[axis : axis + skipped])
            axis += skipped
        elif cuts.is_set("new_axis_mask", at):
            dims.append(1)
        elif axis >= len(source.shape):
            raise MismatchError(f"more slices than {shape_text(source.shape)} has dimensions")
        else:
            if not cuts.is_set("shrink_axis_mask", at):
                dims.append(cuts.length(at, source.shape[axis]))
            axis += 1
    is_vector = numbers is not None and len(source.shape) == 1 and count == 1
    numbers = cuts.numbers(numbers) if is_vector and numbers is not None else None
    return [Tensor((*dims, *source.shape[axis:]), numbers)]


def is_backward(node: Node, tensors: Sequence[Tensor]) -> bool:
    """Whether a StridedSlice in steps of 1, without axes that it adds or leaves out, ends before it begins."""
    shape, begin, end, steps = tensors[0].shape, tensors[1].values, tensors[2].values, tensors[3].values
    if shape is None or begin is None or end is None or steps is None or set(steps) != {1}:
        return False
    if node.integer("ellipsis_mask") or node.integer("new_axis_mask"):
        return False
    cuts = _Cuts(node, begin, end, steps)
    ranges = [cuts.ends(at, dim) for at, dim in enumerate(shape[: len(steps)]) if dim is not None]
    return any(start > stop for start, stop in ranges)


class _Cuts:
    """The begin, end and stride of each sliced axis."""

    def __init__(self, node: Node, begin: Values | None, end: Values | None, strides: Values | None) -> None:
        self._node = node
        self._begin, self._end, self._strides = begin, end, strides

    def is_set(self, mask: str, at: int) -> bool:
        return bool(self._node.integer(mask) >> at & 1)

    def length(self, at: int, dim: Dim) -> Dim:
        part = self._slice(at)
        if part is None:
            return None
        if part == slice(None, None, 1):
            return dim
        return None if dim is None else len(range(*part.indices(dim)))

    def ends(self, at: int, dim: int) -> tuple[int, int]:
        """Where the piece of an axis begins and ends; all of it where that is not known or one item alone is taken."""
        part = None if self.is_set("shrink_axis_mask", at) else self._slice(at)
        return (0, dim) if part is None else part.indices(dim)[:2]

    def numbers(self, values: Values) -> Values | None:
        """The numbers of a vector that remain."""
        if self.is_set("shrink_axis_mask", 0):
            begin = _at(self._begin, 0)
            return (values[begin],) if begin is not None and -len(values) <= begin < len(values) else None
        part = self._slice(0)
        return None if part is None else values[part]

    def _slice(self, at: int) -> slice | None:
        step = _at(self._strides, at)
        if step == 0:
            raise MismatchError("a slice with stride 0")
        begin = None if self.is_set("begin_mask", at) else _at(self._begin, at)
        end = None if self.is_set("end_mask", at) else _at(self._end, at)
        open_begin = begin is None and not self.is_set("begin_mask", at)
        open_end = end is None and not self.is_set("end_mask", at)
        return None if step is None or open_begin or open_end else slice(begin, end, step)


def _at(values: Values | None, at: int) -> int | None:
    value = values[at] if values is not None and at < len(values) else None
    return None if value is None else int(value)


def _rest(dim: Dim, start: int) -> Dim:
    return None if dim is None else max(dim - start, 0)


def space_to_batch(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """SpaceToBatchND: pixels go to the batch; it stands around dilated convolutions."""
    return _blocks(tensors, outward=True)


def batch_to_space(_: Node, tensors: Sequence[Tensor]) -> list[Tensor]:
    """BatchToSpaceND: the way back."""
    return _blocks(tensors, outward=False)


def _blocks(tensors: Sequence[Tensor], *, outward: bool) -> list[Tensor]:
    shape, block, pads = tensors[0].shape, tensors[1].values, tensors[2].values
    if shape is None:
        return [UNKNOWN_TENSOR]
    if block is None or pads is None or None in block or None in pads or len(pads) != 2 * len(block):
        axes = tensors[1].shape[0] if tensors[1].shape else None
        others = () if axes is None else shape[1 + axes :]
        return [Tensor((None,) * (len(shape) - len(others)) + others)]
    sizes = [int(size) for size in block if size is not None]
    if len(shape) <= len(sizes):
        raise MismatchError(f"an input {shape_text(shape)} and blocks of {len(sizes)} sides")
    around = [int(pads[2 * at] or 0) + int(pads[2 * at + 1] or 0) for at in range(len(sizes))]
    batch = shape[0]
    dims: list[Dim] = []
    for dim, size, pad in zip(shape[1:], sizes, around, strict=False):
        if size < 1:
            raise MismatchError(f"blocks of {size}")
        if outward:
            batch = None if batch is None else batch * size
            dims.append(None if dim is None else (dim + pad) // size)
        else:
            batch = None if batch is None else batch // size
            dims.append(None if dim is None else dim * size - pad)
    return [Tensor((batch, *dims, *shape[1 + len(sizes) :]))]
