"""A layer called once: what `scripts/tfjs-layers.cjs` asks TF.js about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A layer called once.

    Attributes:
        label: unique, and the layer's name.
        kind: its class.
        config: its settings.
        shapes: of its inputs, without the batch.
        indices: 0, or the number of whole values that the inputs take in turn, for layers that look up.
        arguments: of the call.
        behind: layers (class and config) between the input and the layer.
    """

    label: str
    kind: str
    config: dict[str, Any]
    shapes: tuple[tuple[int | None, ...], ...]
    indices: int = 0
    arguments: dict[str, Any] = field(default_factory=dict)
    behind: tuple[tuple[str, dict[str, Any]], ...] = ()


def layer(case: Case, prefix: str = "") -> list[dict[str, Any]]:
    """The case's inputs and its layer as Keras 2 writes them in a functional model; names start with the prefix."""
    entries: list[dict[str, Any]] = []
    for at, shape in enumerate(case.shapes):
        name = f"{prefix}{case.label}_in{at}"
        config = {"name": name, "batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False}
        entries.append({"class_name": "InputLayer", "name": name, "config": config, "inbound_nodes": []})
    name = prefix + case.label
    takes = [entry["name"] for entry in entries]
    for at, (kind, settings) in enumerate(case.behind):
        before, takes = takes, [f"{prefix}{case.label}_{at}"]
        config = {"name": takes[0], "trainable": True, "dtype": "float32", **settings}
        taken = [[[name, 0, 0, {}] for name in before]]
        entries.append({"class_name": kind, "name": takes[0], "config": config, "inbound_nodes": taken})
    calls = [[entry, 0, 0, case.arguments] for entry in takes]
    config = {"name": name, "trainable": True, "dtype": "float32", **case.config}
    return [*entries, {"class_name": case.kind, "name": name, "config": config, "inbound_nodes": [calls]}]


def functional(cases: list[Case]) -> dict[str, Any]:
    """A model of all the cases side by side."""
    entries = [entry for case in cases for entry in layer(case)]
    inputs = [[entry["name"], 0, 0] for entry in entries if entry["class_name"] == "InputLayer"]
    config = {
        "name": "cases",
        "layers": entries,
        "input_layers": inputs,
        "output_layers": [[case.label, 0, 0] for case in cases],
    }
    return {"class_name": "Functional", "config": config}


def each(kind: str, shape: tuple[int | None, ...], **options: dict[str, Any]) -> Iterator[Case]:
    """A case for each option."""
    for name, config in options.items():
        yield Case(f"{kind}_{name}", kind, config, (shape,))
