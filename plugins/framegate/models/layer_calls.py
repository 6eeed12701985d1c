"""Which layers are called on which results, in an order that can be computed, from either Keras' way of writing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

from framegate.models.layer_entry import layer_name

Value = TypeVar("Value")
ResultReference = tuple[str, int, int]
"""A layer's name, the index of one of its calls, and the index of an output of that call."""


@dataclass(frozen=True)
class Call:
    """One call of a layer.

    Attributes:
        layer: the layer's entry in the config.
        at: index of this call among the layer's calls.
        takes: the results it is called on.
    """

    layer: Mapping[str, Any]
    at: int
    takes: tuple[ResultReference, ...]


def calls_in_order(layers: Sequence[Mapping[str, Any]]) -> tuple[list[Call], list[str]]:
    """Every call after those it waits for, and the names of layers that can never be called."""
    calls = [call for layer in layers for call in _calls(layer)]
    makers: dict[tuple[str, int], list[int]] = {}
    for number, call in enumerate(calls):
        makers.setdefault((layer_name(call.layer), call.at), []).append(number)
    sorter = TopologicalSorter(dict.fromkeys(range(len(calls)), ()))
    for number, call in enumerate(calls):
        sorter.add(number, *(maker for name, at, _ in call.takes for maker in _made_by(makers, name, at)))
    with suppress(CycleError):  # calls that wait for each other never get ready, and the others do all the same
        sorter.prepare()
    order: list[int] = []
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    stuck = sorted({*range(len(calls))}.difference(order))
    return [calls[number] for number in order], [layer_name(calls[number].layer) for number in stuck]


def _made_by(makers: Mapping[tuple[str, int], list[int]], name: str, at: int) -> list[int]:
    """A nested model that was built with an input counts its calls from 1, and all of its entries are there from 0."""
    return makers.get((name, at)) or makers.get((name, at - 1)) or []


def _calls(layer: Mapping[str, Any]) -> Iterator[Call]:
    nodes = layer.get("inbound_nodes")
    if not isinstance(nodes, list) or not nodes:
        yield Call(layer, 0, ())
        return
    for at, node in enumerate(nodes):
        yield Call(layer, at, tuple(_results(node)))


def result_of(results: Mapping[tuple[str, int], Sequence[Value]], reference: ResultReference, default: Value) -> Value:
    """What a reference refers to, in the results of calls; the default if there is no such result.

    A nested model that was built with an input counts its calls from 1.
    """
    name, at, output = reference
    outputs = results.get((name, at)) or results.get((name, at - 1)) or ()
    return outputs[output] if 0 <= output < len(outputs) else default


def _results(node: Any) -> Iterator[ResultReference]:
    """The references in a call's arguments, in the order they are written, however deep."""
    stack = [node]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            history = value.get("keras_history")  # Keras 3
            stack.extend([history] if isinstance(history, list) else reversed(value.values()))
        elif isinstance(value, list):
            if _is_result(value):
                yield value[0], value[1], value[2]
                stack.extend(item for item in value[3:] if isinstance(item, dict))
            else:
                stack.extend(reversed(value))


def _is_result(reference: list[Any]) -> bool:
    return len(reference) in (3, 4) and isinstance(reference[0], str) and all(type(at) is int for at in reference[1:3])
