"""Tensor to bytes in one pass, a loop that numba compiles for this very processor."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.extras import how_to_install
from framegate.render import rounding
from framegate.render.base import CPURenderer
from framegate.render.guard import checked
from framegate.render.oracle import INTEGERS, levels
from framegate.renderers.opencv import is_exact

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.interfaces import Array, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout

    Fill = Callable[[Array, Array], None]


class NumbaRenderer(CPURenderer):
    """Scales, clamps, rounds and packs each pixel while it is in a register."""

    def converter(self, picture: Layout) -> Convert:
        """The compiled loop, and its buffer.

        Raises:
            BackendUnavailable: numba cannot be imported.
        """
        fill = _fill(picture)
        check = checked(picture)
        rgba = np.empty((*picture.size, 4), np.uint8)
        pixels = rgba.view(np.uint32).reshape(-1)

        def convert(tensor: Array) -> Pixels:
            fill(check(tensor).reshape(-1), pixels)
            return rgba

        return convert


def _numba() -> Any:
    try:
        import numba
    except ImportError as error:
        raise BackendUnavailable(f"numba cannot be imported ({error})", how_to_install("numba")) from error
    return numba


def _fill(picture: Layout) -> Fill:
    """A function that fills pixels, uint32 (H * W), from values, flat, as the oracle does: the fastest that is exact.

    Double is always exact. Float32 is where floats are rounded downwards and the range allows it, for the reason given
    for OpenCV; it is tried on both sides of every step.
    """
    scale, fraction, whole = levels(picture.dtype, picture.drawing)
    single, double = np.float32, np.float64
    if picture.dtype in INTEGERS:
        return _with(_compiled(picture.depth, picture.dtype, "float32"), single(scale), single(fraction), single(whole))
    down = rounding.downward(_compiled(picture.depth, picture.dtype, "float32"))
    if down is not None:
        fill = _with(down, single(scale), single(fraction + whole), single(0))
        if is_exact(_scale(fill, picture.depth), picture):
            return fill
    return _with(_compiled(picture.depth, picture.dtype, "float64"), double(scale), double(fraction), double(whole))


def _with(loop: Callable[..., Any], *numbers: np.floating[Any]) -> Fill:
    def fill(values: Array, pixels: Array) -> None:
        loop(values, *numbers, pixels)

    return fill


@functools.cache
def _compiled(depth: int, dtype: str, precision: str) -> Callable[..., Any]:
    """The loop for values of a dtype, with arithmetic in a precision."""
    numba = _numba()
    types = numba.types
    real = getattr(types, precision)
    # A read-only array that may lie anywhere: one that may be written to or is aligned passes as well.
    values = types.Array(getattr(types, dtype), 1, "C", readonly=True, aligned=False)
    signature = types.void(values, real, real, real, types.Array(types.uint32, 1, "C"))
    return numba.njit(signature)(_loop(depth, getattr(np, precision), is_byte=dtype == "uint8"))  # type: ignore[no-any-return]


def _loop(depth: int, real: type[np.floating[Any]], *, is_byte: bool) -> Callable[..., None]:
    """What numba compiles: with all but the loop's own arguments known, it becomes vector instructions."""
    opaque = np.uint32(0 if depth == 4 else 0xFF000000)
    zero, top = real(0), real(255)
    # In float32 ``fraction`` is the whole offset, and the cast to an integer below is all the floor that is needed.
    apart = real is np.float64

    def loop(values: Array, scale: Any, fraction: Any, whole: Any, pixels: Array) -> None:
        for pixel in range(pixels.shape[0]):
            packed = opaque
            for channel in range(depth):
                value = values[depth * pixel + channel]
                if is_byte:
                    byte = np.uint32(value)
                else:
                    level = real(value) * scale + fraction
                    if apart:
                        level = np.floor(level) + whole
                    # max() returns its first argument where the second is NaN, so that NaN becomes 0.
                    byte = np.uint32(np.int32(min(top, max(zero, level))))
                packed |= byte * np.uint32(0x010101) if depth == 1 else byte << np.uint32(8 * channel)
            pixels[pixel] = packed

    return loop


def _scale(fill: Fill, depth: int) -> Callable[[Array, Array], None]:
    """``fill`` as a function from values, (1, N), to their bytes, (1, N), which is what `is_exact` looks at."""

    def scale(values: Array, out: Array) -> None:
        pixels = np.empty(-(-values.size // depth), np.uint32)
        fill(np.resize(values, pixels.size * depth), pixels)
        channels = pixels.view(np.uint8).reshape(-1, 4)[:, :depth]
        out[0] = channels.reshape(-1)[: values.size]

    return scale
