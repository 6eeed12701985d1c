"""Keeps values out of range from conversions that are too fast to look, or that only clamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from framegate.render.oracle import check_range, limits, to_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.interfaces import Array, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout


def guarded(picture: Layout, convert: Convert) -> Convert:
    """``convert``, which is handed values in range only, as a converter of any tensor of that layout.

    Values out of range are clipped into a buffer, if the picture is drawn so. The oracle takes what is left: values
    to refuse, and NaN.

    Args:
        picture: the layout.
        convert: values in range, flat and contiguous, to uint8 RGBA (H, W, 4).
    """
    if picture.dtype == "uint8":
        return lambda tensor: convert(tensor.ravel())
    drawing = picture.drawing
    low, high = limits(picture.dtype, drawing)
    all_inside = _all_inside(picture)
    inside = np.empty(picture.size.height * picture.size.width * picture.depth, picture.dtype)

    def guarding(tensor: Array) -> Pixels:
        values = tensor.ravel()
        if all_inside(values):
            return convert(values)
        least, most = values.min(), values.max()
        if least >= low and most <= high:
            return convert(values)
        if drawing.out_of_range == "strict" or np.isnan(least):
            return to_pixels(tensor, drawing)
        return convert(np.clip(values, low, high, out=inside))

    return guarding


def checked(picture: Layout) -> Callable[[Array], Array]:
    """A function that hands tensors on contiguous and, where the drawing is strict, refuses values out of range.

    It is for renderers whose conversion clamps, as a shader does.
    """
    if picture.drawing.out_of_range == "clamp" or picture.dtype == "uint8":
        return np.ascontiguousarray
    low, high = limits(picture.dtype, picture.drawing)
    all_inside = _all_inside(picture)

    def check(tensor: Array) -> Array:
        tensor = np.ascontiguousarray(tensor)
        # In one dimension numpy needs no buffer for it.
        values = tensor.reshape(-1)
        if all_inside(values):
            return tensor
        # A NaN makes both comparisons false, and the patient path lets it through.
        if not (values.min() >= low and values.max() <= high):
            check_range(tensor, picture.drawing)
        return tensor

    return check


def _all_inside(picture: Layout) -> Callable[[Array], bool]:
    """A function that may know in one pass that flat values are all in range; False says that it does not know."""
    low, high = limits(picture.dtype, picture.drawing)
    if low != 0:
        return lambda _: False
    largest = int(np.array(high, picture.dtype).view(np.uint32))
    # For [0, high] the bits grow with the value, and those of a negative value, a larger one and NaN all lie above.
    return lambda values: bool(values.view(np.uint32).max() <= largest)
