"""A layer's entry in the config of a Keras model: ``{"class_name": …, "config": …}`` (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Layer = Mapping[str, Any]

MODELS = frozenset({"Functional", "Model", "Sequential"})
"""Classes whose config holds layers."""


def is_layer(layer: Any) -> bool:
    """Whether it has a class and a config."""
    return (
        isinstance(layer, dict) and isinstance(layer.get("class_name"), str) and isinstance(layer.get("config"), dict)
    )


def layer_name(layer: Layer) -> str:
    """A layer's name, which the oldest configs hold only inside."""
    return str(layer.get("name") or layer["config"].get("name", ""))
