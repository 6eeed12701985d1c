"""Which nodes of a graph the outputs need, and in which order they can be computed (pure, linear in the nodes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from framegate.errors import ModelFormatError
from framegate.models.nodes import NodeJson, node_name

_CYCLE_SHOWN = 6


def needed(path: Path, nodes: Sequence[NodeJson], tensors: Iterable[str], fed: Iterable[str] = ()) -> list[NodeJson]:
    """The nodes that the tensors are computed from, in graph order; TF.js runs no others either.

    Args:
        path: the model.json, for errors.
        nodes: the graph's nodes.
        tensors: names of tensors or nodes that must be there.
        fed: names of tensors or nodes that are fed, so that what is before them is not needed.

    Raises:
        ModelFormatError: a node takes one that the graph lacks, or nodes wait for each other.
    """
    by_name = {node["name"]: node for node in nodes}
    stop = {node_name(name) for name in fed}
    names: set[str] = set()
    stack = [node_name(name) for name in tensors]
    while stack:
        name = stack.pop()
        if name in names:
            continue
        names.add(name)
        if name in stop or name not in by_name:
            continue
        for source in sources(by_name[name]):
            if source not in by_name:
                raise ModelFormatError(
                    f"{path}: node {name!r} takes {source!r}, which the graph lacks; convert the model again"
                )
            stack.append(source)
    kept = [node for node in nodes if node["name"] in names]
    order(path, [node for node in kept if node["name"] not in stop])
    return kept


def sources(node: Mapping[str, Any]) -> list[str]:
    """Names of the nodes whose results a node takes or waits for."""
    return [node_name(name) for name in node.get("input") or ()]


def order(path: Path, nodes: Sequence[NodeJson]) -> list[NodeJson]:
    """The nodes, each after those it takes; the edge that closes a loop (``NextIteration``) is left out.

    Raises:
        ModelFormatError: nodes wait for each other.
    """
    by_name = {node["name"]: node for node in nodes}
    takes = {
        name: [other for other in sources(node) if other in by_name and by_name[other]["op"] != "NextIteration"]
        for name, node in by_name.items()
    }
    return [by_name[name] for name in sorted_names(path, takes)]


def sorted_names(path: Path, takes: Mapping[str, Iterable[str]]) -> list[str]:
    """Names of nodes, each after those it takes.

    Args:
        path: the model.json, for errors.
        takes: names of the nodes that each node takes; all of them are keys.

    Raises:
        ModelFormatError: nodes take each other.
    """
    sorter = TopologicalSorter(dict.fromkeys(takes, ()))
    for name, predecessors in takes.items():
        sorter.add(name, *predecessors)
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise ModelFormatError(
            f"{path}: the graph has a cycle: {_ring(error.args[1])}; convert the model again"
        ) from None


def _ring(cycle: Sequence[str]) -> str:
    """``'a' takes 'b' takes 'a'``, from names each of which is taken by the next, the last one being the first."""
    names = cycle[:0:-1]
    first = names.index(min(names))
    ring = [*names[first:], *names[:first]]
    shown = [*ring[:_CYCLE_SHOWN], *(["…"] if len(ring) > _CYCLE_SHOWN else []), ring[0]]
    return " takes ".join(map(repr, shown))
