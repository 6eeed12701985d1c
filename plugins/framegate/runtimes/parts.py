"""The first two stages of loading, the same for every runtime that reads weights."""

from __future__ import annotations

from typing import NamedTuple

from framegate.interfaces import ResolvedModel
from framegate.models.topology import ModelJson, read_model_json
from framegate.models.weights import Weights, read_weights


class Parsed(NamedTuple):
    """A model whose model.json has been read."""

    name: str
    json: ModelJson


class Parts(NamedTuple):
    """A model that has been read and is ready to build."""

    name: str
    json: ModelJson
    weights: Weights


def parse(model: ResolvedModel) -> Parsed:
    """Read and check model.json."""
    return Parsed(model.name, read_model_json(model.path))


def add_weights(parsed: Parsed) -> Parts:
    """Read and decode the weights."""
    return Parts(parsed.name, parsed.json, read_weights(parsed.json))
