"""Brings a map of a model's input, at any resolution, to the pixels of the shown part of a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from framegate.interfaces import Array, Float32, Pixels, Size
from framegate.postprocess.placement import InputPlacement

Float64 = NDArray[np.float64]
Indices = NDArray[np.intp]
_NO_SHARES = np.empty(0, np.uint16)


def positions(placement: InputPlacement, size: Size) -> tuple[Float64, Float64]:
    """Where the pixels of the shown part lie in a map of the model's input: their y, one per row, and their x.

    They are in pixels of the map, whose upper left pixel has its centre at 0. None lies beyond the outermost centres
    that belong to the shown part, so that bars beside it are not mixed in.

    Args:
        placement: where the input lies in the shown part.
        size: pixels of the map.
    """
    shown, entire = placement.shown, placement.input_size
    step_y = size.height / entire.height / placement.scale_y
    step_x = size.width / entire.width / placement.scale_x
    rows = _places(shown.height, -placement.top * step_y, step_y, size.height)
    columns = _places(shown.width, -placement.left * step_x, step_x, size.width)
    return rows, columns


def _places(count: int, start: float, step: float, length: int) -> Float64:
    places = start + (np.arange(count) + 0.5) * step - 0.5
    first, last = start, start + count * step - 1
    if first > last:
        first = last = (first + last) / 2
    return np.clip(places, np.clip(first, 0, length - 1), np.clip(last, 0, length - 1))


def nearest(placement: InputPlacement, size: Size) -> tuple[Indices, Indices]:
    """The pixel of a map that each pixel of the shown part lies in: its row, one per row, and its column."""
    rows, columns = positions(placement, size)
    return np.floor(rows + 0.5).astype(np.intp), np.floor(columns + 0.5).astype(np.intp)


def bilinear(values: Array, placement: InputPlacement) -> Float64:
    """A map (H, W) at each pixel of the shown part, in double precision: what `SmoothMap` is compared with."""
    rows, columns = positions(placement, Size(*values.shape))
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    bottom, right = np.minimum(top + 1, values.shape[0] - 1), np.minimum(left + 1, values.shape[1] - 1)
    down, across = (rows - top)[:, np.newaxis], columns - left
    exact = values.astype(np.float64)
    upper = exact[top][:, left] * (1 - across) + exact[top][:, right] * across
    lower = exact[bottom][:, left] * (1 - across) + exact[bottom][:, right] * across
    return cast("Float64", upper * (1 - down) + lower * down)


class SmoothMap:
    """Scales maps of float32 to the shown part, bilinearly."""

    def __init__(self, placement: InputPlacement) -> None:
        self._placement = placement
        self._scaled = np.empty(placement.shown, np.float32)
        self._size: tuple[int, ...] | None = None

    def __call__(self, values: Float32) -> Float32:
        """The map at each pixel of the shown part; the next call may overwrite it."""
        self._prepare(values.shape)
        return self._scale(values)

    def cut(self, values: Array) -> Array:
        """The part of a map that is seen in the shown part, without the bars beside it."""
        self._prepare(values.shape)
        return values[self._seen]

    def _prepare(self, shape: tuple[int, ...]) -> None:
        if shape == self._size:
            return
        placement, size = self._placement, Size(*shape)
        rows, columns = positions(placement, size)
        self._seen = tuple(slice(round(ends[0] - 0.499), round(ends[-1] + 0.499) + 1) for ends in (rows, columns))
        # Where OpenCV can do it, it is four times as fast.
        simple = positions(InputPlacement.of(placement.shown, size, "resize"), size)
        if np.allclose(rows, simple[0]) and np.allclose(columns, simple[1]):
            self._scale: Callable[[Float32], Float32] = self._resize
        else:
            across = _Mix(columns, 1, Size(size.height, placement.shown.width))
            down = _Mix(rows, 0, placement.shown)
            self._scale = lambda values: down(across(values))
        self._size = shape

    def _resize(self, values: Float32) -> Float32:
        import cv2

        height, width = self._placement.shown
        return cast("Float32", cv2.resize(values, (width, height), dst=self._scaled))


class _Mix:
    """Mixes neighbouring rows, or columns, of a map."""

    def __init__(self, places: Float64, axis: int, size: Size) -> None:
        self._axis = axis
        self._first = np.floor(places).astype(np.intp)
        self._second = np.ceil(places).astype(np.intp)
        share = (places - self._first).astype(np.float32)
        self._share = share[:, np.newaxis] if axis == 0 else share
        self._mixed, self._other = np.empty(size, np.float32), np.empty(size, np.float32)

    def __call__(self, values: Float32) -> Float32:
        # Without mode="clip", numpy writes to an array of its own first.
        np.take(values, self._first, self._axis, out=self._mixed, mode="clip")
        np.take(values, self._second, self._axis, out=self._other, mode="clip")
        np.subtract(self._other, self._mixed, out=self._other)
        np.multiply(self._other, self._share, out=self._other)
        return np.add(self._mixed, self._other, out=self._mixed)


class NearestMap:
    """Scales maps of bytes to the shown part: each pixel as the nearest one of the map."""

    def __init__(self, placement: InputPlacement) -> None:
        self._placement = placement
        self._shape: tuple[int, ...] | None = None

    def __call__(self, values: Pixels) -> Pixels:
        """The map, (H, W) or (H, W, 3), at each pixel of the shown part; the next call overwrites it."""
        import cv2

        if values.shape != self._shape:
            self._shape = values.shape
            rows, columns = nearest(self._placement, Size(*values.shape[:2]))
            # Whole numbers in the format that OpenCV takes without an interpolation.
            self._places = np.stack(np.meshgrid(columns.astype(np.int16), rows.astype(np.int16)), axis=-1)
            self._scaled = np.empty((*self._placement.shown, *values.shape[2:]), np.uint8)
        return cast("Pixels", cv2.remap(values, self._places, _NO_SHARES, cv2.INTER_NEAREST, dst=self._scaled))
