"""Walk through a graph model: one row for each op, in the order of computation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from framegate.analysis.constants import constant
from framegate.analysis.graph_macs import macs
from framegate.analysis.graph_rules import OP_RULES
from framegate.analysis.rows import Misfits, Row, Walk, entries_by_name
from framegate.analysis.tensors import UNKNOWN_TENSOR, MismatchError, Shape, Tensor, Values, shape_text
from framegate.analysis.values import values_of
from framegate.analysis.window_rules import DEPTHWISE, channels_first, filter_taps, spatial_axes
from framegate.errors import ModelFormatError
from framegate.models import graph
from framegate.models.graph_parts import parts
from framegate.models.manifest import WeightEntry
from framegate.models.nodes import Node
from framegate.models.topology import ModelJson
from framegate.models.wiring import sorted_names

_LOOPS = frozenset(
    {"NextIteration", "While", "StatelessWhile", "If", "StatelessIf", "PartitionedCall", "StatefulPartitionedCall"}
)
_PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})
_HANDS_ON = frozenset({"Identity", "Enter", "Cast", "StopGradient", "Snapshot"})
_ASSUMED = (
    "shapes marked ~ rest on a convention (transposed convolutions give input x stride, equal parts join along the"
    " channels, two averaged axes are height and width), for the constants that decide them are in the weight files"
)


class GraphWalk:
    """Follows shapes through a graph.

    Args:
        model: a graph model.
        outputs: its outputs.
        feeds: shapes of the inputs, by node name.
        read: numbers of constants that were read from the shards.
        strict: whether shapes that do not fit are an error, and not a note: then the user chose the size.
    """

    def __init__(
        self,
        model: ModelJson,
        outputs: Sequence[graph.Port],
        feeds: Mapping[str, Shape],
        read: Mapping[str, Values],
        *,
        strict: bool,
    ) -> None:
        self._model, self._outputs_asked = model, outputs
        self._feeds, self._read, self._strict = feeds, read, strict
        self._entries = entries_by_name(entry for group in model.groups for entry in group.entries)
        self._tensors: dict[str, list[Tensor]] = {}
        self._held: dict[str, tuple[WeightEntry, ...]] = {}  # weights that a node passes on and no op has taken yet
        self.walk = Walk()
        self._misfits = Misfits(self.walk, model.path, strict=strict)

    def run(self) -> Walk:
        """Visit every node once.

        Raises:
            ModelFormatError: the graph cannot be computed in any order, or an op lacks an input.
            UsageError: if strict, the first op whose inputs do not fit together.
        """
        for node in _in_order(self._model.path, [Node(raw) for raw in graph.nodes(self._model)]):
            self._visit(node)
        for port in self._outputs_asked:
            name, _, number = port.tensor.partition(":")
            outputs = self._tensors.get(name, [])
            at = int(number) if number.isdigit() else 0
            self.walk.shapes[port.info.name] = outputs[at].shape if at < len(outputs) else None
        left = {entry.name: entry for entries in self._held.values() for entry in entries}
        used = {entry.name for row in self.walk.rows for entry in row.weights} | self._taken_elsewhere()
        listed = {name: entry for name, entry in self._entries.items() if name not in self._tensors} | left
        self.walk.unused = tuple(entry for name, entry in listed.items() if name not in used)
        self._checked()
        self._misfits.count_others("ops have inputs that do not fit together")
        return self.walk

    def _taken_elsewhere(self) -> set[str]:
        """The constants of functions and of the initializer."""
        return {
            node["name"]
            for _, nodes in list(parts(self._model))[1:]
            for node in nodes
            if node.get("op") == "Const" and isinstance(node.get("name"), str)
        }

    def _checked(self) -> None:
        """Compare with the signature, which was written when all shapes were known, and learn the rest from it.

        The signature says nothing about a size that the user chose.
        """
        agree = []
        for port in self._outputs_asked if not self._strict else ():
            declared, computed = port.info.shape, self.walk.shapes[port.info.name]
            if not any(dim is not None for dim in declared[1:]):
                continue
            if computed is None:
                self.walk.shapes[port.info.name] = declared
                continue
            pairs = zip(declared, computed, strict=False)
            fits = len(declared) == len(computed) and all(a == b or None in (a, b) for a, b in pairs)
            agree.append(fits and None not in computed)
            if fits:
                filled = zip(declared, computed, strict=True)
                self.walk.shapes[port.info.name] = tuple(b if a is None else a for a, b in filled)
            else:
                self.walk.notes.append(
                    f"output {port.info.name} is {shape_text(computed)} here and {shape_text(declared)} in the"
                    " signature"
                )
        if any(row.assumed for row in self.walk.rows):
            proof = "; the outputs that follow are those of the signature" if agree and all(agree) else ""
            self.walk.notes.insert(0, _ASSUMED + proof)

    def _visit(self, node: Node) -> None:
        if node.op == "Const":
            self._tensors[node.name] = [constant(node, self._entries, self._read)]
            entry = self._entries.get(node.name)
            self._held[node.name] = (entry,) if entry else ()
            return
        if node.op in _LOOPS:
            self.walk.looped = True
        inputs = [self._taken(name, at) for name, at in node.inputs if name in self._tensors]
        self.walk.inputs[node.name] = inputs
        outputs = self._outputs(node, inputs)
        self._tensors[node.name] = outputs
        weights = self._take_weights(node)
        if node.op in _HANDS_ON and weights and len(node.inputs) == 1:
            self._held[node.name] = weights
            return
        self.walk.count(node.op)
        if node.op != "NoOp":
            self._row(node, inputs, outputs, weights)

    def _taken(self, name: str, at: int) -> Tensor:
        outputs = self._tensors[name]
        return outputs[at] if at < len(outputs) else UNKNOWN_TENSOR

    def _outputs(self, node: Node, inputs: Sequence[Tensor]) -> list[Tensor]:
        if node.op in _PLACEHOLDERS:
            return [Tensor(self._feeds.get(node.name, node.dims("shape")))]
        rule = OP_RULES.get(node.op)
        if rule is None:
            return [UNKNOWN_TENSOR]
        if len(node.inputs) < rule.needs:
            raise ModelFormatError(
                f"{self._model.path}: node {node.name!r} ({node.op}) has {len(node.inputs)} inputs, fewer than its op"
                f" takes ({rule.needs}); convert the model again"
            )
        if len(inputs) < rule.needs:
            return [UNKNOWN_TENSOR]  # the rest comes round a loop
        try:
            outputs = rule.outputs(node, inputs)
        except MismatchError as error:
            self._misfits.add(node.op, node.name, error)
            return [UNKNOWN_TENSOR]
        if outputs and outputs[0].values is None:
            outputs = [outputs[0]._replace(values=values_of(node, inputs)), *outputs[1:]]
        if any(tensor.assumed for tensor in inputs):
            outputs = [tensor._replace(assumed=True) for tensor in outputs]
        return outputs

    def _take_weights(self, node: Node) -> tuple[WeightEntry, ...]:
        return tuple(entry for name, _ in node.inputs for entry in self._held.pop(name, ()))

    def _row(
        self, node: Node, inputs: Sequence[Tensor], outputs: Sequence[Tensor], weights: tuple[WeightEntry, ...]
    ) -> None:
        shape = outputs[0].shape if outputs else None
        # The numbers that lead to a shape rest on the convention too, but there is nothing assumed about their count.
        assumed = bool(outputs) and outputs[0].assumed and outputs[0].values is None
        count = macs(node, inputs, shape)
        self.walk.rows.append(Row(node.name, node.op, _detail(node, inputs), shape, assumed, count, weights))


def _detail(node: Node, inputs: Sequence[Tensor]) -> str:
    words: list[str] = []
    filter_shape = inputs[1].shape if len(inputs) > 1 else None
    if node.attr("strides", "list") and filter_shape is not None and len(filter_shape) > 2:
        words.append("x".join("?" if size is None else str(size) for size in filter_taps(node, filter_shape)))
    elif sizes := node.integers("ksize"):
        words.append("x".join(str(sizes[axis]) for axis in spatial_axes(node, len(sizes))))
    strides = node.integers("strides")
    steps = {strides[axis] for axis in spatial_axes(node, len(strides))} - {1}
    if steps:
        words.append(f"/{'x'.join(map(str, sorted(steps)))}")
    words.extend(node.strings("fused_ops"))
    if node.op in (*DEPTHWISE, "Conv2D", "_FusedConv2D") and channels_first(node):
        words.append("NCHW")
    return " ".join(words)


def _in_order(path: Path, nodes: Sequence[Node]) -> list[Node]:
    """The nodes, each after those whose results it takes.

    The loops of TensorFlow's v1 control flow close through NextIteration, and those edges are left out.

    Raises:
        ModelFormatError: a node takes what no node makes, or nodes wait for each other.
    """
    by_name = {node.name: node for node in nodes}
    for node in nodes:
        for name, _ in node.inputs:
            if name not in by_name:
                raise ModelFormatError(
                    f"{path}: node {node.name!r} ({node.op}) takes {name!r}, which the graph lacks;"
                    " convert the model again"
                )
    takes = {node.name: [name for name, _ in node.inputs if by_name[name].op != "NextIteration"] for node in nodes}
    return [by_name[name] for name in sorted_names(path, takes)]
