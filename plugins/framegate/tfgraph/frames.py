"""Put the constants of a loop into its frame (pure: nodes as in model.json).

TensorFlow runs every node of a ``while`` loop in the frame of that loop, and what comes from outside has to pass an
``Enter`` node. The TF.js converter drops the control inputs that held a loop's constants in its frame, because TF.js
asks for none of that. Here every constant that a loop takes gets its ``Enter`` back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framegate.models.nodes import Node, NodeJson, node_name
from framegate.models.wiring import order, sources

LoopFrame = tuple[str, ...]
"""Names of the loops around a node, the outermost first."""

_ROOT: LoopFrame = ()
# Pivots: a constant that waits for one of these is alive only where the pivot is.
_KEPT_CONTROL = frozenset({"Identity", "Merge", "Switch"})


def into_frames(path: Path, nodes: Sequence[NodeJson]) -> list[NodeJson]:
    """The nodes with what their loops need of ``Enter``; graphs without loops are passed on as they are.

    Raises:
        ModelFormatError: nodes wait for each other other than by a loop.
    """
    if not any(node["op"] == "Enter" for node in nodes):
        return list(nodes)
    ops = {node["name"]: node["op"] for node in nodes}
    # TF.js runs nothing in order but what data orders; constants alone need to know which branch they are in.
    nodes = [_with_inputs(node, [name for name in _inputs(node) if _keeps(ops, name)]) for node in nodes]
    ordered = order(path, nodes)
    frames = _frames(ordered)
    _sink_constants(ordered, frames)
    entries = _Entries({node["name"]: node for node in nodes}, frames)
    return [*(entries.enter(node) for node in nodes), *entries.made.values()]


def _keeps(ops: dict[str, str], name: str) -> bool:
    return not name.startswith("^") or ops.get(node_name(name)) in _KEPT_CONTROL


def _frames(ordered: Sequence[NodeJson]) -> dict[str, LoopFrame]:
    """The frame of every node, from the frames of its inputs."""
    paths: dict[str, LoopFrame] = {}
    while True:
        frames = _propagated(ordered, paths)
        deeper = dict(paths)
        for node in ordered:
            if node["op"] == "Enter":
                name, frame = str(Node(node).attr("frame_name", "s")), frames[node["name"]]
                deeper[name] = max(deeper.get(name, _ROOT), frame, key=len)
        # What enters an inner loop may come from outside of both, and is then met too far out at first.
        if deeper == paths:
            return frames
        paths = deeper


def _propagated(ordered: Sequence[NodeJson], paths: dict[str, LoopFrame]) -> dict[str, LoopFrame]:
    frames: dict[str, LoopFrame] = {}
    for node in ordered:
        deepest = max((frames[name] for name in sources(node) if name in frames), key=len, default=_ROOT)
        if node["op"] == "Enter":
            name = str(Node(node).attr("frame_name", "s"))
            deepest = max((*deepest, name), paths.get(name, _ROOT), key=len)
        elif node["op"] == "Exit":
            deepest = deepest[:-1]
        frames[node["name"]] = deepest
    return frames


def _sink_constants(ordered: Sequence[NodeJson], frames: dict[str, LoopFrame]) -> None:
    """Move what is computed from constants for one loop alone into that loop."""
    takers: dict[str, set[LoopFrame]] = defaultdict(set)
    constant: set[str] = set()
    for node in ordered:
        if node["op"] == "Const" or (node.get("input") and all(name in constant for name in sources(node))):
            constant.add(node["name"])
    for node in reversed(ordered):
        name, outer = node["name"], takers[node["name"]]
        if name in constant and node["op"] != "Const" and len(outer) == 1:
            frames[name] = next(iter(outer))
        # The outside of an Enter is one frame further out.
        outside = frames[name][:-1] if node["op"] == "Enter" else frames[name]
        for source in sources(node):
            takers[source].add(outside)


class _Entries:
    """Makes the ``Enter`` nodes, one for each constant and frame."""

    def __init__(self, by_name: dict[str, NodeJson], frames: dict[str, LoopFrame]) -> None:
        self._by_name = by_name
        self._frames = frames
        self.made: dict[tuple[str, LoopFrame], NodeJson] = {}
        self._like = {self._frame(node): node for node in by_name.values() if node["op"] == "Enter"}

    def enter(self, node: NodeJson) -> NodeJson:
        """The node with its constants taken through ``Enter`` nodes."""
        frame = self._frame(node)
        outside = frame[:-1] if node["op"] == "Enter" else frame
        inputs = [tensor for name in _inputs(node) if (tensor := self._passed(name, node, outside)) is not None]
        return node if inputs == list(_inputs(node)) else _with_inputs(node, inputs)

    def _passed(self, tensor: str, node: NodeJson, frame: LoopFrame) -> str | None:
        source = self._by_name.get(node_name(tensor))
        if source is None or node["op"] in ("Exit", "NextIteration"):
            return tensor
        source_frame = self._frame(source)
        if source_frame == frame:
            return tensor
        if tensor.startswith("^"):
            return None
        if source["op"] != "Const" or frame[: len(source_frame)] != source_frame:
            return tensor  # TensorFlow says what is wrong with it
        name = tensor
        for depth in range(len(source_frame) + 1, len(frame) + 1):
            like = self._like.get(frame[:depth])
            if like is None:
                return tensor
            name = self._entry(source, name, frame[:depth], like.get("attr") or {})
        return name

    def _entry(self, source: NodeJson, tensor: str, frame: LoopFrame, like: dict[str, Any]) -> str:
        key = (source["name"], frame)
        if key not in self.made:
            attrs: dict[str, Any] = {name: like[name] for name in ("frame_name", "parallel_iterations") if name in like}
            dtype = (source.get("attr") or {}).get("dtype", {"type": "DT_FLOAT"})
            attrs |= {"T": dtype, "is_constant": {"b": True}}
            name = f"{source['name']}/enter{len(self.made)}"
            self.made[key] = {"name": name, "op": "Enter", "input": [tensor], "attr": attrs}
        return str(self.made[key]["name"])

    def _frame(self, node: NodeJson) -> LoopFrame:
        return self._frames.get(node["name"], _ROOT)


def _inputs(node: NodeJson) -> Sequence[str]:
    return node.get("input") or ()


def _with_inputs(node: NodeJson, inputs: list[str]) -> NodeJson:
    return {**node, "input": inputs}
