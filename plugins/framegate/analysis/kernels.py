"""Which TF.js backends can run a model: the kernels its ops and layers need against those that each backend has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from framegate.models.layer_entry import MODELS
from framegate.models.topology import Format

BACKENDS = ("cpu", "wasm", "webgl", "webgpu")
_ACTIVATION = "activation "


@dataclass(frozen=True)
class Support:
    """The part of a model that TF.js can run.

    Attributes:
        version: version of TF.js.
        missing: backend -> op or layer class -> the kernels that the backend lacks; empty where it can run all.
        unknown: ops or layer classes that TF.js itself does not know: no backend runs them, unless the page registers
            them.
        unsure: layer classes that TF.js knows and whose kernels are not in the table.
    """

    version: str
    missing: Mapping[str, Mapping[str, tuple[str, ...]]]
    unknown: tuple[str, ...]
    unsure: tuple[str, ...]


def support(form: Format, kinds: Iterable[str]) -> Support:
    """Compare a model's op or layer classes (as `rows.Walk.kinds` has them) with the backends."""
    table = _table()
    needs: dict[str, list[str]] = {}
    unknown: list[str] = []
    unsure: list[str] = []
    for kind in sorted(set(kinds) - MODELS - {"InputLayer"}):
        needed = _needed(table, form, kind)
        if needed is not None:
            needs[kind.removeprefix(_ACTIVATION)] = needed
        elif kind in table["layer_classes"] and form == "layers":
            unsure.append(kind)
        else:
            unknown.append(kind)
    missing = {
        backend: {
            kind: lacking
            for kind, needed in needs.items()
            if (lacking := tuple(kernel for kernel in needed if kernel not in has))
        }
        for backend, has in ((name, frozenset(table["backends"][name])) for name in BACKENDS)
    }
    return Support(table["version"], missing, tuple(unknown), tuple(unsure))


def converter_ops() -> frozenset[str]:
    """The ops of graph models that TF.js' converter knows."""
    return frozenset(_table()["graph_ops"])


def version() -> str:
    """The version of TF.js that the facts are about."""
    return str(_table()["version"])


def activations() -> frozenset[str]:
    """The names of activations that TF.js knows, in camel case."""
    return frozenset(_table()["activations"])


def layer_classes() -> frozenset[str]:
    """The classes of layers, cells and models that TF.js knows."""
    return frozenset(_table()["layer_classes"])


def _needed(table: Mapping[str, Any], form: Format, kind: str) -> list[str] | None:
    if form == "graph":
        names: list[str] | None = table["graph_ops"].get(kind)
    elif kind.startswith(_ACTIVATION):
        name = kind.removeprefix(_ACTIVATION)
        names = table["activations"].get(name) or table["activations"].get(camel(name))
    else:
        names = table["layers"].get(kind)
    return names


def camel(name: str) -> str:
    """Keras writes ``hard_sigmoid``, TF.js ``hardSigmoid``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(Path(__file__).with_name("kernels.json").read_text(encoding="utf-8"))
    return table
