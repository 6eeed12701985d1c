"""TensorFlow's frozen function: weights are constants, so that its optimiser can fold and fuse."""

from __future__ import annotations

from typing import Any

import numpy as np

from framegate.inference.base import StagedModel, StagedRuntime, TensorFlowThreads
from framegate.inference.feeds import cannot_run
from framegate.interfaces import Array
from framegate.models import tf
from framegate.tfgraph.freeze import freeze
from framegate.tfgraph.frozen_graph import Frozen
from framegate.tfgraph.parts import Parts


class TensorFlowRuntime(TensorFlowThreads, StagedRuntime):
    """Runs both of TF.js' formats as a frozen concrete function.

    Raises:
        BackendUnavailable: TensorFlow cannot be imported.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tf = tf.tensorflow()

    def describe(self) -> str:
        """Version and device, e.g. ``TensorFlow 2.19.0, 2 CPU cores``."""
        return f"TensorFlow {self._tf.__version__}, {tf.device_names()}"

    def build(self, parts: Parts) -> StagedModel:
        """Freeze the model.

        Raises:
            ModelError: it cannot be built.
        """
        return TensorFlowModel(self._tf, parts.name, freeze(self._tf, parts, "held"))


class TensorFlowModel(StagedModel):
    """A frozen function, fed with numpy arrays and read as views of TensorFlow's own memory."""

    def __init__(self, tensorflow: Any, name: str, frozen: Frozen) -> None:
        super().__init__(name, frozen.inputs, frozen.outputs)
        self._call: Any = frozen.call
        self._to_tensor = tensorflow.convert_to_tensor
        self._op_error = tensorflow.errors.OpError
        # A GPU's kernels are only queued when the call returns; a CPU's are done.
        on_gpu = bool(tensorflow.config.list_physical_devices("GPU"))
        self._wait = tensorflow.test.experimental.sync_devices if on_gpu else None

    def infer(self, arrays: list[Array]) -> list[Any]:
        """Copy the arrays into tensors and run the function.

        Raises:
            ModelError: TensorFlow cannot run inputs of these shapes.
        """
        try:
            outputs: list[Any] = self._call(*map(self._to_tensor, arrays))
            if self._wait:
                self._wait()
        except self._op_error as error:
            raise cannot_run(self._name, arrays, error) from error
        return outputs

    def read(self, results: list[Any]) -> list[Array]:
        """Views of the tensors, read-only."""
        return [np.asarray(tensor) for tensor in results]

    def free(self) -> None:
        """Drop the function and its weights."""
        self._call = None
