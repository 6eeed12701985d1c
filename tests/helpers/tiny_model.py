"""The tiny model, which no library is needed to write or to run."""

import json
from pathlib import Path

import numpy as np


def write_tiny(folder: Path, size: int | None = None, channels: int = 3, gain: float = 1.0) -> Path:
    """Write a model that multiplies an image by one number into a folder, and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = [{"name": "gain", "shape": [1], "dtype": "float32"}]
    model = {
        "format": "graph-model",
        "modelTopology": tiny_topology(size, channels),
        "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": weights}],
    }
    (folder / "model.json").write_text(json.dumps(model))
    (folder / "group1-shard1of1.bin").write_bytes(np.float32(gain).tobytes())
    return folder


def tiny_topology(size: int | None, channels: int) -> dict[str, object]:
    """A graph model that multiplies an image by one number."""
    dims = [{"size": str(size)} for size in (-1, size or -1, size or -1, channels)]
    placeholder = {
        "name": "image",
        "op": "Placeholder",
        "attr": {"shape": {"shape": {"dim": dims}}, "dtype": {"type": "DT_FLOAT"}},
    }
    gain = {
        "name": "gain",
        "op": "Const",
        "attr": {
            "dtype": {"type": "DT_FLOAT"},
            "value": {"tensor": {"dtype": "DT_FLOAT", "tensorShape": {"dim": [{"size": "1"}]}}},
        },
    }
    times = {"name": "picture", "op": "Mul", "input": ["image", "gain"], "attr": {"T": {"type": "DT_FLOAT"}}}
    return {"node": [placeholder, gain, times], "library": {}, "versions": {}}
