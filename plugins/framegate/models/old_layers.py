"""Layers models as old versions of Keras and hand-made tools wrote them, said as later versions say them (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CALLS = frozenset({"inbound_nodes", "input_layers", "output_layers"})
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def standard_layers(topology: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``modelTopology`` in which the config of each Sequential, nested ones too, is an object.

    Keras before 2.3 wrote the bare list of its layers. Indices of calls and outputs are numbers; TF.js takes text too.
    """
    return {key: _entry(key, value) for key, value in _object(topology).items()}


def _entry(key: str, value: Any) -> Any:
    return _references(value) if key in _CALLS else _standard(value)


def _standard(value: Any) -> Any:
    if isinstance(value, list):
        return [_standard(item) for item in value]
    if isinstance(value, dict):
        return {key: _entry(key, item) for key, item in _object(value).items()}
    return value


def _object(value: Mapping[str, Any]) -> Mapping[str, Any]:
    layers = value.get("config")
    if value.get("class_name") != "Sequential" or not isinstance(layers, list):
        return value
    named = {"name": value["name"]} if isinstance(value.get("name"), str) else {}
    return {**value, "config": {**named, "layers": layers}}


def _references(calls: Any) -> Any:
    """References, ``["layer", call, output, …]``, in lists of lists."""
    if not isinstance(calls, list):
        return calls
    if calls and isinstance(calls[0], str):
        return [calls[0], *map(_index, calls[1:3]), *calls[3:]]
    return [_references(call) for call in calls]


def _index(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _INDEX.fullmatch(value) else value
