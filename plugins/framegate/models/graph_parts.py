"""The parts of a graph model that TF.js runs: the graph, its initializer, and the functions that they call (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from framegate.models.topology import Json, ModelJson

_RANDOM_OPS = frozenset({
    "Multinomial", "RandomStandardNormal", "RandomUniform", "RandomUniformInt", "TruncatedNormal"
})  # fmt: skip
"""Of TF.js' ops, those that return something else each time. Of its layers there is none: outside of training, dropout
and noise pass on their input."""


def parts(model: ModelJson) -> Iterator[tuple[str, list[Json]]]:
    """Each part as where it is, and its nodes, as the file has them; the first is the graph itself, called ``""``."""
    for place, key in (("", "modelTopology"), ("modelInitializer", "modelInitializer")):
        graph = model.document.get(key)
        if not isinstance(graph, Mapping):
            continue
        nodes = _objects(graph.get("node"))
        yield place, nodes
        for name, inside in _called(nodes, _library(graph)):
            yield f"function '{name[:80]}'" + (f" of {place}" if place else ""), inside


def ops(nodes: list[Json]) -> Iterator[str]:
    """The ops of nodes, as often as they occur."""
    return (node["op"] for node in nodes if isinstance(node.get("op"), str))


def is_random(model: ModelJson) -> bool:
    """Whether a model throws dice, so that two runs on the same picture may return different outputs."""
    return any(op in _RANDOM_OPS for _, nodes in parts(model) for op in ops(nodes))


def _called(nodes: list[Json], library: Mapping[str, list[Json]]) -> Iterator[tuple[str, list[Json]]]:
    """The functions that nodes call, directly or not, each once."""
    seen: set[str] = set()
    waiting = list(_callees(nodes))[::-1]
    while waiting:
        name = waiting.pop()
        if name in library and name not in seen:
            seen.add(name)
            yield name, library[name]
            waiting += list(_callees(library[name]))[::-1]


def _callees(nodes: list[Json]) -> Iterator[str]:
    for node in nodes:
        attributes = node.get("attr")
        for value in attributes.values() if isinstance(attributes, Mapping) else ():
            function = value.get("func") if isinstance(value, Mapping) else None
            name = function.get("name") if isinstance(function, Mapping) else None
            if isinstance(name, str):
                yield name


def _library(graph: Json) -> dict[str, list[Json]]:
    library = graph.get("library")
    functions = _objects(library.get("function")) if isinstance(library, Mapping) else []
    named = ((function.get("signature"), function) for function in functions)
    return {
        signature["name"]: _objects(function.get("nodeDef"))
        for signature, function in named
        if isinstance(signature, Mapping) and isinstance(signature.get("name"), str)
    }


def _objects(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
