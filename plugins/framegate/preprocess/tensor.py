"""Between pixels and tensors: uint8 to the range a model expects, and a model's outputs to a picture."""

from __future__ import annotations

from collections.abc import Mapping

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


class ToPicture:
    """A model's outputs to the picture that a renderer is handed: one of them, without its batch dimension.

    float32 is handed on as it is, without a copy, and so are int32 and uint8 where their range is that of bytes, which
    is how renderers take integers. Everything else is copied to float32.

    Args:
        name: the output's name.
        outputs: what the model returned once; the output's shape is (H, W, C) or (1, H, W, C).
        value_range: the output values that are shown as 0 and 255.

    Attributes:
        outputs: the latest ones. They may be the model's memory, which its next run overwrites.
    """

    def __init__(self, name: str, outputs: Mapping[str, Array], value_range: Range) -> None:
        self._name = name
        self._shape = outputs[name].shape[-3:]
        dtypes = ("float32", "int32", "uint8") if value_range == (0, 255) else ("float32",)
        self._dtype = outputs[name].dtype if outputs[name].dtype.name in dtypes else np.dtype(np.float32)
        self.outputs = outputs

    @property
    def tensor(self) -> Array:
        """The latest picture, (H, W, C), of the same memory if nothing has to be converted."""
        return self._picture(self.outputs)

    def __call__(self, outputs: Mapping[str, Array]) -> Array:
        """Return the picture, and keep the outputs."""
        self.outputs = outputs
        return self._picture(outputs)

    def _picture(self, outputs: Mapping[str, Array]) -> Array:
        return outputs[self._name].reshape(self._shape).astype(self._dtype, copy=False)
