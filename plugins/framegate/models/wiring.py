"""Which nodes of a graph the outputs need, and whether they can be computed at all (pure, linear in the nodes)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from framegate.errors import ModelFormatError
from framegate.models.graph import node_name

Node = dict[str, Any]


def needed(path: Path, nodes: Sequence[Node], tensors: Iterable[str], given: Iterable[str] = ()) -> list[Node]:
    """The nodes that the tensors are computed from, in graph order; TF.js too runs no others.

    Args:
        path: the model.json, for errors.
        nodes: the graph's nodes.
        tensors: names of tensors or nodes that must be there.
        given: names of tensors or nodes that are fed, so that what is before them is not needed.

    Raises:
        ModelFormatError: a node takes one that the graph lacks, or nodes wait for each other.
    """
    by_name = {node["name"]: node for node in nodes}
    stop = {node_name(name) for name in given}
    found: set[str] = set()
    stack = [node_name(name) for name in tensors]
    while stack:
        name = stack.pop()
        if name in found:
            continue
        found.add(name)
        if name in stop or name not in by_name:
            continue
        for taken in sources(by_name[name]):
            if taken not in by_name:
                raise ModelFormatError(
                    f"{path}: node {name!r} takes {taken!r}, which the graph lacks; convert the model again"
                )
            stack.append(taken)
    kept = [node for node in nodes if node["name"] in found]
    order(path, [node for node in kept if node["name"] not in stop])
    return kept


def sources(node: Mapping[str, Any]) -> list[str]:
    """Names of the nodes whose results a node takes or waits for."""
    return [node_name(name) for name in node.get("input") or ()]


def order(path: Path, nodes: Sequence[Node]) -> list[Node]:
    """The nodes, each behind those it takes; what comes around a loop (``NextIteration``) counts as there before it.

    Raises:
        ModelFormatError: nodes wait for each other.
    """
    by_name = {node["name"]: node for node in nodes}
    waits: dict[str, int] = {}
    takers: dict[str, list[str]] = defaultdict(list)
    for name, node in by_name.items():
        before = {other for other in sources(node) if other in by_name and by_name[other]["op"] != "NextIteration"}
        waits[name] = len(before)
        for other in before:
            takers[other].append(name)
    ready = deque(name for name, count in waits.items() if not count)
    done: list[Node] = []
    while ready:
        name = ready.popleft()
        done.append(by_name[name])
        for taker in takers[name]:
            waits[taker] -= 1
            if not waits[taker]:
                ready.append(taker)
    if len(done) < len(by_name):
        stuck = next(name for name, count in waits.items() if count)
        raise ModelFormatError(
            f"{path}: node {stuck!r} waits for its own result: the graph has a cycle; convert the model again"
        )
    return done
