"""Weights as TensorFlow tensors, beside the graph, with one copy of their bytes and no more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from framegate.interfaces import Array
from framegate.models.weights import Weights

# TensorFlow takes memory as it is only where it begins at a multiple of this.
_ALIGNMENT = 64


def held_tensors(tf: Any, weights: Weights, kinds: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Name of the weight's tensor in the graph -> the tensor.

    Args:
        tf: the ``tensorflow`` module.
        weights: all weights.
        kinds: name and dtype of those that are asked for; the graph decides the dtype, the converter narrows int64.
    """
    # On a GPU the tensors belong into its memory, where TensorFlow itself must bring them.
    share = not tf.config.list_physical_devices("GPU")
    return {f"{name}:0": _tensor(tf, weights[name], dtype, share=share) for name, dtype in kinds}


def _tensor(tf: Any, array: Array, dtype: Any, *, share: bool) -> Any:
    kind = np.dtype(dtype.as_numpy_dtype)
    if not share or kind.kind not in "fiu" or not array.size:
        return tf.constant(array, dtype)
    aligned = _aligned(array.shape, kind)
    np.copyto(aligned, array, casting="unsafe")
    # tf.constant would copy twice.
    return tf.experimental.dlpack.from_dlpack(aligned.__dlpack__())


def _aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    raw = np.empty(size + _ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % _ALIGNMENT
    return raw[start : start + size].view(dtype).reshape(shape)
