"""Shapes that may be partly unknown, and the arithmetic on them that every op and layer shares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Dim = int | None
Dims = tuple[Dim, ...]
Shape = Dims | None
"""None where not even the rank is known."""

Values = tuple[int | float | None, ...]


class MismatchError(Exception):
    """Shapes that an op cannot take together; ``str(error)`` says which."""


class Tensor(NamedTuple):
    """What is known of a tensor.

    Attributes:
        shape: its dimensions.
        values: its numbers, where it is a scalar or a short vector that decides on other shapes; else None.
        assumed: whether the shape rests on a convention, because what decides it is not in model.json.
    """

    shape: Shape = None
    values: Values | None = None
    assumed: bool = False


UNKNOWN_TENSOR = Tensor()

_MOST = 1 << 128
"""Of multiply-accumulates, or of a tensor's numbers; what says more comes of a broken model."""


def shape_text(shape: Shape) -> str:
    """``[1, 256, ?, 3]``; ``?`` alone where the rank is unknown."""
    return "?" if shape is None else f"[{', '.join('?' if dim is None else str(dim) for dim in shape)}]"


def dim_of(value: float | None) -> Dim:
    """A number as a dimension; None if it is unknown or negative."""
    return None if value is None or value < 0 else int(value)


def product(dims: Iterable[Dim]) -> Dim:
    """The product, None if a factor is unknown and none is 0, or if the product is beyond everything that runs."""
    known = 1
    unknown = False
    for dim in dims:
        if dim is None:
            unknown = True
        else:
            known *= dim
    return None if (unknown and known) or known > _MOST else known


def same(one: Dim, other: Dim, what: str) -> Dim:
    """The one dimension that two must agree on.

    Raises:
        MismatchError: they differ.
    """
    if one is not None and other is not None and one != other:
        raise MismatchError(f"{what} {one} and {other}")
    return other if one is None else one


def merge(shapes: Sequence[Shape], what: str) -> Shape:
    """The one shape that several must agree on."""
    known = [shape for shape in shapes if shape is not None]
    if not known:
        return None
    if len({len(shape) for shape in known}) > 1:
        raise MismatchError(f"{what} {' and '.join(map(shape_text, known))}")
    merged = known[0]
    for shape in known[1:]:
        merged = tuple(same(a, b, what) for a, b in zip(merged, shape, strict=True))
    return merged


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Numpy's rule; a dimension above 1 decides even where the other one is unknown."""
    if any(shape is None for shape in shapes):
        return None
    known = [shape for shape in shapes if shape is not None]
    rank = max(map(len, known), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in known]
    return tuple(_broadcast_dim(dims, known) for dims in zip(*padded, strict=True))


def _broadcast_dim(dims: Sequence[Dim], shapes: Sequence[Dims]) -> Dim:
    wide = {dim for dim in dims if dim not in (1, None)}
    if len(wide) > 1:
        raise MismatchError(f"shapes {' and '.join(map(shape_text, shapes))}")
    return wide.pop() if wide else None if None in dims else 1


def window(size: Dim, kernel: Dim, stride: int, padding: str, dilation: int = 1, extra: int = 0) -> Dim:
    """Output length of a convolution or pooling along one axis.

    Args:
        size: length of the input.
        kernel: length of the window.
        stride: distance of two windows.
        padding: ``"same"``, ``"valid"``, or ``"explicit"`` with ``extra`` elements on both sides together.
        dilation: distance of two taps.
        extra: count of the elements that explicit padding adds.
    """
    if size is None or stride < 1:
        return None
    if padding in ("same", "causal"):
        return math.ceil(size / stride)
    if kernel is None:
        return None
    reach = (kernel - 1) * dilation + 1
    if size + extra < reach:
        raise MismatchError(f"a window of {reach} is wider than its input of {size + extra}")
    return (size + extra - reach) // stride + 1


def transposed_window(size: Dim, kernel: Dim, stride: int, padding: str) -> Dim:
    """Output length of a transposed convolution along one axis, by Keras' rule for no output padding."""
    if size is None:
        return None
    if padding == "same":
        return size * stride
    return None if kernel is None else size * stride + max(kernel - stride, 0)


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the front.

    Raises:
        MismatchError: there is no such axis.
    """
    if not -rank <= axis < rank:
        raise MismatchError(f"axis {axis} of a tensor with {rank} dimensions")
    return axis % rank


def concatenate(shapes: Sequence[Shape], axis: int) -> Shape:
    """Shapes joined along an axis; an unknown rank makes the result unknown."""
    if not shapes or any(shape is None for shape in shapes):
        return None
    known = [shape for shape in shapes if shape is not None]
    at = axis_of(axis, len(known[0]))
    rest = merge([(*shape[:at], *shape[at + 1 :]) for shape in known], "shapes to join,")
    if rest is None:
        return None
    lengths = [shape[at] for shape in known]
    total = sum(length for length in lengths if length is not None) if None not in lengths else None
    return (*rest[:at], total, *rest[at:])


def reshape(source: Shape, target: Sequence[int | float | None]) -> Dims:
    """The shape asked for, with one -1 worked out where the source is known."""
    dims = [None if dim is None else int(dim) for dim in target]
    size = None if source is None else product(source)
    if dims.count(-1) == 1 and None not in dims:
        rest = math.prod(dim for dim in dims if dim is not None and dim != -1)
        if size is not None and rest:
            if size % rest:
                raise MismatchError(f"{shape_text(source)} does not reshape to {shape_text(tuple(dims))}")
            dims[dims.index(-1)] = size // rest
    elif (
        size is not None and None not in dims and -1 not in dims and math.prod(d for d in dims if d is not None) != size
    ):
        raise MismatchError(f"{shape_text(source)} does not reshape to {shape_text(tuple(dims))}")
    return tuple(None if dim == -1 else dim for dim in dims)
