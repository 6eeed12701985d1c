"""Is the picture on the screen the right one, and how far are two pictures apart?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from framegate.errors import WrongOutput
from framegate.gl.scaling import LINEAR_TOLERANCE, choices
from framegate.interfaces import AS_TO_PIXELS, Drawing
from framegate.render.oracle import to_pixels

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels


def verify_pixels(got: Pixels, tensor: Array, tolerance: int = 0, drawing: Drawing = AS_TO_PIXELS) -> None:
    """Compare a picture with the oracle's for the same tensor and drawing.

    Args:
        got: uint8 RGBA (H, W, 4), first row at the top.
        tensor: what was drawn.
        tolerance: the largest difference, in steps of 1/255, that is still right.
        drawing: how it was to be drawn.

    Raises:
        WrongOutput: they differ; names how many pixels, and the largest difference and where it is.
        UsageError: the oracle does not take such a tensor or drawing.
    """
    right = _right(tensor, drawing)
    expected = right[0]
    if got.shape != expected.shape or got.dtype != expected.dtype:
        raise WrongOutput(f"wrong picture: expected {expected.dtype} {expected.shape}, found {got.dtype} {got.shape}")
    if drawing.scaling == "linear" and drawing.window not in (None, tensor.shape[:2]):
        tolerance += LINEAR_TOLERANCE
    off = _off(got, right)
    if int(off.max()) <= tolerance:
        return
    row, column, channel = (int(index) for index in np.unravel_index(int(off.argmax()), off.shape))
    wrong = int((off > tolerance).any(axis=2).sum())
    raise WrongOutput(
        f"wrong picture: {wrong} of {off.shape[0] * off.shape[1]} pixels differ from toPixels by more than {tolerance};"
        f" the largest difference is {int(off.max())}, at row {row}, column {column}, channel {'RGBA'[channel]}:"
        f" expected {expected[row, column, channel]}, found {got[row, column, channel]}"
    )


def difference(got: Pixels, tensor: Array, drawing: Drawing = AS_TO_PIXELS) -> Pixels | None:
    """How far a picture is from the oracle's: uint8 (H, W, 4), in steps of 1/255; None where it has another shape.

    Args:
        got: uint8 RGBA (H, W, 4), first row at the top.
        tensor: what was drawn.
        drawing: how it was to be drawn.

    Raises:
        WrongOutput, UsageError: the oracle draws no such picture.
    """
    right = _right(tensor, drawing)
    return _off(got, right) if got.shape == right[0].shape else None


def psnr_db(picture: Array, reference: Array) -> float:
    """Peak signal-to-noise ratio of values whose peak is 1; infinite if they are equal."""
    error = float(((picture.astype("float64") - reference) ** 2).mean())
    return math.inf if error == 0 else -10 * math.log10(error)


def _right(tensor: Array, drawing: Drawing) -> list[Pixels]:
    """The oracle's pictures, each pixel of which may be any of theirs."""
    return list(choices(to_pixels(tensor, drawing), drawing))


def _off(got: Pixels, right: Sequence[Pixels]) -> Pixels:
    off: Pixels = np.min([np.maximum(got, picture) - np.minimum(got, picture) for picture in right], axis=0)
    return off
