"""The shapes of a graph's constants, and the numbers of those that decide on other shapes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from framegate.analysis.shard_states import ShardsReport
from framegate.analysis.tensors import Tensor, Values
from framegate.models.manifest import WeightEntry, WeightGroup
from framegate.models.nodes import Node, shape_dims, whole_number
from framegate.models.topology import ModelJson

_LONGEST = 64  # numbers; shapes, axes and paddings are far shorter
_INTEGERS = {"DT_INT32": "<i4", "DT_INT64": "<i8"}


def constant(node: Node, entries: Mapping[str, WeightEntry], read: Mapping[str, Values]) -> Tensor:
    """A Const node: its weight's shape, and its numbers where they are known."""
    entry = entries.get(node.name)
    if entry is not None:
        return Tensor(entry.shape, read.get(node.name))
    tensor = node.attr("value", "tensor")
    if not isinstance(tensor, Mapping):
        return Tensor()
    shape = tensor.get("tensorShape")
    dims = shape_dims(shape) if isinstance(shape, Mapping) else ()
    return Tensor(dims, _inline(tensor, dims))


def shape_constants(model: ModelJson, report: ShardsReport) -> dict[str, Values]:
    """Short int32 constants, read from the shards: shapes, axes, paddings, sizes. No other byte is read.

    A group with strings is read up to the first of them, for their lengths are known only from the data. A constant
    that its shards do not hold is left out.
    """
    constants: dict[str, Values] = {}
    usable = {shard.path: shard.size for shard in report.shards}
    for group in model.groups:
        shards = [model.path.parent / shard for shard in group.paths]
        sizes = [usable[shard] for shard in group.paths]
        for entry, at in _offsets(group):
            data = _read(shards, sizes, at, entry.stored_bytes) if _is_short(entry) else None
            if data is not None and len(data) == entry.stored_bytes:
                constants[entry.name] = _numbers(entry, data)
    return constants


def _is_short(entry: WeightEntry) -> bool:
    return entry.dtype == "int32" and 0 < entry.size <= _LONGEST


def _offsets(group: WeightGroup) -> Iterator[tuple[WeightEntry, int]]:
    at = 0
    for entry in group.entries:
        if entry.dtype == "string":
            return
        yield entry, at
        at += entry.stored_bytes


def _read(shards: list[Path], sizes: list[int | None], at: int, count: int) -> bytes | None:
    """Bytes of the shards as if they were one file; None where a shard before or under them is missing."""
    data = b""
    for shard, size in zip(shards, sizes, strict=True):
        if size is None:
            return None
        if at < size:
            with shard.open("rb", buffering=0) as file:
                file.seek(at)
                data += file.read(count - len(data))
        at = max(at - size, 0)
        if len(data) == count:
            return data
    return None


def _numbers(entry: WeightEntry, data: bytes) -> Values:
    stored = np.frombuffer(data, np.dtype(entry.stored_dtype).newbyteorder("<"))
    if entry.quantization is None:
        return tuple(map(int, stored))
    return tuple(round(int(number) * entry.quantization.scale + entry.quantization.min) for number in stored)


def _inline(tensor: Mapping[str, Any], dims: tuple[int | None, ...] | None) -> Values | None:
    """Numbers in the topology itself, as in hand-made and very old models."""
    dtype, content = tensor.get("dtype"), tensor.get("tensorContent")
    if dims is None or None in dims or not isinstance(dtype, str) or dtype not in _INTEGERS:
        return None
    size = int(np.prod([dim for dim in dims if dim is not None]))
    if not 0 < size <= _LONGEST:
        return None
    if isinstance(content, str):
        try:
            data = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            return None
        item = np.dtype(_INTEGERS[dtype])
        return tuple(map(int, np.frombuffer(data, item))) if len(data) == size * item.itemsize else None
    listed = tensor.get("intVal", tensor.get("int64Val"))
    raw = listed if isinstance(listed, list) else [listed]
    numbers = tuple(number for value in raw if (number := whole_number(value)) is not None)
    if len(numbers) < len(raw):
        return None
    # Protobuf writes a constant of equal numbers once.
    return numbers * size if len(numbers) == 1 else numbers if len(numbers) == size else None
