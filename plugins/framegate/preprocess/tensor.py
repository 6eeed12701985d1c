"""From pixels to a tensor: uint8 to the range that a model expects."""

from __future__ import annotations

import numpy as np

from framegate.interfaces import Array, Pixels, Range


class ToTensor:
    """uint8 image to the model's input tensor.

    The value v becomes ``low + v * (high - low) / 255``, computed in double and rounded once: a table of 256 entries
    holds the results. For the range (-1, 1) that is the original's (v - 127.5) / 127.5.

    Args:
        shape: the tensor's shape, (H, W, C) or (1, H, W, C) with C = 1, 3 or 4.
        dtype: the tensor's dtype, ``float32`` or ``int32``.
        value_range: what 0 and 255 become.
    """

    def __init__(self, shape: tuple[int, ...], dtype: str, value_range: Range) -> None:
        low, high = value_range
        self._table = (low + np.arange(256, dtype=np.float64) * ((high - low) / 255.0)).astype(dtype)
        self._tensor = np.empty(shape, dtype)
        self._image = self._tensor.reshape(shape[-3:])
        self._channels = shape[-1]

    def __call__(self, image: Pixels) -> Array:
        """Fill the tensor from RGB (H, W, 3) or grey (H, W) and return it; the next call overwrites it.

        A model with one channel takes the first one (red), as ``tf.browser.fromPixels`` does; grey is repeated over
        three, and a fourth channel is alpha 255.
        """
        import cv2

        cv2.LUT(with_channels(image, self._channels), self._table, self._image)
        return self._tensor


def with_channels(image: Pixels, channels: int) -> Pixels:
    """RGB (H, W, 3) or grey (H, W) as an image of 1 (H, W), 3 or 4 channels."""
    import cv2

    if channels == 1:
        return image if image.ndim == 2 else cv2.extractChannel(image, 0).view(np.ndarray)
    if channels == 3:
        return image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2RGB).view(np.ndarray)
    return cv2.cvtColor(image, cv2.COLOR_GRAY2RGBA if image.ndim == 2 else cv2.COLOR_RGB2RGBA).view(np.ndarray)
