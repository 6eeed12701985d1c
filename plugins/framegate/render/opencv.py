"""Tensor to bytes with OpenCV: two passes at the speed of memory, exact all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.render import rounding
from framegate.render.base import CPURenderer
from framegate.render.oracle import LIMITS, check_range, to_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from framegate.interfaces import Array, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout

    Scale = Callable[[Array, Array], None]


class OpenCVRenderer(CPURenderer):
    """Converts with ``cv2.convertScaleAbs`` and ``cv2.cvtColor``."""

    def converter(self, picture: Layout) -> Convert:
        """The two calls, with their buffers.

        Raises:
            BackendUnavailable: OpenCV cannot be imported.
        """
        cv2 = _opencv()
        height, width = picture.size
        scale = _scale(cv2, picture.dtype, height * width * picture.depth)
        rgba = np.empty((height, width, 4), np.uint8)
        channels = rgba if picture.depth == 4 else np.empty((height, width, picture.depth), np.uint8)
        scaled = channels.reshape(1, -1)
        code = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_RGB2RGBA}.get(picture.depth)
        largest = _largest_bits(picture.dtype)
        limit = LIMITS[picture.dtype]

        def convert(tensor: Array) -> Pixels:
            values = tensor.reshape(-1)
            # One pass over the bits finds whatever may not be converted blindly: for [0, limit] they grow with the
            # value, and a negative value, a larger one and NaN all lie above.
            if values.view(np.uint32).max() > largest and not (values.min() >= 0 and values.max() <= limit):
                check_range(tensor)
                return to_pixels(tensor)
            scale(values.reshape(1, -1), scaled)
            if code is not None:
                cv2.cvtColor(channels, code, dst=rgba)
            return rgba

        return convert


def _opencv() -> Any:
    try:
        import cv2
    except ImportError as error:
        raise BackendUnavailable(
            f"OpenCV cannot be imported ({error})",
            "python -m pip install opencv-python; sudo apt-get install -y libgl1",
        ) from error
    return cv2


def _largest_bits(dtype: str) -> int:
    return int(np.array(LIMITS[dtype], dtype).view(np.uint32))


def _scale(cv2: Any, dtype: str, count: int) -> Scale:
    """A function that brings values in range to uint8 as ``toPixels`` does.

    ``floor(255 * x + 0.5)`` in float32 goes wrong where the product is rounded up to the next half. Rounded downwards,
    nothing goes wrong: k and k - 0.5 are float32 themselves, so no result falls below one of them unless the true
    value does. OpenCV rounds its result to an integer in the same mode, which is the floor.
    """
    if dtype == "int32":
        return lambda values, out: cv2.convertScaleAbs(values, dst=out)
    scale_down = rounding.downward(cv2.convertScaleAbs)
    if scale_down is not None:

        def rounded_down(values: Array, out: Array) -> None:
            scale_down(values, out, 255.0, 0.5)

        if is_exact(rounded_down, count):
            return rounded_down
    return lambda values, out: cv2.multiply(values, 255.0, dst=out, dtype=cv2.CV_8U)


def is_exact(scale: Scale, count: int) -> bool:
    """Whether a function that never falls as its argument grows rounds at the very float32 where ``toPixels`` does.

    It is enough to look at both sides of each of the 255 steps. They are repeated up to ``count`` values, as many as
    will be converted: should OpenCV share that many among threads, which keep rounding modes of their own, it shows.
    """
    halves = np.arange(255) + 0.5
    nearest = (halves / 255).astype(np.float32)
    above = np.where(nearest.astype(np.float64) * 255 < halves, np.nextafter(nearest, np.float32(1)), nearest)
    # An odd number of values, so that each meets the vector code and some meet the code for what is left over.
    steps = np.concatenate([np.nextafter(above, np.float32(0)), above, np.ones(1, np.float32)])
    values = np.resize(steps, (1, max(count, 3 * len(steps))))
    out = np.empty(values.shape, np.uint8)
    scale(values, out)
    return bool((out == to_pixels(values)[..., 0]).all())
