"""What the topology of a layers (Keras) model says of its inputs, outputs and last layer (pure: no TensorFlow)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from framegate.errors import ModelFormatError
from framegate.interfaces import TensorInfo
from framegate.models.layer_entry import Layer, is_layer, layer_name
from framegate.models.tfjs_settings import read_settings
from framegate.models.topology import ModelJson


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


def last_activations(model: ModelJson) -> Iterator[str]:
    """The activation of the first output's layer, in lower case, if it says one."""
    name = output_names(model)[0]
    for layer in layers(model):
        if layer_name(layer) == name:
            activation = layer["config"].get("activation")
            yield str(activation).lower() if activation else str(layer["class_name"]).lower()


def _ends(model: ModelJson, key: str) -> tuple[str, ...]:
    """Keras writes ``[["a", 0, 0], …]``, and Keras 3 ``["a", 0, 0]`` where there is but one."""
    ends = model_config(model)["config"].get(key)
    if not isinstance(ends, list) or not ends:
        return ()
    if isinstance(ends[0], str):
        ends = [ends]
    return tuple(str(end[0]) for end in ends if isinstance(end, list) and end)


def _input(layer: Layer) -> TensorInfo:
    config = layer["config"]
    nested = config.get("layers")
    shape = _declared(layer)
    if shape is None and isinstance(nested, list) and nested and is_layer(nested[0]):
        return _input(nested[0])
    dtype = config.get("dtype")
    return TensorInfo(layer_name(layer), _shape(shape), dtype if isinstance(dtype, str) else "float32")


def _declared(layer: Layer) -> Any:
    """The shape, with the batch, that a layer says of what it takes; None if it says none."""
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
    return tuple(dim if type(dim) is int and dim >= 0 else None for dim in shape)
