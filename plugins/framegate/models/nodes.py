"""A node of a graph, as model.json has it and decoded (pure)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeGuard

NodeJson = dict[str, Any]
"""A node as model.json has it: ``{"name": …, "op": …, "input": […], "attr": {…}}``."""

LONGEST_SIDE = 1 << 48
"""No tensor has a longer side; what says so comes of a broken model."""


@dataclass(frozen=True)
class Node:
    """A node of the graph, decoded.

    Attributes:
        raw: the node as model.json has it, checked by `framegate.models.graph.nodes`.
    """

    raw: NodeJson

    @property
    def name(self) -> str:
        """The node's name."""
        return str(self.raw["name"])

    @property
    def op(self) -> str:
        """The node's operation."""
        return str(self.raw["op"])

    @cached_property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """(node, output number) of each tensor it takes; control inputs, which carry none, are left out."""
        return tuple(tensor_reference(name) for name in self.raw.get("input") or () if not name.startswith("^"))

    def attr(self, name: str, kind: str) -> Any:
        """An attribute's value of one kind (``"i"``, ``"list"``, …), None where it has none."""
        attributes = self.raw.get("attr")
        value = attributes.get(name) if isinstance(attributes, Mapping) else None
        return value.get(kind) if isinstance(value, Mapping) else None

    def integer(self, name: str, default: int = 0) -> int:
        """An integer, which protobuf's JSON writes as a string."""
        number = whole_number(self.attr(name, "i"))
        return default if number is None else number

    def integers(self, name: str) -> tuple[int, ...]:
        """A list of integers, empty if the attribute is missing."""
        listed = self.attr(name, "list")
        values = listed.get("i") if isinstance(listed, Mapping) else None
        whole_ones = [whole_number(value) for value in values] if isinstance(values, list) else []
        return tuple(value for value in whole_ones if value is not None)

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of strings, empty if the attribute is missing."""
        listed = self.attr(name, "list")
        values = listed.get("s") if isinstance(listed, Mapping) else None
        return tuple(map(decoded, values)) if isinstance(values, list) else ()

    def flag(self, name: str) -> bool:
        """A boolean, False if the attribute is missing."""
        return self.attr(name, "b") is True

    def string(self, name: str, default: str = "") -> str:
        """A string, which protobuf's JSON writes as base64."""
        return decoded(self.attr(name, "s")) or default

    def dims(self, name: str) -> tuple[int | None, ...] | None:
        """A shape, None if the attribute is missing or its rank is open."""
        shape = self.attr(name, "shape")
        if not isinstance(shape, Mapping) or shape.get("unknownRank"):
            return None
        return shape_dims(shape)


def node_name(tensor: str) -> str:
    """The node of a tensor: ``name``, ``name:0`` and ``^name`` are all ``name``."""
    return tensor.removeprefix("^").split(":", 1)[0]


def tensor_reference(tensor: str) -> tuple[str, int]:
    """The node of a tensor and the number of its output: ``name`` and ``name:0`` are the first one of ``name``."""
    name, _, number = tensor.partition(":")
    return name, int(number) if number.isascii() and number.isdigit() else 0


def shape_dims(shape: Mapping[str, Any]) -> tuple[int | None, ...] | None:
    """The dimensions in a protobuf TensorShape, None for an open one; None alone if they are not a list."""
    dims = shape.get("dim") or ()
    if not isinstance(dims, Sequence):
        return None
    sizes = [whole_number(dim.get("size")) if isinstance(dim, Mapping) else None for dim in dims]
    return tuple(size if is_side(size) else None for size in sizes)


def is_side(value: Any) -> TypeGuard[int]:
    """Whether a value is a number of items that a tensor may have along an axis."""
    return type(value) is int and 0 <= value <= LONGEST_SIDE


def whole_number(value: Any) -> int | None:
    """An integer, or the decimal text of one."""
    if type(value) is int:
        return value
    try:
        return int(value) if isinstance(value, str) else None
    except ValueError:
        return None


def decoded(value: Any) -> str:
    """Decode base64 text; plain text (hand-made models) is returned unchanged, and anything else as an empty text."""
    if not isinstance(value, str):
        return ""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return value
