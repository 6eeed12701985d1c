"""From pixels to a tensor: uint8 to the range that a model expects."""

from __future__ import annotations

import numpy as np

from framegate.interfaces import Array, Pixels, TensorForm


class ToTensor:
    """uint8 image to the model's input tensor.

    In a channel of the range (low, high), the value v becomes ``low + v * (high - low) / 255``, computed in double and
    rounded once: a table of 256 entries holds the results. For the range (-1, 1) that is the original's
    (v - 127.5) / 127.5.

    Args:
        form: how a picture lies in the tensor.
    """

    def __init__(self, form: TensorForm) -> None:
        by_range = [low + np.arange(256, dtype=np.float64) * ((high - low) / 255.0) for low, high in form.ranges]
        tables = np.stack(by_range, -1).astype(form.dtype)
        self._channels = form.channels
        self._is_swapped = form.is_bgr and form.channels > 1
        self._tensor = np.empty(form.shape, form.dtype)
        picture = self._tensor.reshape(form.shape[-3:])
        if form.is_channels_first:
            tables = np.broadcast_to(tables, (256, form.channels))
            self._parts = [(plane, table.copy()) for plane, table in zip(picture, tables.T, strict=True)]
        else:
            self._parts = [(picture, tables[np.newaxis])]

    def __call__(self, image: Pixels) -> Array:
        """Fill the tensor from RGB (H, W, 3) or grey (H, W) and return it; the next call overwrites it.

        A model with one channel takes the first one (red), as ``tf.browser.fromPixels`` does; grey is repeated over
        three, and a fourth channel is alpha 255.
        """
        import cv2

        picture = with_channels(image, self._channels)
        if self._is_swapped:
            code = cv2.COLOR_RGB2BGR if self._channels == 3 else cv2.COLOR_RGBA2BGRA
            picture = cv2.cvtColor(picture, code).view(np.ndarray)
        sources = cv2.split(picture) if len(self._parts) > 1 else (picture,)
        for source, (part, table) in zip(sources, self._parts, strict=True):
            cv2.LUT(source, table, part)
        return self._tensor


def with_channels(image: Pixels, channels: int) -> Pixels:
    """RGB (H, W, 3) or grey (H, W) as an image of 1 (H, W), 3 or 4 channels."""
    import cv2

    if channels == 1:
        return image if image.ndim == 2 else cv2.extractChannel(image, 0).view(np.ndarray)
    if channels == 3:
        return image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2RGB).view(np.ndarray)
    return cv2.cvtColor(image, cv2.COLOR_GRAY2RGBA if image.ndim == 2 else cv2.COLOR_RGB2RGBA).view(np.ndarray)
