"""Check ``weightsManifest``: every weight's name, shape, dtype and quantisation, every shard's path."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeGuard

from framegate.errors import ModelFormatError, WeightsError

# TF.js' dtype names -> numpy's. int64 and float64 are absent: the converter narrows them, and JavaScript has neither.
DTYPES = {
    "bool": "bool",
    "complex64": "complex64",
    "float16": "float16",
    "float32": "float32",
    "int16": "int16",
    "int32": "int32",
    "string": "object",
    "uint16": "uint16",
    "uint8": "uint8",
}
_ITEM_BYTES = {
    "bool": 1, "complex64": 8, "float16": 2, "float32": 4, "int16": 2, "int32": 4, "uint16": 2, "uint8": 1,
}  # fmt: skip
_QUANTIZED = {"float16": ("float32",), "uint16": ("float32", "int32"), "uint8": ("float32", "int32")}
_STRING_LENGTH_BYTES = 4
"""Bytes in front of each string that say how long it is."""
# numpy's oldest limit on dimensions, and more elements than any machine holds: also shapes with a 0 must be arrays.
_MAX_RANK = 32
_MAX_SIZE = 1 << 48
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class Quantization:
    """How a weight is stored smaller than it is: ``stored * scale + min``, or as float16 (scale 1, min 0)."""

    dtype: str
    scale: float = 1.0
    min: float = 0.0


@dataclass(frozen=True)
class WeightEntry:
    """One weight: its name, shape, TF.js dtype after decoding, and quantisation."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: Quantization | None = None

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def stored_dtype(self) -> str:
        """TF.js name of the dtype that the shards hold."""
        return self.quantization.dtype if self.quantization else self.dtype

    @property
    def stored_bytes(self) -> int:
        """Bytes in the shards; for strings the least there can be."""
        return self.size * _ITEM_BYTES.get(self.stored_dtype, _STRING_LENGTH_BYTES)

    @property
    def decoded_bytes(self) -> int:
        """Bytes in memory; for strings as `stored_bytes`."""
        return self.size * _ITEM_BYTES.get(self.dtype, _STRING_LENGTH_BYTES)


@dataclass(frozen=True)
class WeightGroup:
    """Shards that, one after another, hold these weights one after another."""

    paths: tuple[str, ...]
    entries: tuple[WeightEntry, ...]

    @property
    def stored_bytes(self) -> int:
        """Bytes that the shards must hold; with strings among the weights, the least they may hold."""
        return sum(entry.stored_bytes for entry in self.entries)

    @property
    def has_strings(self) -> bool:
        """Whether the true size is known only from the shards."""
        return any(entry.stored_dtype == "string" for entry in self.entries)


def parse_manifest(path: Path, document: Mapping[str, Any]) -> tuple[WeightGroup, ...]:
    """The checked ``weightsManifest`` of the ``model.json`` at ``path``.

    Raises:
        ModelFormatError: the manifest is malformed or lists a weight twice.
        WeightsError: a shard path leaves the model's folder.
    """
    manifest = document["weightsManifest"]
    if not isinstance(manifest, list):
        raise ModelFormatError(f"{path}: weightsManifest is not a list; convert the model again")
    groups = tuple(_group(path, index, group) for index, group in enumerate(manifest))
    seen: set[str] = set()
    for entry in (entry for group in groups for entry in group.entries):
        if entry.name in seen:
            raise ModelFormatError(f"{path}: weight {entry.name!r} is listed twice; convert the model again")
        seen.add(entry.name)
    return groups


def _group(path: Path, index: int, group: Any) -> WeightGroup:
    if not isinstance(group, dict) or not isinstance(group.get("paths"), list | None):
        raise ModelFormatError(f"{path}: weightsManifest[{index}] has no list of paths; convert the model again")
    weights = group.get("weights")
    if not isinstance(weights, list):
        raise ModelFormatError(f"{path}: weightsManifest[{index}] has no list of weights; convert the model again")
    paths = tuple(_shard(path, shard) for shard in group.get("paths") or ())
    return WeightGroup(paths, tuple(_entry(path, weight) for weight in weights))


def _shard(path: Path, shard: Any) -> str:
    if not isinstance(shard, str) or not shard:
        raise ModelFormatError(f"{path}: shard path {shard!r} is not a file name; convert the model again")
    pure = PurePosixPath(shard)
    if "\\" in shard or "\0" in shard or _DRIVE.match(shard) or pure.is_absolute() or ".." in pure.parts:
        raise WeightsError(
            f"{path}: shard path {shard!r} leaves the model's folder; put the shards beside model.json and name them so"
        )
    return shard


def _entry(path: Path, weight: Any) -> WeightEntry:
    if not isinstance(weight, dict) or not isinstance(weight.get("name"), str):
        raise ModelFormatError(f"{path}: a weight in weightsManifest has no name; convert the model again")
    name, dtype, shape = weight["name"], weight.get("dtype"), weight.get("shape")
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ModelFormatError(
            f"{path}: weight {name!r} has unknown dtype {dtype!r}; TF.js weights are {', '.join(sorted(DTYPES))}"
        )
    if not isinstance(shape, list) or not all(type(dim) is int and dim >= 0 for dim in shape):
        raise ModelFormatError(
            f"{path}: weight {name!r} has malformed shape {shape!r}; a shape is a list of whole numbers of at least 0"
        )
    if len(shape) > _MAX_RANK or math.prod(max(dim, 1) for dim in shape) > _MAX_SIZE:
        raise ModelFormatError(f"{path}: weight {name!r} has impossible shape {shape!r}; convert the model again")
    return WeightEntry(name, tuple(shape), dtype, _quantization(path, name, dtype, weight.get("quantization")))


def _quantization(path: Path, name: str, dtype: str, raw: Any) -> Quantization | None:
    # The converter describes strings as quantised to themselves.
    if raw is None or dtype == "string":
        return None
    description: dict[str, Any] = raw if isinstance(raw, dict) else {"dtype": raw}
    stored = description.get("dtype")
    if not isinstance(stored, str) or dtype not in _QUANTIZED.get(stored, ()):
        raise ModelFormatError(
            f"{path}: weight {name!r} has unknown quantization {stored!r} of {dtype};"
            " TF.js stores float32 as float16, uint8 or uint16, and int32 as uint8 or uint16"
        )
    if stored == "float16":
        return Quantization(stored)
    scale, least = description.get("scale"), description.get("min")
    if not _is_finite(scale) or not _is_finite(least):
        raise ModelFormatError(
            f"{path}: weight {name!r} is quantized to {stored} with scale {scale!r} and min {least!r};"
            " both must be finite numbers, convert the model again"
        )
    return Quantization(stored, float(scale), float(least))


def _is_finite(value: Any) -> TypeGuard[float]:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max
