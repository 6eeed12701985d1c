"""``Model.predict``: what people write first. Its cost a call is made for big batches, and kept here for comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from framegate.errors import BackendUnavailable, ModelError
from framegate.interfaces import Array, ResolvedModel, Stage, Stages, TensorInfo
from framegate.measure import stages
from framegate.models import tf
from framegate.runtimes.feeds import cannot_run, ordered
from framegate.runtimes.frozen_graph import freeze_graph, info_of
from framegate.runtimes.keras_model import build_keras
from framegate.runtimes.parts import Parts, add_weights, parse


class KerasRuntime:
    """Runs layers models as the Keras models they are, and graph models as a Keras model of one layer.

    Raises:
        BackendUnavailable: TensorFlow or tf_keras cannot be imported.
    """

    def __init__(self) -> None:
        self._tf = tf.tensorflow()
        self._keras = tf.tf_keras()

    def describe(self) -> str:
        """Version and device, e.g. ``tf_keras 2.19.0, 2 CPU cores``."""
        return f"tf_keras {self._keras.__version__}, {tf.devices()}"

    def load(self, model: ResolvedModel) -> KerasModel:
        """Load a model: all of `stages`.

        Raises:
            ModelError: the model cannot be read or built.
        """
        loaded: KerasModel = stages.run(self.stages(), model)
        return loaded

    def stages(self) -> Stages:
        """``load`` cut into ``parse``, ``weights`` and ``build``."""
        return (Stage("parse", parse), Stage("weights", add_weights), Stage("build", self._build))

    def _build(self, parts: Parts) -> KerasModel:
        if parts.json.format == "layers":
            model = build_keras(parts)
            inputs = tuple(map(info_of, model.input_names, model.inputs))
            return KerasModel(parts.name, model, inputs, tuple(map(info_of, model.output_names, model.outputs)))
        frozen = freeze_graph(self._tf, parts)
        single = [info.name for info in frozen.inputs if not info.shape]
        if single:
            raise BackendUnavailable(
                f"predict needs a batch dimension, which input {single[0]!r} has not", "use the tensorflow runtime"
            )
        keras = self._keras
        tensors = [keras.Input(batch_shape=info.shape, dtype=info.dtype) for info in frozen.inputs]
        outputs = keras.layers.Lambda(lambda feeds: frozen.call(*feeds))(tensors)
        return KerasModel(parts.name, keras.Model(tensors, outputs), frozen.inputs, frozen.outputs)


class KerasModel:
    """A Keras model behind ``predict``."""

    def __init__(self, name: str, model: Any, inputs: tuple[TensorInfo, ...], outputs: tuple[TensorInfo, ...]) -> None:
        self._name = name
        self._model = model
        self._op_error: type[Exception] = tf.tensorflow().errors.OpError
        self._inputs = inputs
        self._outputs = outputs

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """What `run` takes."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """What `run` returns."""
        return self._outputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run once: all of `stages`.

        Raises:
            ModelError: the feeds do not fit the inputs.
        """
        return self._readback(self._inference(feeds))

    def stages(self) -> Stages:
        """``run`` cut into ``inference`` and ``readback``, which has little to do: ``predict`` returns host memory."""
        return (Stage("inference", self._inference), Stage("readback", self._readback))

    def close(self) -> None:
        """Free the model and its weights."""
        self._model = None

    def _inference(self, feeds: Mapping[str, Array]) -> Any:
        if self._model is None:
            raise ModelError(f"model {self._name} is closed; load it again")
        arrays = ordered(self._name, self._inputs, feeds)
        try:
            return self._model.predict(arrays if len(arrays) > 1 else arrays[0], verbose=0)
        except (ValueError, self._op_error) as error:
            raise cannot_run(self._name, arrays, error) from error

    def _readback(self, outputs: Any) -> dict[str, Array]:
        arrays = outputs if isinstance(outputs, list) else [outputs]
        return {info.name: np.asarray(array) for info, array in zip(self._outputs, arrays, strict=True)}
