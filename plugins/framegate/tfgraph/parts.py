"""The first two stages of loading, the same for every runtime that reads weights."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from framegate.interfaces import LayerFactory, ResolvedModel
from framegate.models.topology import ModelJson, read_model_json
from framegate.models.weights import Weights, read_weights

_NONE: Mapping[str, LayerFactory] = MappingProxyType({})


class Parsed(NamedTuple):
    """A model whose model.json has been read."""

    name: str
    json: ModelJson
    layers: Mapping[str, LayerFactory] = _NONE


class Parts(NamedTuple):
    """A model that has been read and is ready to build."""

    name: str
    json: ModelJson
    weights: Weights
    layers: Mapping[str, LayerFactory] = _NONE


def parse(model: ResolvedModel) -> Parsed:
    """Read and check model.json."""
    return Parsed(model.name, read_model_json(model.path), model.layers)


def add_weights(parsed: Parsed) -> Parts:
    """Read and decode the weights."""
    return Parts(parsed.name, parsed.json, read_weights(parsed.json), parsed.layers)
