"""Numbers that decide on shapes, followed through the graph: what TensorFlow computes from Shape at run time."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Sequence

from framegate.analysis.tensors import Dims, Tensor, Values, product
from framegate.models.nodes import LONGEST_SIDE, Node

# Values that decide on shapes have an entry for each dimension, or few more; longer ones are data.
_LONGEST = 64
Number = int | float


_BINARY: dict[str, Callable[[Number, Number], Number]] = {
    "Add": operator.add,
    "AddV2": operator.add,
    "Equal": operator.eq,
    "FloorDiv": operator.floordiv,
    "FloorMod": operator.mod,
    "Greater": operator.gt,
    "GreaterEqual": operator.ge,
    "Less": operator.lt,
    "LessEqual": operator.le,
    "LogicalAnd": lambda one, other: bool(one) and bool(other),
    "LogicalOr": lambda one, other: bool(one) or bool(other),
    "Maximum": max,
    "Minimum": min,
    "Mul": operator.mul,
    "NotEqual": operator.ne,
    "RealDiv": operator.truediv,
    "Sub": operator.sub,
}
_UNARY: dict[str, Callable[[Number], Number]] = {
    "Abs": abs,
    "Ceil": math.ceil,
    "Floor": math.floor,
    "LogicalNot": operator.not_,
    "Neg": operator.neg,
    "Round": round,
    "Sign": lambda value: (value > 0) - (value < 0),
}
_OF_SHAPE: dict[str, Callable[[Dims], Values | None]] = {
    "Rank": lambda shape: (len(shape),),
    "Shape": lambda shape: shape,
    "Size": lambda shape: (product(shape),),
}
_WHOLE = frozenset({"DT_INT32", "DT_INT64"})
_SAME = frozenset({"EnsureShape", "ExpandDims", "Identity", "Reshape", "Snapshot", "Squeeze", "StopGradient"})


def values_of(node: Node, tensors: Sequence[Tensor]) -> Values | None:
    """The numbers of a node's first output, in order; None where they are not known or do not matter."""
    values = _values_of(node, tensors)
    return None if values is None else tuple(None if v is None or abs(v) > LONGEST_SIDE else v for v in values)


def _values_of(node: Node, tensors: Sequence[Tensor]) -> Values | None:
    of_shape = _OF_SHAPE.get(node.op)
    if of_shape is not None:
        shape = tensors[0].shape
        return None if shape is None else of_shape(shape)
    inputs = [tensor.values for tensor in tensors]
    if node.op == "Pack":
        return _flat(inputs)
    if node.op in ("Concat", "ConcatV2"):
        return _flat(inputs[1:] if node.op == "Concat" else inputs[:-1])
    if node.op in _SAME:
        return inputs[0]  # whatever the other inputs are, they only rearrange
    known = [values for values in inputs if values is not None]
    return _computed(node, known) if known and len(known) == len(inputs) else None


def _computed(node: Node, known: Sequence[Values]) -> Values | None:
    """What an op makes of numbers that are all known."""
    result: Values | None = None
    if node.op == "Cast":
        whole = node.attr("DstT", "type") in _WHOLE
        result = tuple(None if v is None else int(v) if whole else v for v in known[0])
    elif node.op in _BINARY and len(known) == 2:
        result = _pairwise(_BINARY[node.op], known[0], known[1])
    elif node.op in _UNARY:
        result = tuple(None if value is None else _UNARY[node.op](value) for value in known[0])
    elif node.op in ("Select", "SelectV2") and len(known) == 3:
        result = _chosen(*known)
    elif node.op == "Prod" and None not in known[0]:
        result = (math.prod(value for value in known[0] if value is not None),)
    elif node.op in ("Gather", "GatherV2"):
        result = _gathered(known[0], known[1])
    elif node.op == "Range" and all(len(values) == 1 for values in known):
        result = _range([values[0] for values in known])
    return result


def _flat(parts: Sequence[Values | None]) -> Values | None:
    known = [values for values in parts if values is not None]
    total = sum(map(len, known))
    return tuple(itertools.chain(*known)) if len(known) == len(parts) and 0 < total <= _LONGEST else None


def _pairwise(compute: Callable[[Number, Number], Number], one: Values, other: Values) -> Values | None:
    if len(one) != len(other):
        if 1 not in (len(one), len(other)):
            return None
        one, other = (one * len(other), other) if len(one) == 1 else (one, other * len(one))
    try:
        return tuple(None if a is None or b is None else compute(a, b) for a, b in zip(one, other, strict=True))
    except (ZeroDivisionError, OverflowError):
        return None


def _chosen(which: Values, one: Values, other: Values) -> Values | None:
    if len(which) == 1:
        return None if which[0] is None else one if which[0] else other
    longest = max(map(len, (which, one, other)))
    one, other = (part * longest if len(part) == 1 else part for part in (one, other))
    if not len(which) == len(one) == len(other):
        return None
    chosen = zip(which, one, other, strict=True)
    return tuple(None if first is None else second if first else third for first, second, third in chosen)


def _gathered(values: Values, indices: Values) -> Values | None:
    count = len(values)
    gathered = [None if i is None or not -count <= i < count else values[int(i)] for i in indices]
    return tuple(gathered)


def _range(ends: Sequence[Number | None]) -> Values | None:
    if len(ends) != 3 or not all(type(end) is int for end in ends):
        return None
    start, stop, step = (int(end or 0) for end in ends)
    numbers = range(start, stop, step) if step else range(0)
    return tuple(numbers) if 0 < len(numbers) <= _LONGEST else None
