"""The generator of the TensorFlow pix2pix tutorial (Isola et al. 2017), at any depth and width, untrained."""

from __future__ import annotations

import math
from typing import Any

from framegate.models import tf

_KERNEL = 4
_WIDEST = 8  # the tutorial's blocks stop widening at 8 times the first one's filters
_DROPOUT_BLOCKS = 3


def generator(size: int, filters: int, channels: int, seed: int) -> Any:
    """An untrained tf_keras generator: (None, size, size, channels) float32 -> (None, size, size, 3) in [-1, 1].

    Args:
        size: input side in pixels, a power of two of at least 4; the encoder halves it down to 1.
        filters: filters of the first block.
        channels: input channels.
        seed: the number that all weights follow from; TensorFlow's global seed is neither used nor changed.

    Raises:
        BackendUnavailable: there is no TensorFlow.
    """
    return _Builder(tf.tf_keras(), seed).generator(size, filters, channels)


class _Builder:
    """Names every layer: Keras' automatic names count up over a process, and a model's hash must not."""

    def __init__(self, keras: Any, seed: int) -> None:
        self._keras = keras
        self._layers = keras.layers
        self._seed = seed

    def generator(self, size: int, filters: int, channels: int) -> Any:
        depth = int(math.log2(size))
        widths = [filters * min(2**level, _WIDEST) for level in range(depth)]
        image = x = self._layers.Input((size, size, channels), name="image")
        skips = []
        for level, width in enumerate(widths):
            x = self._down(x, level, width)
            skips.append(x)
        for level in range(depth - 2, -1, -1):
            x = self._up(x, level, widths[level], dropout=depth - 2 - level < _DROPOUT_BLOCKS)
            x = self._layers.Concatenate(name=f"skip_{level}")([x, skips[level]])
        return self._keras.Model(image, self._last(x), name="pix2pix")

    def _down(self, x: Any, level: int, width: int) -> Any:
        name = f"down_{level}"
        x = self._layers.Conv2D(
            width,
            _KERNEL,
            strides=2,
            padding="same",
            use_bias=False,
            kernel_initializer=self._normal(x.shape[-1] * _KERNEL**2),
            name=f"{name}_conv",
        )(x)
        if level > 0:
            x = self._norm(x, name)
        return self._layers.LeakyReLU(name=f"{name}_relu")(x)

    def _up(self, x: Any, level: int, width: int, *, dropout: bool) -> Any:
        name = f"up_{level}"
        x = self._transposed(x, width, f"{name}_conv", use_bias=False)
        x = self._norm(x, name)
        if dropout:
            x = self._layers.Dropout(0.5, name=f"{name}_dropout")(x)
        return self._layers.ReLU(name=f"{name}_relu")(x)

    def _last(self, x: Any) -> Any:
        return self._layers.Activation("tanh", name="image_out")(self._transposed(x, 3, "last_conv", use_bias=True))

    def _transposed(self, x: Any, width: int, name: str, *, use_bias: bool) -> Any:
        # With stride 2 a quarter of a 4x4 kernel meets any one output pixel.
        taps = x.shape[-1] * _KERNEL**2 // 4
        return self._layers.Conv2DTranspose(
            width,
            _KERNEL,
            strides=2,
            padding="same",
            use_bias=use_bias,
            kernel_initializer=self._normal(taps),
            bias_initializer=self._offset(),
            name=name,
        )(x)

    def _norm(self, x: Any, name: str) -> Any:
        return self._layers.BatchNormalization(beta_initializer=self._offset(), name=f"{name}_norm")(x)

    def _offset(self) -> Any:
        """Small but not zero: the converter optimises an addition of zeros away, which no trained net would let it."""
        return self._random(0.1)

    def _normal(self, fan_in: int) -> Any:
        """He et al. 2015: keeps the signal's size through the net.

        The tutorial's deviation of 0.02 is for training; untrained, it lets the signal die out to a flat grey.
        """
        return self._random(math.sqrt(2 / fan_in))

    def _random(self, deviation: float) -> Any:
        self._seed += 1
        return self._keras.initializers.RandomNormal(stddev=deviation, seed=self._seed)
