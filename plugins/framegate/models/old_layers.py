"""Layers models as old versions of Keras wrote them, said as Keras 2.3 and later say them (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def standard_layers(topology: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``modelTopology`` in which the config of each Sequential, nested ones too, is an object.

    Keras before 2.3 wrote the bare list of its layers.
    """
    return {key: _standard(value) for key, value in _object(topology).items()}


def _standard(value: Any) -> Any:
    if isinstance(value, list):
        return [_standard(item) for item in value]
    if isinstance(value, dict):
        return {key: _standard(item) for key, item in _object(value).items()}
    return value


def _object(value: Mapping[str, Any]) -> Mapping[str, Any]:
    layers = value.get("config")
    if value.get("class_name") != "Sequential" or not isinstance(layers, list):
        return value
    named = {"name": value["name"]} if isinstance(value.get("name"), str) else {}
    return {**value, "config": {**named, "layers": layers}}
