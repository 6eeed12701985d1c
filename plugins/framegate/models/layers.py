"""What the topology of a layers (Keras) model says of its inputs, outputs and last layer (pure: no TensorFlow)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from framegate.errors import ModelFormatError
from framegate.interfaces import TensorInfo
from framegate.models.layer_calls import calls_in_order
from framegate.models.layer_entry import MODELS, Layer, is_layer, layer_name
from framegate.models.nodes import is_side
from framegate.models.tfjs_settings import read_settings
from framegate.models.topology import ModelJson

_MOVERS = frozenset({
    "CenterCrop", "Cropping2D", "Dropout", "Permute", "Reshape", "Resizing", "UpSampling2D", "ZeroPadding2D",
})  # fmt: skip
"""Layers whose result has the values of what they take, or values between those."""


def model_config(model: ModelJson) -> dict[str, Any]:
    """The Keras config: ``{"class_name": …, "config": …}``.

    Raises:
        ModelFormatError: the topology holds no layers.
    """
    config = model.topology.get("model_config", model.topology)
    if (
        not isinstance(config, dict)
        or not isinstance(config.get("class_name"), str)
        or not isinstance(config.get("config"), dict)
    ):
        raise ModelFormatError(
            f"{model.path}: modelTopology.model_config has no class_name and config; convert the model again"
        )
    return config


def layers(model: ModelJson) -> list[dict[str, Any]]:
    """The model's layers in the order of the config, nested models as one layer each.

    Raises:
        ModelFormatError: if the config holds no list of layers.
    """
    entries = model_config(model)["config"].get("layers")
    if not isinstance(entries, list) or not entries or not all(is_layer(layer) for layer in entries):
        raise ModelFormatError(f"{model.path}: modelTopology holds no list of layers; convert the model again")
    return entries


def inputs(model: ModelJson) -> tuple[TensorInfo, ...]:
    """Inputs in the config's order."""
    entries = layers(model)
    by_name = {layer_name(layer): layer for layer in entries}
    named = _ends(model, "input_layers")
    chosen = [by_name[name] for name in named if name in by_name] if named else entries[:1]
    return tuple(_input(layer) for layer in chosen)


def output_names(model: ModelJson) -> tuple[str, ...]:
    """Names of the layers whose results the model returns, in the config's order."""
    return _ends(model, "output_layers") or (layer_name(layers(model)[-1]),)


def last_activations(model: ModelJson) -> Iterator[Iterator[str]]:
    """Per output what makes it, last one first, in lower case: the activation of a layer, else its class.

    Goes on behind layers that only move values about, and into nested models.
    """
    wires = _Wires(model_config(model))
    return (wires.activations(at) for at in range(len(wires.ends)))


def _ends(model: ModelJson, key: str) -> tuple[str, ...]:
    return tuple(name for name, _ in _named_ends(model_config(model), key))


def _named_ends(model: Layer, key: str) -> list[tuple[str, int]]:
    """Layers and numbers of their results: ``[["a", 0, 0], …]``, and in Keras 3 ``["a", 0, 0]`` if there is but one."""
    ends = model["config"].get(key)
    if not isinstance(ends, list) or not ends:
        return []
    if isinstance(ends[0], str):
        ends = [ends]
    return [
        (str(end[0]), end[2] if len(end) > 2 and type(end[2]) is int else 0)
        for end in ends
        if isinstance(end, list) and end
    ]


class _Wires:
    """Which layer takes what in a model, and in the models inside of it.

    Attributes:
        ends: layers whose results the model returns, and which of their results.
    """

    def __init__(self, model: Layer) -> None:
        entries = model["config"].get("layers")
        layers = [layer for layer in entries if is_layer(layer)] if isinstance(entries, list) else []
        self._by_name = {layer_name(layer): layer for layer in layers}
        self.ends = _named_ends(model, "output_layers") or [(layer_name(layer), 0) for layer in layers[-1:]]
        self._before = {layer_name(call.layer): call.takes for call in calls_in_order(layers)[0]}
        for previous, layer in pairwise(layers) if model["class_name"] == "Sequential" else ():
            self._before[layer_name(layer)] = ((layer_name(previous), 0, 0),)
        self._inside: dict[str, _Wires] = {}

    def activations(self, at: int) -> Iterator[str]:
        """What makes the output of that number, last one first."""
        name, result = self.ends[at] if at < len(self.ends) else ("", 0)
        for _ in self._by_name:  # a bound, for layers that wait for each other
            layer = self._by_name.get(name)
            if layer is None:
                return
            if layer["class_name"] in MODELS:
                if name not in self._inside:
                    self._inside[name] = _Wires(layer)
                yield from self._inside[name].activations(result)
                return
            activation = layer["config"].get("activation")
            yield str(activation).lower() if activation else str(layer["class_name"]).lower()
            if layer["class_name"] not in _MOVERS or not self._before.get(name):
                return
            name, _, result = self._before[name][0]


def _input(layer: Layer) -> TensorInfo:
    config = layer["config"]
    nested = config.get("layers")
    shape = _declared(layer)
    if shape is None and isinstance(nested, list) and nested and is_layer(nested[0]):
        return _input(nested[0])
    dtype = config.get("dtype")
    return TensorInfo(layer_name(layer), _shape(shape), dtype if isinstance(dtype, str) else "float32")


def _declared(layer: Layer) -> Any:
    """The shape, with the batch, that a layer declares for its input; None if it declares none."""
    kind, config = layer["class_name"], layer["config"]
    settings = read_settings(kind, config)
    shape, batch = settings.get("input_shape"), settings.get("batch_size")
    if shape is None and kind == "Dense" and "input_dim" in settings:
        shape = [settings["input_dim"]]
    if shape is None and kind == "Embedding":
        lengths = settings.get("input_length")
        shape = lengths if isinstance(lengths, list) else [lengths]
    whole = settings.get("batch_input_shape") or config.get("batch_shape")
    return whole or ([batch, *shape] if isinstance(shape, list) else None)


def _shape(shape: Any) -> tuple[int | None, ...]:
    if not isinstance(shape, list):
        return (None, None, None, None)
    return tuple(dim if is_side(dim) else None for dim in shape)
