"""The numbers that `scripts/tfjs-layers` feeds TF.js with, and a model of cases on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def values(shape: Sequence[int], salt: int, indices: int) -> Floats:
    """Between -2 and 2, or whole and below ``indices`` where that is not 0."""
    whole = (np.arange(prod(shape)) + salt) * 2654435761 % 1024
    return np.asarray(whole % indices if indices else whole / 1023 * 4 - 2, np.float32).reshape(shape)


def weight(name: str, shape: Sequence[int], salt: int) -> Floats:
    """Between -1 and 1; a variance is positive."""
    found = values(shape, salt, 0)
    return np.asarray(np.abs(found) + 0.25 if name.endswith("moving_variance") else found / 2, np.float32)


def write_model(folder: Path, topology: Mapping[str, Any], weights: Sequence[Mapping[str, Any]]) -> Path:
    """A model.json with the weights that an answer names.

    Args:
        folder: where to.
        topology: the Keras config.
        weights: name, shape and salt of each.
    """
    entries = [{"name": each["name"], "shape": each["shape"], "dtype": "float32"} for each in weights]
    arrays = [weight(each["name"], each["shape"], each["salt"]) for each in weights]
    (folder / "shard.bin").write_bytes(b"".join(array.tobytes() for array in arrays))
    manifest = [{"paths": ["shard.bin"], "weights": entries}] if entries else []
    document = {"format": "layers-model", "modelTopology": {"model_config": topology}, "weightsManifest": manifest}
    path = folder / "model.json"
    path.write_text(json.dumps(document))
    return path
