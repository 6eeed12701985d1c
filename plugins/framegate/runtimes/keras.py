"""``Model.predict``: what people write first, made for big batches: it costs much per call. Here for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from framegate.inference.base import StagedModel, StagedRuntime, TensorFlowThreads
from framegate.inference.feeds import cannot_run
from framegate.interfaces import Array, TensorInfo
from framegate.models import tf
from framegate.tfgraph.frozen_graph import Frozen, freeze_graph, info_of
from framegate.tfgraph.keras_model import build_keras
from framegate.tfgraph.parts import Parts


class KerasRuntime(TensorFlowThreads, StagedRuntime):
    """Runs layers models as the Keras models they are, and graph models as a Keras model of one layer.

    Raises:
        BackendUnavailable: TensorFlow or tf_keras cannot be imported.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tf = tf.tensorflow()
        self._keras = tf.tf_keras()

    def describe(self) -> str:
        """Version and device, e.g. ``tf_keras 2.19.0, 2 CPU cores``."""
        return f"tf_keras {self._keras.__version__}, {tf.device_names()}"

    def build(self, parts: Parts) -> KerasModel:
        """Build the Keras model.

        Raises:
            ModelError: it cannot be built.
        """
        if parts.json.format == "layers":
            model = build_keras(parts)
            inputs = tuple(map(info_of, model.input_names, model.inputs))
            return KerasModel(parts.name, model, inputs, tuple(map(info_of, model.output_names, model.outputs)))
        frozen = freeze_graph(self._tf, parts, "held")
        batch = () if _is_batched(frozen.inputs) else (1,)
        model = self._around(frozen, batch)
        return KerasModel(parts.name, model, frozen.inputs, frozen.outputs, is_framed=bool(batch))

    def _around(self, frozen: Frozen, batch: tuple[int, ...]) -> Any:
        """A Keras model of one layer that calls the function; its tensors may have a batch dimension more."""
        keras = self._keras

        def call(feeds: list[Any]) -> Any:
            results = frozen.call(*(feed[0] for feed in feeds) if batch else feeds)
            return [result[self._tf.newaxis] for result in results] if batch else results

        tensors = [keras.Input(batch_shape=(*batch, *info.shape), dtype=info.dtype) for info in frozen.inputs]
        return keras.Model(tensors, keras.layers.Lambda(call)(tensors))


class KerasModel(StagedModel):
    """A Keras model behind ``predict``, which wants all of its inputs to be batches of one length.

    Args:
        name: the model's name, for errors.
        model: the Keras model.
        inputs: inputs of ``run``.
        outputs: results of ``run``.
        is_framed: whether the Keras model takes its inputs and returns its outputs in a batch of one.
    """

    def __init__(
        self,
        name: str,
        model: Any,
        inputs: tuple[TensorInfo, ...],
        outputs: tuple[TensorInfo, ...],
        *,
        is_framed: bool = False,
    ) -> None:
        super().__init__(name, inputs, outputs)
        self._model = model
        self._is_framed = is_framed
        self._op_error: type[Exception] = tf.tensorflow().errors.OpError

    def infer(self, arrays: list[Array]) -> Any:
        """Call ``predict``.

        Raises:
            ModelError: Keras cannot run inputs of these shapes.
        """
        feeds = [array[np.newaxis] for array in arrays] if self._is_framed else arrays
        try:
            # Unless it is told, predict cuts what it is fed into batches of 32.
            return self._model.predict(feeds if len(feeds) > 1 else feeds[0], batch_size=len(feeds[0]) or 1, verbose=0)
        except (ValueError, self._op_error) as error:
            raise cannot_run(self._name, arrays, error) from error

    def read(self, results: Any) -> list[Array]:
        """The results as they are: ``predict`` returns arrays in host memory."""
        arrays = [np.asarray(array) for array in (results if isinstance(results, list) else [results])]
        return [array[0] for array in arrays] if self._is_framed else arrays

    def free(self) -> None:
        """Drop the model and its weights."""
        self._model = None


def _is_batched(inputs: Sequence[TensorInfo]) -> bool:
    """Whether all inputs can be batches of one length."""
    return all(info.shape for info in inputs) and len({info.shape[0] for info in inputs}) == 1
