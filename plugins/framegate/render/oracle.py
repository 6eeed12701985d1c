"""What TF.js ``tf.browser.toPixels`` does, bit for bit: the picture all renderers are compared with.

Source: tfjs-core/src/ops/browser.ts of TF.js 4.22.0, checks in its order and messages in its words. Other ranges than
[0, 1], clamping and uint8 go beyond it; where nobody asks for them, this is ``toPixels``.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from framegate.errors import UsageError, WrongOutput
from framegate.interfaces import AS_TO_PIXELS, Drawing, Size

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels, Range

INTEGERS = ("int32", "uint8")
"""Shown as they are, from 0 to 255. TF.js has no tensors of uint8, which are taken here as well."""


class Layout(NamedTuple):
    """What a tensor is as a picture; ``depth`` is 1, 3 or 4 channels, ``drawing`` how it is shown."""

    size: Size
    depth: int
    dtype: str
    drawing: Drawing = AS_TO_PIXELS

    @property
    def nbytes(self) -> int:
        """Bytes of the tensor."""
        return self.size.height * self.size.width * self.depth * np.dtype(self.dtype).itemsize


class Levels(NamedTuple):
    """A value v in range is shown as ``floor(v * scale + fraction) + whole``."""

    scale: float
    fraction: float
    whole: int


def layout(shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Layout:
    """Read a tensor's shape, (H, W) or (H, W, 1 | 3 | 4), and dtype, float32, int32 or uint8, as a picture.

    Raises:
        UsageError: TF.js refuses such a tensor, in its own words; or the drawing's value range is empty or infinite.
    """
    if len(shape) not in (2, 3):
        raise UsageError(f"toPixels only supports rank 2 or 3 tensors, got rank {len(shape)}.")
    depth = 1 if len(shape) == 2 else shape[2]
    if depth not in (1, 3, 4):
        raise UsageError(f"toPixels only supports depth of size 1, 3 or 4 but got {depth}")
    if dtype not in ("float32", *INTEGERS):
        raise UsageError(f"Unsupported type for toPixels: {dtype}. Please use float32 or int32 tensors.")
    if not shape[0] or not shape[1]:
        raise UsageError(f"a tensor of shape {shape} has no pixels; give it a height and a width")
    low, high = limits("float32", drawing)
    if not -math.inf < low < high < math.inf:
        raise UsageError(
            f"value range {list(drawing.value_range)} is not one of float32; give two finite numbers, the smaller first"
        )
    return Layout(Size(shape[0], shape[1]), depth, dtype, drawing)


def limits(dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Range:
    """The smallest and the largest value in range: [0, 255] for integers, else the drawing's, rounded to float32."""
    if dtype in INTEGERS:
        return (0, 255)
    # A value can be no nearer to an end than this; unrounded, 0.1 would be out of the range [0, 0.1].
    with np.errstate(over="ignore"):
        low, high = (float(np.float32(end)) for end in drawing.value_range)
    return (low, high)


def levels(dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Levels:
    """How the values in range become 0 to 255; ``layout`` has seen to it that the range is one.

    float32 v of [low, high] becomes ``floor(v * scale + offset + 0.5)`` with ``scale = 255 / (high - low)`` and
    ``offset = -low * scale``, in double: v * 255 for [0, 1], v * 127.5 + 127.5 for [-1, 1], a half rounded up.
    The whole part of ``offset + 0.5`` is added after ``floor``. Before, it would swallow a v next to 0: -1e-20 of
    [-1, 1] would be 128, as 0 is. So where scale and twice the offset are small whole numbers, nothing is ever rounded.
    """
    if dtype in INTEGERS:
        return Levels(1.0, 0.0, 0)
    low, high = limits(dtype, drawing)
    scale = 255 / (high - low)
    offset = -low * scale + 0.5
    whole = math.floor(offset)
    return Levels(scale, offset - whole, whole)


def check_range(tensor: Array, drawing: Drawing = AS_TO_PIXELS) -> None:
    """Refuse values outside the drawing's range, [0, 255] for integers, if it is strict; NaN is let through.

    Raises:
        WrongOutput: names the first such value, in TF.js's words.
    """
    if drawing.out_of_range == "clamp":
        return
    low, high = limits(tensor.dtype.name, drawing)
    outside = (tensor < low) | (tensor > high)
    if outside.any():
        raise range_error(tensor.dtype.name, float(tensor[outside][0]), drawing)


def range_error(dtype: str, value: float, drawing: Drawing = AS_TO_PIXELS) -> WrongOutput:
    """The error for a value that is out of range."""
    low, high = limits(dtype) if dtype in INTEGERS else drawing.value_range
    return WrongOutput(
        f"Tensor values for a {dtype} Tensor must be in the range [{js_number(low)} - {js_number(high)}]"
        f" but encountered {js_number(value)}."
    )


def to_pixels(tensor: Array, drawing: Drawing = AS_TO_PIXELS) -> Pixels:
    """Convert float32 of the drawing's range, or int32 or uint8, (H, W) or (H, W, 1 | 3 | 4), to uint8 RGBA (H, W, 4).

    `levels` says how. One channel becomes grey; alpha is 255 unless there is a fourth channel, which is converted as
    the others are. NaN becomes 0, whatever the range.

    Raises:
        UsageError: the shape, dtype or range is not supported.
        WrongOutput: a value is out of range, and the drawing does not clamp.
    """
    size, depth, dtype, _ = layout(tensor.shape, tensor.dtype.name, drawing)
    check_range(tensor, drawing)
    values = tensor.reshape(size.height, size.width, depth)
    if drawing.out_of_range == "clamp":
        values = np.clip(values, *limits(dtype, drawing))
    if dtype == "float32":
        scale, fraction, whole = levels(dtype, drawing)
        values = values.astype(np.float64)
        values *= scale
        values += fraction
        np.floor(values, out=values)
        values += whole
        values[np.isnan(values)] = 0
    rgba = np.full((size.height, size.width, 4), 255, np.uint8)
    rgba[..., : 3 if depth == 1 else depth] = values
    return rgba


def js_number(value: float) -> str:
    """A finite or infinite double as JavaScript prints it."""
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    # Both languages print the fewest digits that tell the number from its neighbours; only the layout differs.
    shortest = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, shortest.digits))
    return ("-" if value < 0 else "") + _place(digits, len(digits) + int(shortest.exponent))


def _place(digits: str, point: int) -> str:
    if digits == "0":
        return "0"
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    power = f"e{point - 1:+d}"
    return (f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits) + power
