"""Can the layers of a Keras config be built one after another? Keras itself loops for ever on one that cannot."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framegate.errors import ModelFormatError
from framegate.models.layer_entry import MODELS, layer_name

_NEVER = -1  # an index that no call has: Keras waits forever for anything but a number too

_Call = tuple[str, int]
"""A layer's name and the index of one of its calls; a shared layer is called more than once."""


def check_order(path: Path, config: Any) -> None:
    """Check a model config and the models nested in it.

    Raises:
        ModelFormatError: a layer waits for one that never comes, or layers wait for each other.
    """
    inner = config.get("config") if isinstance(config, dict) else None
    layers = inner.get("layers") if isinstance(inner, dict) else inner
    if not isinstance(layers, list):
        return
    inner_layers = [layer for layer in layers if isinstance(layer, dict) and isinstance(layer.get("config"), dict)]
    for layer in inner_layers:
        check_order(path, layer)
    if any(layer.get("inbound_nodes") for layer in inner_layers):
        _check_calls(path, inner_layers)


def _check_calls(path: Path, layers: list[dict[str, Any]]) -> None:
    names = {layer_name(layer) for layer in layers}
    waits: dict[_Call, set[_Call]] = {}
    ready: deque[_Call] = deque()
    for layer in layers:
        name, calls = layer_name(layer), layer.get("inbound_nodes")
        if layer.get("class_name") == "InputLayer":
            ready.append((name, 0))
        for at, call in enumerate(calls if isinstance(calls, list) else ()):
            waits[name, at] = {needed for needed in _references(call) if needed[0] in names}
    nested = {layer_name(layer) for layer in layers if str(layer.get("class_name")) in MODELS}
    stuck = _stuck(waits, ready, nested)
    if stuck:
        call, needed = stuck
        raise ModelFormatError(
            f"{path}: layer {call[0]!r} needs layer {needed[0]!r}, which is never computed before it;"
            " convert the model again"
        )


def _stuck(waits: dict[_Call, set[_Call]], ready: deque[_Call], nested: set[str]) -> tuple[_Call, _Call] | None:
    """A call that can never be made and what it waits for, if there is one (Kahn's algorithm, linear in time)."""
    takers: dict[_Call, list[_Call]] = defaultdict(list)
    for call, needed in waits.items():
        for other in needed:
            takers[other].append(call)
    ready.extend(call for call, needed in waits.items() if not needed)
    # Not by graphlib, where one waits for all that it names: either of two calls makes a result of a nested model.
    while ready:
        name, at = ready.popleft()
        # A nested model that was built with an input counts its calls from 1.
        for result in ((name, at), (name, at + 1)) if name in nested else ((name, at),):
            for call in takers.pop(result, ()):
                waits[call].discard(result)
                if not waits[call]:
                    ready.append(call)
    return next(((call, min(needed)) for call, needed in waits.items() if needed), None)


def _references(value: Any) -> Iterator[_Call]:
    """Every ``["layer", call, output, …]`` in the arguments of a call, however deep."""
    stack = [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, dict):
            stack.extend(inner.values())
        elif isinstance(inner, list):
            if len(inner) in (3, 4) and isinstance(inner[0], str):
                yield inner[0], inner[1] if type(inner[1]) is int else _NEVER
            stack.extend(item for item in inner if isinstance(item, dict | list))
