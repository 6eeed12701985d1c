"""Write small TF.js models for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

GRAPH: dict[str, Any] = {"node": [{"name": "x", "op": "Placeholder"}]}


def write_model(
    folder: Path,
    weights: Sequence[Mapping[str, Any]] = (),
    shards: Mapping[str, bytes] | None = None,
    topology: Mapping[str, Any] = GRAPH,
    **keys: Any,
) -> Path:
    """A model of one weight group; returns the model.json. ``keys`` replace or join those of the document."""
    shards = shards or {}
    manifest = [{"paths": list(shards), "weights": list(weights)}] if weights or shards else []
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in shards.items():
        (folder / name).write_bytes(data)
    path = folder / "model.json"
    document = {"modelTopology": topology, "weightsManifest": manifest, "format": "graph-model"} | keys
    path.write_text(json.dumps({key: value for key, value in document.items() if value is not ...}), encoding="utf-8")
    return path


def weight(name: str, shape: Sequence[Any], dtype_: str = "float32", /, **quantization: Any) -> dict[str, Any]:
    """A manifest entry; keywords make it a quantised one."""
    entry: dict[str, Any] = {"name": name, "shape": list(shape), "dtype": dtype_}
    return entry | ({"quantization": quantization} if quantization else {})
