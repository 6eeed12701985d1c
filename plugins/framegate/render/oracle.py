"""What TF.js ``tf.browser.toPixels`` does, bit for bit: the picture all renderers are compared with.

Source: tfjs-core/src/ops/browser.ts of TF.js 4.22.0, checks in its order and messages in its words.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from framegate.errors import UsageError, WrongOutput
from framegate.interfaces import AS_TO_PIXELS, Drawing, Range, Size

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels

LIMITS = {"float32": 1, "int32": 255, "uint8": 255}
"""The largest value a tensor of each dtype may hold; the smallest is 0."""


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


def layout(shape: tuple[int, ...], dtype: str, drawing: Drawing = AS_TO_PIXELS) -> Layout:
    """Read a tensor's shape, (H, W) or (H, W, 1 | 3 | 4), and dtype as a picture.

    Raises:
        UsageError: it is none; the message is TF.js's.
    """
    if len(shape) not in (2, 3):
        raise UsageError(f"toPixels only supports rank 2 or 3 tensors, got rank {len(shape)}.")
    depth = 1 if len(shape) == 2 else shape[2]
    if depth not in (1, 3, 4):
        raise UsageError(f"toPixels only supports depth of size 1, 3 or 4 but got {depth}")
    if dtype not in LIMITS:
        raise UsageError(f"Unsupported type for toPixels: {dtype}. Please use float32 or int32 tensors.")
    if not shape[0] or not shape[1]:
        raise UsageError(f"a tensor of shape {shape} has no pixels; give it a height and a width")
    return Layout(Size(shape[0], shape[1]), depth, dtype, drawing)


def limits(picture: Layout) -> Range:
    """The smallest and the largest value that may be shown."""
    return picture.drawing.value_range if picture.dtype == "float32" else (0, LIMITS[picture.dtype])


def check_range(tensor: Array, drawing: Drawing = AS_TO_PIXELS) -> None:
    """Refuse values outside [0, 1] (float32) or [0, 255] (int32); NaN is let through, as in TF.js.

    Raises:
        WrongOutput: names the first such value, in TF.js's words.
    """
    limit = LIMITS[tensor.dtype.name]
    outside = (tensor < 0) | (tensor > limit)
    if outside.any():
        raise range_error(tensor.dtype.name, float(tensor[outside][0]))


def range_error(dtype: str, value: float) -> WrongOutput:
    """The error for a value that is out of range."""
    return WrongOutput(
        f"Tensor values for a {dtype} Tensor must be in the range [0 - {LIMITS[dtype]}]"
        f" but encountered {js_number(value)}."
    )


def to_pixels(tensor: Array) -> Pixels:
    """Convert float32 in [0, 1] or int32 in [0, 255], (H, W) or (H, W, 1 | 3 | 4), to uint8 RGBA (H, W, 4).

    float32 is multiplied by 255 in double precision, which is exact, and a half is rounded up. One channel becomes
    grey; alpha is 255 unless there is a fourth channel. NaN becomes 0.

    Raises:
        UsageError: the shape or dtype is not supported.
        WrongOutput: a value is out of range.
    """
    size, depth, dtype, _ = layout(tensor.shape, tensor.dtype.name)
    check_range(tensor)
    values = tensor.reshape(size.height, size.width, depth)
    if dtype == "float32":
        values = values.astype(np.float64)
        values *= 255
        values += 0.5
        np.floor(values, out=values)
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
