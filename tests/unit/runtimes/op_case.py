"""An op, or a few in a row, on small arrays: what `scripts/tfjs-ops.cjs` asks TF.js about."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, NamedTuple

import numpy as np
from graph_files import Node, constant, placeholder

from framegate.interfaces import Array

TYPES = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}


class Held(NamedTuple):
    """A constant."""

    array: Array


class Fed(NamedTuple):
    """An input of a type of its own."""

    array: Array
    dtype: str


Input = Array | Held | Fed
"""An array alone is fed."""


@dataclass(frozen=True)
class Case:
    """A graph of one op, or a few in a row.

    Attributes:
        label: unique, and the folder of all its nodes.
        nodes: its nodes, without its constants.
        weights: its constants.
        feeds: its inputs.
        outputs: the tensors that are compared.
    """

    label: str
    nodes: list[Node] = field(default_factory=list)
    weights: dict[str, Array] = field(default_factory=dict)
    feeds: dict[str, Array] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)


def kind(name: str) -> dict[str, Any]:
    """The attribute of a type: ``"FLOAT"``, ``"INT32"``."""
    return {"type": f"DT_{name}"}


FLOAT, INT, BOOL, COMPLEX = map(kind, ("FLOAT", "INT32", "BOOL", "COMPLEX64"))


def case(label: str, op: str, *inputs: Input, **attrs: Any) -> Case:
    """One op.

    Args:
        label: joins the op's name.
        op: the op.
        inputs: its inputs in turn.
        attrs: its attributes; ``T`` is the type of its first input where it is not named.
    """
    names = [f"x{at}" for at in range(len(inputs))]
    first = TYPES.get(_array(inputs[0]).dtype.name, "DT_FLOAT") if inputs else "DT_FLOAT"
    node = ("y", op, names, {"T": {"type": first}} | attrs)
    return chain(f"{op}_{label}", dict(zip(names, inputs, strict=True)), [node])


def pair(made: Case) -> Case:
    """The case with the second output of its op too."""
    return replace(made, outputs=[*made.outputs, f"{made.label}/y:1"])


def chain(
    label: str, inputs: Mapping[str, Input], nodes: Iterable[tuple[str, str, Sequence[str], dict[str, Any]]]
) -> Case:
    """A few ops in a row, each with its name, its op, its inputs and its attributes; the last one is the output."""
    made = Case(label)
    for name, value in inputs.items():
        array, full = _array(value), f"{label}/{name}"
        if isinstance(value, Held):
            made.weights[full] = array
        else:
            dtype = value.dtype if isinstance(value, Fed) else TYPES[array.dtype.name]
            made.nodes.append(placeholder(full, array.shape, dtype))
            made.feeds[full] = array
    for name, op, takes, attrs in nodes:
        made.nodes.append(
            {"name": f"{label}/{name}", "op": op, "input": [f"{label}/{taken}" for taken in takes], "attr": attrs}
        )
    made.outputs.append(f"{made.nodes[-1]['name']}:0")
    return made


def job(made: Case) -> dict[str, Any]:
    """The case as `scripts/tfjs-ops.cjs` reads it."""
    constants = [constant(name, array) for name, array in made.weights.items()]
    return {
        "label": made.label,
        "topology": {"node": [*constants, *made.nodes], "versions": {}},
        "weights": [
            {"name": name, "shape": list(array.shape), "dtype": array.dtype.name}
            for name, array in made.weights.items()
        ],
        "data": base64.b64encode(b"".join(array.tobytes() for array in made.weights.values())).decode(),
        "feeds": [
            {"name": name, "shape": list(array.shape), "dtype": array.dtype.name, "values": _written(array)}
            for name, array in made.feeds.items()
        ],
        "outputs": made.outputs,
    }


def floats(*shape: int, salt: int = 0) -> Array:
    """Between -2 and 2."""
    return np.asarray(_spread(shape, salt) / 1023 * 4 - 2, np.float32)


def whole(*shape: int, low: int = -9, high: int = 9, salt: int = 0) -> Array:
    """From low to high."""
    return np.asarray(_spread(shape, salt) % (high - low + 1) + low, np.int32)


def held(*values: float) -> Held:
    """A constant list: of integers, or of floats if one is a float."""
    return Held(np.array(values, np.float32 if any(type(value) is float for value in values) else np.int32))


def scalar(value: float) -> Held:
    """A constant number."""
    dtype = np.bool_ if type(value) is bool else np.float32 if type(value) is float else np.int32
    return Held(np.array(value, dtype))


def _spread(shape: Sequence[int], salt: int) -> Array:
    return np.asarray((np.arange(prod(shape)) + salt) * 2654435761 % 1024).reshape(shape)


def _array(value: Input) -> Array:
    return value.array if isinstance(value, (Held, Fed)) else value


def _written(array: Array) -> list[Any]:
    """JSON has no numbers for what is not finite."""
    return [value if np.isfinite(value) else str(value) for value in array.ravel().tolist()]
