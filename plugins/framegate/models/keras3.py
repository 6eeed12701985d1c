"""Say a Keras 3 config in the words of Keras 2, whose layers TF.js follows (pure; other configs stay as they are)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_WRAPPED = frozenset({"module", "registered_name", "build_config", "compile_config"})
_RENAMED = {
    "InputLayer": {"batch_shape": "batch_input_shape"},
    "LeakyReLU": {"negative_slope": "alpha"},
}
_UNKNOWN_TO_2 = frozenset({"lora_alpha", "lora_rank", "optional", "quantization_config"})


def as_keras_2(config: dict[str, Any]) -> dict[str, Any]:
    """The model config, its layers, their calls and dtypes as Keras 2 writes them."""
    if not any(_is_keras_3(item) for item in _objects(config)):
        return config
    translated: dict[str, Any] = _translate(config)
    return translated


def _is_keras_3(item: Mapping[str, Any]) -> bool:
    return "registered_name" in item or item.get("class_name") in ("DTypePolicy", "__keras_tensor__")


def _translate(value: Any) -> Any:
    if isinstance(value, list):
        return [_translate(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind, inside = value.get("class_name"), value.get("config")
    if kind == "DTypePolicy" and isinstance(inside, dict):
        return inside.get("name", "float32")
    translated = {key: _translate(item) for key, item in value.items() if key not in _WRAPPED}
    if isinstance(inside, dict):
        translated["config"] = _config(str(kind), translated["config"])
    calls = value.get("inbound_nodes")
    if isinstance(calls, list):
        translated["inbound_nodes"] = [_call(call) for call in calls]
    return translated


def _config(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    names = _RENAMED.get(kind, {})
    renamed = {names.get(key, key): item for key, item in config.items() if key not in _UNKNOWN_TO_2}
    for key in ("input_layers", "output_layers"):
        ends = renamed.get(key)
        if isinstance(ends, list) and ends and isinstance(ends[0], str):
            renamed[key] = [ends]
    return renamed


def _call(call: Any) -> Any:
    """``{"args": […tensors…]}`` becomes ``[["layer", call, output, {}], …]``."""
    if not isinstance(call, dict):
        return call
    tensors = [item["config"] for item in _objects(call.get("args")) if item.get("class_name") == "__keras_tensor__"]
    histories = [tensor.get("keras_history") for tensor in tensors if isinstance(tensor, dict)]
    return [[*history, {}] for history in histories if isinstance(history, list)]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value, in order."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(reversed(item.values()))
        elif isinstance(item, list):
            stack.extend(reversed(item))
