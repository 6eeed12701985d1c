"""Outputs as views take them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from framegate.errors import ModelError
from framegate.interfaces import Array

_COLOURS = 3


def named_output(outputs: Mapping[str, Array], name: str) -> Array:
    """The output of that name.

    Raises:
        ModelError: there is none.
    """
    try:
        return outputs[name]
    except KeyError:
        raise ModelError(
            f"the model has no output {name!r}; output = … in the spec names one or several of: {', '.join(outputs)}"
        ) from None


def planes(outputs: Mapping[str, Array], name: str, *, channels_first: bool = False) -> Array:
    """An output as channels of a map: (H, W, C), a view of the output's memory.

    (1, H, W, C) and (H, W, C) are taken, and (1, H, W) and (H, W) as one channel. Of a batch, the first is.

    Args:
        outputs: the model's outputs.
        name: the output.
        channels_first: whether they are (1, C, H, W) and (C, H, W) instead.

    Raises:
        ModelError: there is no such output, or it is no map.
    """
    values = named_output(outputs, name)
    shape = values.shape
    is_grey = len(shape) == 2 or (len(shape) == 3 and shape[0] == 1)
    if len(shape) == 4 and shape[0] > 0:
        values, shape = values[0], shape[1:]
    elif is_grey:
        shape = (*shape[-2:], 1)
    if len(shape) != 3 or 0 in shape or values.dtype.kind not in "biuf":
        raise ModelError(
            f"output {name!r} is {values.dtype.name} {written(values.shape)}; this view needs numbers in the shape"
            " (1, H, W, C) or (1, H, W)"
        )
    channels = values.reshape(shape)
    return np.moveaxis(channels, 0, 2) if channels_first and not is_grey else channels


def red_first(picture: Array, *, is_bgr: bool) -> Array:
    """A picture (H, W, C) with red as the first of its channels: itself, unless it has blue there and three or four."""
    count = picture.shape[2]
    return picture[..., [2, 1, 0, 3][:count]] if is_bgr and count >= _COLOURS else picture


def written(shape: tuple[int, ...]) -> str:
    """A shape as people write it: ``(1, 1000)``."""
    return f"({', '.join(map(str, shape))})"


class Scratch:
    """Arrays that are kept from frame to frame, by name."""

    def __init__(self) -> None:
        self._arrays: dict[str, Array] = {}

    def __call__(self, name: str, shape: tuple[int, ...], dtype: type[np.generic] = np.float32) -> Array:
        """The array of that name: the one of the last call, if it is of that shape."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape:
            array = self._arrays[name] = np.empty(shape, dtype)
        return array
