"""Layers models on which TF.js 4.22 waits for ever, found without asking it (pure, linear in the calls).

``fromConfig`` of tfjs-layers (engine/container.ts) goes over the calls in ``inbound_nodes`` again and again until all
are made. A call is put off while a layer that it takes from is not there, or has not been called so often; nobody asks
whether that will ever change.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from framegate.analysis.kernels import layer_classes
from framegate.analysis.script_values import UNDEFINED, item_of, number_of, text_of
from framegate.models.topology import Json

_MODELS = frozenset({"Functional", "Model"})
_STARTED = _MODELS | {"InputLayer", "Sequential"}
_HOLDERS = ("layer", "cell", "backward_layer")
_LONGEST = 80


class _RefusedError(Exception):
    """TF.js ends with an error of its own, and so does not wait."""


@dataclass
class _Layer:
    """A layer that exists already.

    Attributes:
        name: the layer's own name, by which waiting calls are kept.
        is_input: whether a call of it is an error.
        calls: how often it has been called; what starts with a call of its own has one.
    """

    name: str
    is_input: bool
    calls: int


@dataclass
class _Call:
    """A pending call of a layer, and how many of its references have been met."""

    layer: str
    references: Sequence[Any]
    met: int = 0


def tfjs_waits(config: Any) -> str | None:
    """What TF.js would wait for, as a sentence; None where it builds the model, or refuses it in words of its own.

    Args:
        config: ``{"class_name": …, "config": …}`` of a model, as the file has it.
    """
    try:
        return _waits(config)
    except (_RefusedError, TypeError):
        return None


def _waits(layer: Any) -> str | None:
    """The same for a layer, and the models in it.

    Raises:
        _RefusedError, TypeError: TF.js refuses it before it waits.
    """
    if not isinstance(layer, dict) or layer.get("class_name") not in layer_classes():
        raise _RefusedError
    kind, config = layer["class_name"], layer.get("config")
    if kind in _MODELS:
        return _model_waits(config)
    return next(filter(None, map(_waits, _inside(kind, config))), None)


def _inside(kind: str, config: Any) -> Iterator[Any]:
    if kind == "Sequential":
        yield from _list((config.get("layers") if isinstance(config, dict) else config) or None)
    elif isinstance(config, dict):
        yield from (config[key] for key in _HOLDERS if isinstance(config.get(key), dict))
        yield from config["cells"] if isinstance(config.get("cells"), list) else ()


def _model_waits(config: Any) -> str | None:
    layers = _list(config.get("layers") if isinstance(config, dict) else None)
    by_name: dict[str, _Layer] = {}
    calls: list[_Call] = []
    for at, layer in enumerate(layers):
        if waits := _waits(layer):
            return waits
        built = _made(layer, at)
        by_name[text_of(layer.get("name", UNDEFINED))] = built
        calls += [_Call(built.name, _list(call)) for call in _list(layer.get("inbound_nodes"))]
    return _first_never_made(by_name, calls)


def _made(layer: Json, at: int) -> _Layer:
    kind, config = layer["class_name"], layer.get("config")
    named = config.get("name") if isinstance(config, dict) else None
    # A layer without a name is given one that no other has.
    return _Layer(text_of(named) if named else f"\0{at}", kind == "InputLayer", int(kind in _STARTED))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _RefusedError
    return value


def _first_never_made(layers: Mapping[str, _Layer], calls: Sequence[_Call]) -> str | None:
    """The first call that is never made, in words (Kahn's algorithm)."""
    # Where layers name themselves alike, TF.js calls the first that it meets.
    keys = {layer.name: key for key, layer in reversed(list(layers.items()))}
    put_off: dict[tuple[str, int], list[_Call]] = defaultdict(list)
    ready = deque(call for call in calls if call.layer in keys)
    while ready:
        call = ready.popleft()
        awaited = _awaited(layers, call)
        if awaited is not None:
            put_off[awaited].append(call)
        elif call.references:
            key = keys[call.layer]
            _make(layers[key])
            ready += put_off.pop((key, layers[key].calls), ())
    stuck = (call for call in calls if call.layer not in keys or call.met < len(call.references))
    return next((_sentence(layers, call) for call in stuck), None)


def _make(layer: _Layer) -> None:
    if layer.is_input:
        raise _RefusedError
    layer.calls += 1


def _awaited(layers: Mapping[str, _Layer], call: _Call) -> tuple[str, int] | None:
    """A layer and how often it must have been called before the call can be made; None where it can be made now."""
    while call.met < len(call.references):
        reference = call.references[call.met]
        name, index = text_of(item_of(reference, 0)), item_of(reference, 1)
        layer, number = layers.get(name), number_of(index)
        if layer is None or layer.calls <= number:
            return name, -1 if layer is None or number == math.inf else math.floor(number) + 1
        if not _is_index(index, layer.calls) or not _is_index(item_of(reference, 2), None):
            raise _RefusedError  # nothing has no properties
        call.met += 1
    return None


def _is_index(index: Any, count: int | None) -> bool:
    """Whether a list of ``count`` items has one at an index, which may be written as text."""
    number = number_of(index)
    if not 0 <= number < (math.inf if count is None else count):
        return False
    return number.is_integer() and text_of(index) == str(int(number))


def _sentence(layers: Mapping[str, _Layer], call: _Call) -> str:
    who = f"It waits for ever: layer '{_short(call.layer)}'"
    if call.met == len(call.references):
        return f"{who} is called, and is not there, for another has its name"
    reference = call.references[call.met]
    name = item_of(reference, 0)
    if not isinstance(reference, list) or not isinstance(name, str):
        return f"{who} has inbound_nodes with too few or too many lists around a reference"
    if name not in layers:
        return f"{who} takes the result of '{_short(name)}', which is not a layer of the model"
    return f"{who} takes the result of call {_short(text_of(item_of(reference, 1)))} of '{_short(name)}', never made"


def _short(name: str) -> str:
    return "without a name" if name.startswith("\0") else name[:_LONGEST]
