"""Keras layers that compute what TF.js 4.22 computes, where Keras' own compute differently.

Facts from the source of @tensorflow/tfjs-layers and @tensorflow/tfjs-backend-cpu 4.22.0; its answers, made by
`scripts/tfjs-layers.cjs`, are compared in the tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framegate.models import tf

_FIRST = (
    "AveragePooling2D", "AveragePooling3D", "Conv1D", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose",
    "DepthwiseConv2D", "MaxPooling2D", "MaxPooling3D", "SeparableConv2D",
)  # fmt: skip


def tfjs_layers(keras: Any) -> dict[str, Any]:
    """Class name -> the class to build in place of Keras' own."""
    own = (
        _batch_normalization(keras), _bidirectional(keras), _center_crop(keras),
        _layer_normalization(keras), _mean_of_all(keras), _up_sampling(keras),
    )  # fmt: skip
    return {kind.__name__: kind for kind in (*own, *(_channels_first(getattr(keras.layers, name)) for name in _FIRST))}


def _channels_first(base: Any) -> Any:
    """TensorFlow computes images of channels first on GPUs only: there they are turned, and back, as TF.js does."""
    tensorflow = tf.tensorflow()

    class First(base):  # type: ignore[misc] # Keras is untyped here
        def __init__(self, *args: Any, data_format: str | None = None, **settings: Any) -> None:
            super().__init__(*args, **settings)
            self.first = data_format == "channels_first"

        def build(self, shape: Any) -> None:
            if self.first:
                sides = tensorflow.TensorShape(shape).as_list()
                shape = tensorflow.TensorShape([sides[0], *sides[2:], sides[1]])
            super().build(shape)
            if self.first:
                self.input_spec = None

        def call(self, inputs: Any) -> Any:
            if not self.first:
                return super().call(inputs)
            rank = len(inputs.shape)
            outputs = super().call(tensorflow.transpose(inputs, [0, *range(2, rank), 1]))
            # TF.js' Conv1D leaves the channels last.
            return outputs if rank == 3 else tensorflow.transpose(outputs, [0, rank - 1, *range(1, rank - 1)])

    First.__name__ = base.__name__
    return First


def _batch_normalization(keras: Any) -> Any:
    tensorflow = tf.tensorflow()

    class BatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc] # Keras is untyped here
        def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:  # noqa: ARG002, FBT001 # Keras' signature
            """Compute as outside of training, as TF.js does.

            Along an axis that is not the last, TF.js' cpu backend takes one mean after the other for each
            *number*, in the order of memory.
            """
            axis = self.axis[0] if isinstance(self.axis, list | tuple) else self.axis
            if axis in (-1, len(inputs.shape) - 1):
                return super().call(inputs, training=False)
            flat = tensorflow.reshape(inputs, [-1, self.moving_mean.shape[0]])
            scale = tensorflow.math.rsqrt(self.moving_variance + self.epsilon)
            scale = scale * self.gamma if self.scale else scale
            shifted = (flat - self.moving_mean) * scale
            return tensorflow.reshape(shifted + self.beta if self.center else shifted, tensorflow.shape(inputs))

    return BatchNormalization


def _bidirectional(keras: Any) -> Any:
    class Bidirectional(keras.layers.Bidirectional):  # type: ignore[misc] # Keras is untyped here
        def __init__(self, *args: Any, **settings: Any) -> None:
            """Have masked steps repeat the one before, as in TF.js; Keras makes them zero."""
            super().__init__(*args, **settings)
            for layer in (self.forward_layer, self.backward_layer):
                layer.zero_output_for_mask = False

    return Bidirectional


def _layer_normalization(keras: Any) -> Any:
    class LayerNormalization(keras.layers.LayerNormalization):  # type: ignore[misc] # Keras is untyped here
        def build(self, shape: Any) -> None:
            """TensorFlow 2.19 takes means along [1, 2], not [-3, -2], for a norm with a scale for each channel."""
            super().build(shape)
            axes = [axis - len(shape) for axis in vars(self)["axis"]]
            if -1 not in axes:
                self.axis = axes

    return LayerNormalization


def _mean_of_all(keras: Any) -> Any:
    class GlobalAveragePooling1D(keras.layers.GlobalAveragePooling1D):  # type: ignore[misc] # Keras is untyped here
        def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: ARG002 # Keras' signature
            """The mean of all steps, as in TF.js, where Keras leaves those out that are masked."""
            return super().call(inputs)

    return GlobalAveragePooling1D


def _up_sampling(keras: Any) -> Any:
    tensorflow = tf.tensorflow()

    class UpSampling2D(keras.layers.UpSampling2D):  # type: ignore[misc] # Keras is untyped here
        def call(self, inputs: Any) -> Any:
            if self.interpolation != "bilinear":
                return super().call(inputs)
            first = self.data_format == "channels_first"
            image = tensorflow.transpose(inputs, [0, 2, 3, 1]) if first else inputs
            sides = tensorflow.shape(image)[1:3] * tensorflow.constant(self.size, "int32")
            larger = _bilinear(tensorflow, image, sides)
            known = [side and side * factor for side, factor in zip(image.shape[1:3], self.size, strict=True)]
            larger.set_shape([image.shape[0], *known, image.shape[3]])
            return tensorflow.transpose(larger, [0, 3, 1, 2]) if first else larger

    return UpSampling2D


def _bilinear(tensorflow: Any, image: Any, sides: Any) -> Any:
    """TF.js measures from the centre of the first pixel, where Keras measures from its edge."""
    return tensorflow.raw_ops.ResizeBilinear(images=image, size=sides, align_corners=False, half_pixel_centers=False)


def _center_crop(keras: Any) -> Any:
    tensorflow = tf.tensorflow()

    class CenterCrop(keras.layers.CenterCrop):  # type: ignore[misc] # Keras is untyped here
        def call(self, inputs: Any) -> Any:
            image = inputs if len(inputs.shape) == 4 else inputs[tensorflow.newaxis]
            height, width = image.shape[1:3]
            if height is None or width is None:
                raise ValueError("CenterCrop of an image of unknown size; load the model with one size")
            above = 0 if height == self.height else (height - self.height) // 2
            # To TF.js a border of no pixel on the left is one of one.
            left = 0 if width == self.width else (width - self.width) // 2 or 1
            if above < 0 or left < 0:
                cropped = _bilinear(tensorflow, image, [self.height, self.width])
            else:
                lines = _sampled(tensorflow, image, 1, above, self.height)
                cropped = _sampled(tensorflow, lines, 2, left, self.width)
            cropped = tensorflow.cast(cropped, inputs.dtype)
            return cropped if len(inputs.shape) == 4 else cropped[0]

    return CenterCrop


def _sampled(tensorflow: Any, image: Any, axis: int, before: int, count: int) -> Any:
    """Lines of an image along an axis, black where they lie outside of it: TF.js crops by ``cropAndResize``."""
    places = sample_places(image.shape[axis], before, count)
    inside = (places >= 0) & (places <= image.shape[axis] - 1)
    lines = np.where(inside, np.floor(places + 0.5), 0).astype(np.int32)
    samples = tensorflow.gather(image, tensorflow.constant(lines), axis=axis)
    if inside.all():
        return samples
    shape = [-1 if at == axis else 1 for at in range(4)]
    return samples * tensorflow.constant(inside.astype(np.float32).reshape(shape), image.dtype)


def sample_places(side: int, before: int, count: int) -> NDArray[np.float64]:
    """Where ``tf.image.cropAndResize`` takes its samples along an axis, in pixels: float64 (count,).

    Args:
        side: pixels of the image.
        before: pixels in front of the box.
        count: pixels of the box and of the result.
    """
    start, end = float(np.float32(before / side)), float(np.float32((before + count) / side))
    if count == 1:
        return np.array([0.5 * (start + end) * (side - 1)])
    step = (end - start) * (side - 1) / (count - 1)
    return np.asarray(start * (side - 1) + np.arange(count) * step, np.float64)
