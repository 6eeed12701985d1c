"""Walk through a layers model, nested models included: one row for each layer, in the order of computation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from framegate.analysis.layer_macs import macs
from framegate.analysis.layer_rules import LAYER_RULES, output_shape, per_axis
from framegate.analysis.rows import Misfits, Row, Walk
from framegate.analysis.tensors import Dim, MismatchError, Shape
from framegate.errors import ModelFormatError
from framegate.models.layer_calls import calls_in_order, result_of
from framegate.models.layer_entry import MODELS, Layer, is_layer, layer_name
from framegate.models.layers import model_config, output_names
from framegate.models.manifest import WeightEntry
from framegate.models.tfjs_settings import read_settings
from framegate.models.topology import ModelJson

_DEEPEST = 32


class LayerWalk:
    """Follows shapes through a Keras config.

    Args:
        model: a layers model.
        feeds: shapes of the inputs, by layer name; a Sequential without an InputLayer is fed at its first layer.
        strict: whether shapes that do not fit are an error, and not a note: then the user chose the size.
    """

    def __init__(self, model: ModelJson, feeds: Mapping[str, Shape], *, strict: bool) -> None:
        self._model, self._feeds = model, feeds
        self._rows: dict[str, Row] = {}
        self.walk = Walk()
        self._misfits = Misfits(self.walk, model.path, strict=strict)

    def run(self) -> Walk:
        """Visit every call of every layer.

        Raises:
            ModelFormatError: layers wait for each other, or are nested too deep.
            UsageError: if strict, the first layer whose inputs do not fit it.
        """
        shapes = self._model_outputs(model_config(self._model), (), "")
        self.walk.shapes = dict(zip(output_names(self._model), shapes, strict=False))
        entries = [entry for group in self._model.groups for entry in group.entries]
        self.walk.rows, self.walk.unused = assign(self._rows.values(), entries)
        self._misfits.count_others("layers have inputs that do not fit them")
        unknown = sorted({row.kind for row in self.walk.rows} - LAYER_RULES.keys())
        if unknown:
            self.walk.notes.append(f"layers whose shapes are not known here: {', '.join(unknown)}")
        return self.walk

    def _model_outputs(self, config: Layer, fed: Sequence[Shape], prefix: str) -> list[Shape]:
        """Outputs of a model or a nested one; an empty ``fed`` takes the walk's feeds."""
        if prefix.count("/") > _DEEPEST:
            raise ModelFormatError(
                f"{self._model.path}: models are nested more than {_DEEPEST} deep; flatten the model"
            )
        inner = config["config"]
        layers = inner.get("layers")
        if not isinstance(layers, list) or not all(is_layer(layer) for layer in layers):
            raise ModelFormatError(
                f"{self._model.path}: model {prefix.rstrip('/') or 'config'!r} holds no list of layers; convert again"
            )
        if config["class_name"] == "Sequential":
            return self._sequence(layers, fed, prefix)
        return self._functional(inner, layers, fed, prefix)

    def _sequence(self, layers: Sequence[Layer], fed: Sequence[Shape], prefix: str) -> list[Shape]:
        shapes = list(fed)
        for number, layer in enumerate(layers):
            if number == 0 and not prefix:
                shapes = list(self._feeds.values())
            shapes = self._layer(layer, shapes, prefix)
        return shapes

    def _functional(self, inner: Layer, layers: Sequence[Layer], fed: Sequence[Shape], prefix: str) -> list[Shape]:
        order, stuck = calls_in_order(layers)
        if stuck:
            raise ModelFormatError(
                f"{self._model.path}: layers wait for each other in a cycle: {', '.join(map(repr, stuck[:6]))};"
                " convert the model again"
            )
        fed_by_end = dict(zip(_ends(inner, "input_layers"), fed, strict=False)) if prefix else {}
        results: dict[tuple[str, int], list[Shape]] = {}
        for call in order:
            name = layer_name(call.layer)
            if call.layer["class_name"] == "InputLayer":
                shape = fed_by_end.get((name, 0)) if prefix else self._feeds.get(name)
                results[name, 0] = self._layer(call.layer, [shape], prefix)
            else:
                inputs = [result_of(results, result, None) for result in call.takes]
                results[name, call.at] = self._layer(call.layer, inputs, prefix)
        return [result_of(results, (name, at, 0), None) for name, at in _ends(inner, "output_layers")]

    def _layer(self, layer: Layer, shapes: list[Shape], prefix: str) -> list[Shape]:
        name, kind, config = f"{prefix}{layer_name(layer)}", str(layer["class_name"]), layer["config"]
        if kind in MODELS:
            return self._model_outputs(layer, shapes, f"{name}/")
        config = read_settings(kind, config)
        self.walk.count(kind)
        self.walk.takes.setdefault(layer_name(layer), list(shapes))
        shape: Shape = None
        try:
            shape = output_shape(kind, config, shapes)
        except MismatchError as error:
            self._misfits.add(kind, name, error)
        # Of a class that is not known here, nothing is known: not even that it multiplies nothing.
        count = macs(kind, config, shapes, shape) if kind in LAYER_RULES else None
        self._add(Row(name, kind, _detail(kind, config), shape, assumed=False, macs=count))
        activation = config.get("activation")
        if isinstance(activation, str) and activation != "linear":
            self.walk.count(f"activation {activation}")
        return [shape]

    def _add(self, row: Row) -> None:
        """A layer that is called twice has one row, with the arithmetic of both calls."""
        before = self._rows.get(row.name)
        if before is not None:
            total: Dim = None if before.macs is None or row.macs is None else before.macs + row.macs
            detail = " ".join(word for word in (row.detail, "shared") if word)
            row = Row(row.name, row.kind, detail, row.shape, assumed=False, macs=total)
        self._rows[row.name] = row


def assign(rows: Iterable[Row], entries: Iterable[WeightEntry]) -> tuple[list[Row], tuple[WeightEntry, ...]]:
    """Give each weight to the layer that its name says; the rest is returned.

    Weights are named ``layer/kernel``, ``model/layer/kernel`` in nested models (or just as their layer's own), and
    ``layer/cell/kernel`` in wrappers: the deepest part of a name that is a layer's decides.
    """
    by_name = {row.name: row for row in rows}
    by_last = {name.rsplit("/", 1)[-1]: name for name in reversed(by_name)}
    weights: dict[str, list[WeightEntry]] = {name: [] for name in by_name}
    left: list[WeightEntry] = []
    for entry in entries:
        parts = entry.name.split("/")[:-1]
        paths = ["/".join(parts[: count + 1]) for count in reversed(range(len(parts)))]
        owner = next((path for path in paths if path in by_name), None)
        owner = owner or next((by_last[part] for part in reversed(parts) if part in by_last), None)
        (weights[owner] if owner else left).append(entry)
    full = [
        Row(row.name, row.kind, row.detail, row.shape, row.assumed, row.macs, tuple(weights[name]))
        for name, row in by_name.items()
    ]
    return full, tuple(left)


def _ends(inner: Layer, key: str) -> list[tuple[str, int]]:
    references = inner.get(key)
    if not isinstance(references, list) or not references:
        return []
    ends = [references] if isinstance(references[0], str) else references
    return [
        (str(end[0]), end[1] if len(end) > 1 and type(end[1]) is int else 0)
        for end in ends
        if isinstance(end, list) and end
    ]


def _detail(kind: str, config: Mapping[str, Any]) -> str:
    words: list[str] = []
    for key in ("kernel_size", "pool_size"):
        if key in config and ("Conv" in kind or "Pool" in kind):
            rank = next((count for count in (1, 2, 3) if f"{count}D" in kind), 2)
            words.append("x".join(map(str, per_axis(config, key, rank))))
            steps = set(per_axis(config, "strides", rank)) - {1}
            if steps:
                words.append(f"/{'x'.join(map(str, sorted(steps)))}")
    activation = config.get("activation")
    if isinstance(activation, str) and activation != "linear":
        words.append(activation)
    return " ".join(words)
