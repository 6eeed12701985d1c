"""TensorFlow's frozen function: weights are constants, so that its optimiser can fold and fuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from framegate.errors import ModelError
from framegate.interfaces import Array, ResolvedModel, Stage, Stages, TensorInfo
from framegate.measure import stages
from framegate.models import tf
from framegate.runtimes.feeds import cannot_run, ordered
from framegate.runtimes.frozen_graph import Frozen, freeze_graph
from framegate.runtimes.keras_model import freeze_keras
from framegate.runtimes.parts import Parts, add_weights, parse


class TensorFlowRuntime:
    """Runs both of TF.js' formats as a frozen concrete function.

    Raises:
        BackendUnavailable: TensorFlow cannot be imported.
    """

    def __init__(self) -> None:
        self._tf = tf.tensorflow()

    def describe(self) -> str:
        """Version and device, e.g. ``TensorFlow 2.19.0, 2 CPU cores``."""
        return f"TensorFlow {self._tf.__version__}, {tf.devices()}"

    def load(self, model: ResolvedModel) -> TensorFlowModel:
        """Load a model: all of `stages`.

        Raises:
            ModelError: the model cannot be read or built.
        """
        loaded: TensorFlowModel = stages.run(self.stages(), model)
        return loaded

    def stages(self) -> Stages:
        """``load`` cut into ``parse``, ``weights`` and ``build``."""
        return (Stage("parse", parse), Stage("weights", add_weights), Stage("build", self._build))

    def _build(self, parts: Parts) -> TensorFlowModel:
        return TensorFlowModel(self._tf, parts.name, freeze(self._tf, parts))


class TensorFlowModel:
    """A frozen function, fed and read as numpy arrays."""

    def __init__(self, tensorflow: Any, name: str, frozen: Frozen) -> None:
        self._name = name
        self._inputs = frozen.inputs
        self._outputs = frozen.outputs
        self._call: Callable[..., Any] | None = frozen.call
        self._to_tensor = tensorflow.convert_to_tensor
        self._op_error = tensorflow.errors.OpError
        # A GPU's kernels are only queued when the call returns; a CPU's are done.
        on_gpu = bool(tensorflow.config.list_physical_devices("GPU"))
        self._wait = tensorflow.test.experimental.sync_devices if on_gpu else None

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """What `run` takes."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """What `run` returns."""
        return self._outputs

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Run once: all of `stages`. The arrays returned are views of TensorFlow's own memory, and read-only.

        Raises:
            ModelError: the feeds do not fit the inputs, or TensorFlow cannot run them.
        """
        return self._readback(self._inference(feeds))

    def stages(self) -> Stages:
        """``run`` cut into ``inference`` (input copy included) and ``readback``."""
        return (Stage("inference", self._inference), Stage("readback", self._readback))

    def close(self) -> None:
        """Free the function and its weights."""
        self._call = None

    def _inference(self, feeds: Mapping[str, Array]) -> list[Any]:
        if self._call is None:
            raise ModelError(f"model {self._name} is closed; load it again")
        arrays = ordered(self._name, self._inputs, feeds)
        try:
            outputs: list[Any] = self._call(*map(self._to_tensor, arrays))
            if self._wait:
                self._wait()
        except self._op_error as error:
            raise cannot_run(self._name, arrays, error) from error
        return outputs

    def _readback(self, outputs: list[Any]) -> dict[str, Array]:
        return {info.name: np.asarray(tensor) for info, tensor in zip(self._outputs, outputs, strict=True)}


def freeze(tensorflow: Any, parts: Parts) -> Frozen:
    """Build a model of either format into a frozen function.

    Raises:
        ModelError: the model cannot be built.
    """
    return freeze_graph(tensorflow, parts) if parts.json.format == "graph" else freeze_keras(tensorflow, parts)
