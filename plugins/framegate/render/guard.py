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
    largest = int(np.array(high, picture.dtype).view(np.uint32))
    inside = np.empty(picture.size.height * picture.size.width * picture.depth, picture.dtype)

    def guarding(tensor: Array) -> Pixels:
        values = tensor.ravel()
        # One pass over the bits finds whatever may not be converted blindly: for [0, high] they grow with the value,
        # and a negative value, a larger one and NaN all lie above.
        if low == 0 and values.view(np.uint32).max() <= largest:
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

    def check(tensor: Array) -> Array:
        tensor = np.ascontiguousarray(tensor)
        # In one dimension numpy needs no buffer for it.
        values = tensor.reshape(-1)
        # A NaN makes both comparisons false, and the patient path lets it through.
        if not (values.min() >= low and values.max() <= high):
            check_range(tensor, picture.drawing)
        return tensor

    return check
