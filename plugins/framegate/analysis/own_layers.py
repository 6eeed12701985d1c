"""The user's own layers, as far as a model names them (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from framegate.analysis.kernels import layer_classes
from framegate.errors import UsageError
from framegate.models.topology import read_model_json
from framegate.values import LayerFactory, ResolvedModel


def with_layers(model: ResolvedModel, factories: Mapping[str, LayerFactory]) -> ResolvedModel:
    """A model with those of the user's own layers that it names.

    Raises:
        ModelFormatError: model.json cannot be read.
    """
    if not factories or model.format != "layers":
        return model
    named = set(_classes(read_model_json(model.path).topology))
    return replace(model, layers={name: factory for name, factory in factories.items() if name in named})


def check_layers(factories: Mapping[str, LayerFactory]) -> None:
    """Refuse names that are taken.

    Raises:
        UsageError: TF.js has a layer of that name.
    """
    for name in factories:
        if name in layer_classes():
            raise UsageError(
                f"layer {name!r} is one of TF.js' own, which no other takes the place of; name yours apart"
            )


def _classes(topology: Mapping[str, Any]) -> Iterator[str]:
    waiting: list[Any] = [topology]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                yield value["class_name"]
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
