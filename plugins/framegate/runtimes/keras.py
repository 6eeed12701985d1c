"""``Model.predict``: what people write first. Its cost a call is made for big batches, and kept here for comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.interfaces import Array, TensorInfo
from framegate.models import tf
from framegate.runtimes.base import StagedModel, StagedRuntime, Threaded
from framegate.runtimes.feeds import cannot_run
from framegate.runtimes.frozen_graph import freeze_graph, info_of
from framegate.runtimes.keras_model import build_keras
from framegate.runtimes.parts import Parts


class KerasRuntime(Threaded, StagedRuntime):
    """Runs layers models as the Keras models they are, and graph models as a Keras model of one layer.

    Raises:
        BackendUnavailable: TensorFlow or tf_keras cannot be imported.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tf = tf.tensorflow()
        self._keras = tf.tf_keras()

    def use_threads(self, count: int) -> None:
        """Set the threads of all of TensorFlow in this process.

        Raises:
            BackendUnavailable: it has computed on another number.
        """
        tf.use_threads(count)
        super().use_threads(count)

    def describe(self) -> str:
        """Version and device, e.g. ``tf_keras 2.19.0, 2 CPU cores``."""
        return f"tf_keras {self._keras.__version__}, {tf.devices()}"

    def build(self, parts: Parts) -> KerasModel:
        """Build the Keras model.

        Raises:
            ModelError: it cannot be built.
            BackendUnavailable: an input has no batch dimension, which ``predict`` needs.
        """
        if parts.json.format == "layers":
            model = build_keras(parts)
            inputs = tuple(map(info_of, model.input_names, model.inputs))
            return KerasModel(parts.name, model, inputs, tuple(map(info_of, model.output_names, model.outputs)))
        frozen = freeze_graph(self._tf, parts, "held")
        single = [info.name for info in frozen.inputs if not info.shape]
        if single:
            raise BackendUnavailable(
                f"predict needs a batch dimension, which input {single[0]!r} has not", "use the tensorflow runtime"
            )
        keras = self._keras
        tensors = [keras.Input(batch_shape=info.shape, dtype=info.dtype) for info in frozen.inputs]
        outputs = keras.layers.Lambda(lambda feeds: frozen.call(*feeds))(tensors)
        return KerasModel(parts.name, keras.Model(tensors, outputs), frozen.inputs, frozen.outputs)


class KerasModel(StagedModel):
    """A Keras model behind ``predict``."""

    def __init__(self, name: str, model: Any, inputs: tuple[TensorInfo, ...], outputs: tuple[TensorInfo, ...]) -> None:
        super().__init__(name, inputs, outputs)
        self._model = model
        self._op_error: type[Exception] = tf.tensorflow().errors.OpError

    def infer(self, arrays: list[Array]) -> Any:
        """Call ``predict``.

        Raises:
            ModelError: Keras cannot run inputs of these shapes.
        """
        try:
            return self._model.predict(arrays if len(arrays) > 1 else arrays[0], verbose=0)
        except (ValueError, self._op_error) as error:
            raise cannot_run(self._name, arrays, error) from error

    def read(self, results: Any) -> list[Array]:
        """The results as they are: ``predict`` returns arrays in host memory."""
        return [np.asarray(array) for array in (results if isinstance(results, list) else [results])]

    def free(self) -> None:
        """Drop the model and its weights."""
        self._model = None
