"""Write a TF.js model: ``model.json`` and the shards of its weights, quantised as the TF.js converter quantises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from framegate.interfaces import Array

SHARD_BYTES = 4 << 20
"""As the TF.js converter cuts them."""
_CONVERTED_BY = "Framegate"


def write_model(
    folder: Path, document: Mapping[str, Any], weights: Mapping[str, Array], quantize: str | None = None
) -> None:
    """Write a model's files; the same bytes for the same model on every machine.

    Args:
        folder: folder of the model.
        document: ``model.json`` without its ``weightsManifest``.
        weights: name -> values, in the order in which they are stored.
        quantize: ``float16``, ``uint8``, ``uint16``, or None for weights as they are; only float32 ones are quantised.
    """
    entries, chunks = [], []
    for name, array in weights.items():
        stored, quantization = _quantized(array, quantize)
        entries.append({"name": name, "shape": list(array.shape), "dtype": array.dtype.name} | quantization)
        chunks.append(stored.tobytes())
    manifest = [{"paths": _write_shards(folder, b"".join(chunks)), "weights": entries}]
    whole = {**document, "convertedBy": _CONVERTED_BY, "weightsManifest": manifest}
    (folder / "model.json").write_text(json.dumps(whole, sort_keys=True), encoding="utf-8")


def _write_shards(folder: Path, data: bytes) -> list[str]:
    count = max(1, -(-len(data) // SHARD_BYTES))
    names = [f"group1-shard{index + 1}of{count}.bin" for index in range(count)]
    for index, name in enumerate(names):
        (folder / name).write_bytes(data[index * SHARD_BYTES : (index + 1) * SHARD_BYTES])
    return names


def _quantized(array: Array, to: str | None) -> tuple[Array, dict[str, Any]]:
    """The stored values, and their entry in the manifest."""
    if to is None or array.dtype != np.float32:
        return array, {}
    if to == "float16":
        return array.astype(np.float16), {"quantization": {"dtype": to, "original_dtype": "float32"}}
    low, high = float(array.min()), float(array.max())
    most = np.iinfo(to).max
    if low == high:
        scale, stored = 1.0, np.zeros(array.shape, to)
    else:
        scale = (high - low) / most
        if low <= 0 <= high:
            # Zero is one of the values, as padding needs it.
            low = -float(np.round(-low / scale)) * scale
        stored = np.round((array.astype(np.float64).clip(low, low + most * scale) - low) / scale).astype(to)
    about = {"dtype": to, "original_dtype": "float32", "min": low, "scale": scale}
    return stored, {"quantization": about}
