"""Decode weights exactly as TF.js does (tfjs-core ``io_utils.decodeWeights``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framegate.errors import WeightsError
from framegate.models.manifest import DTYPES, Quantization, WeightEntry, WeightGroup
from framegate.models.memory import check_fits
from framegate.models.shards import read_group
from framegate.models.topology import ModelJson

Weights = dict[str, NDArray[Any]]

_LENGTH_BYTES = 4
"""Bytes in front of each string that say how long it is."""


def read_weights(model: ModelJson) -> Weights:
    """Weight name -> array, in manifest order.

    Arrays that are not quantised are views of the bytes that were read. Strings are object arrays of ``bytes``.

    Raises:
        WeightsError: a shard is missing, truncated, over-long or outside the model's folder, or a weight holds NaN.
        ModelError: the weights need more memory than there is.
    """
    # What is quantised is read and decoded, and so there twice; the rest are views.
    check_fits(model.path, "it has weights", sum(_peak_bytes(group) for group in model.groups))
    return {name: array for group in model.groups for name, array in _decode(model, group)}


def _peak_bytes(group: WeightGroup) -> int:
    decoded = sum(entry.decoded_bytes for entry in group.entries if entry.quantization is not None)
    return group.stored_bytes + decoded


def _decode(model: ModelJson, group: WeightGroup) -> Iterator[tuple[str, NDArray[Any]]]:
    data = read_group(model, group)
    at = 0
    for entry in group.entries:
        if entry.dtype == "string":
            array, at = _strings(model, data, at, entry)
        else:
            end = at + entry.stored_bytes
            _check_end(model, entry, end, data.size)
            array, at = _numbers(data[at:end], entry), end
            _check_numbers(model, entry, array)
        yield entry.name, array
    if at != data.size:
        raise WeightsError(
            f"{model.path.parent / group.paths[-1]}: shard is over-long: the weights end at byte {at} of {data.size};"
            " copy or download the model again"
        )


def _check_end(model: ModelJson, entry: WeightEntry, end: int, size: int) -> None:
    """A weight can only reach past the checked end after strings, whose lengths are part of the data."""
    if end > size:
        raise WeightsError(
            f"{model.path}: weight {entry.name!r} is truncated: it ends at byte {end} of {size};"
            " copy or download the model again"
        )


def _check_numbers(model: ModelJson, entry: WeightEntry, array: NDArray[Any]) -> None:
    """NaN would make every result NaN. The least of numbers with a NaN among them is NaN: one pass, no copy."""
    if array.dtype.kind != "f" or not array.size or not np.isnan(array.min()):
        return
    count = int(np.count_nonzero(np.isnan(array)))
    raise WeightsError(
        f"{model.path}: weight {entry.name!r} holds NaN ({count} of {array.size} values);"
        " train the model again, or convert it from a healthy checkpoint"
    )


def _numbers(data: NDArray[np.uint8], entry: WeightEntry) -> NDArray[Any]:
    if entry.dtype == "bool":
        return data.astype(np.bool_).reshape(entry.shape)
    stored = data.view(np.dtype(DTYPES[entry.stored_dtype]).newbyteorder("<"))
    if entry.quantization is not None:
        return dequantize(stored, entry.quantization, entry.dtype).reshape(entry.shape)
    # A neighbour of one-byte items may leave floats at an odd address, which compiled code may not take.
    return np.require(stored, requirements="A").reshape(entry.shape)


def dequantize(stored: NDArray[Any], quantization: Quantization, dtype: str) -> NDArray[Any]:
    """``stored * scale + min`` in double precision, then float32, or int32 with halves rounded up.

    Args:
        stored: float16, uint8 or uint16, any shape.
        quantization: scale and min.
        dtype: ``"float32"`` or ``"int32"``.
    """
    if quantization.dtype == "float16":
        return stored.astype(np.float32)
    # There are at most 65,536 stored values: decoding them once and looking up is exact and needs no double per weight.
    values = np.arange(np.iinfo(stored.dtype).max + 1, dtype=np.float64) * quantization.scale + quantization.min
    with np.errstate(over="ignore", invalid="ignore"):  # as silent as JavaScript's typed arrays
        table: NDArray[Any] = np.floor(values + 0.5).astype(np.int32) if dtype == "int32" else values.astype(np.float32)
    return np.take(table, stored)


def _strings(model: ModelJson, data: NDArray[np.uint8], at: int, entry: WeightEntry) -> tuple[NDArray[np.object_], int]:
    strings = np.empty(entry.size, np.object_)
    for index in range(entry.size):
        length = int.from_bytes(data[at : at + _LENGTH_BYTES].tobytes(), "little")
        end = at + _LENGTH_BYTES + length
        _check_end(model, entry, end, data.size)
        strings[index] = data[at + _LENGTH_BYTES : end].tobytes()
        at = end
    return strings.reshape(entry.shape), at
