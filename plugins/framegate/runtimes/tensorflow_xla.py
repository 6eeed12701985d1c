"""TensorFlow's frozen function, compiled by XLA for each input shape."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.inference.abilities import in_words
from framegate.inference.base import StagedModel
from framegate.inference.feeds import cannot_run
from framegate.inference.libraries import converter_message, silent
from framegate.interfaces import Array
from framegate.machine import release_freed_memory
from framegate.runtimes.tensorflow import TensorFlowRuntime
from framegate.tfgraph.export import Exported, exported, feed_name, fetch_name
from framegate.tfgraph.freeze import freeze
from framegate.tfgraph.frozen_graph import Frozen
from framegate.tfgraph.parts import Parts

# Parts of XLA's errors about an op that it lacks, and about a shape that depends on values.
_REFUSALS = ("XLA_CPU_JIT", "XLA_GPU_JIT", "compile-time constant")


class XLARuntime(TensorFlowRuntime):
    """Runs both of TF.js' formats as one compiled program.

    Raises:
        BackendUnavailable: TensorFlow cannot be imported.
    """

    def describe(self) -> str:
        """Version, device and threads, e.g. ``XLA in TensorFlow 2.19.0, CPU, 2 threads``."""
        return f"XLA in TensorFlow {self._tf.__version__}, CPU, {in_words(self.threads)}"

    def build(self, parts: Parts) -> XLAModel:
        """Freeze the model; XLA compiles it when the first input's shape is known.

        Raises:
            ModelError: it cannot be built.
            BackendUnavailable: it holds something that XLA lacks, such as a hash table.
        """
        return XLAModel(self._tf, parts.name, freeze(self._tf, parts, "apart"), self.threads)


class XLAModel(StagedModel):
    """A compiled function in a session of its own: what XLA compiles is kept as long as the session, and no longer.

    Called from Python, as a ``tf.function``, it would be kept by TensorFlow until the process ends.
    """

    _compiled = False
    """Whether XLA has logged what it logs the first time, in spite of every log level."""

    def __init__(self, tensorflow: Any, name: str, frozen: Frozen, threads: int) -> None:
        super().__init__(name, frozen.inputs, frozen.outputs)
        self._op_error = tensorflow.errors.OpError
        self._session, self._call = _session(tensorflow, frozen, threads)

    def infer(self, arrays: list[Array]) -> list[Array]:
        """Run the function.

        Raises:
            BackendUnavailable: XLA cannot compile the model.
            ModelError: TensorFlow cannot run inputs of these shapes.
        """
        try:
            if self._compiled:
                return self._call(*arrays)
            with silent():
                results = self._call(*arrays)
            self._compiled = True
        except self._op_error as error:
            if not any(refusal in str(error) for refusal in _REFUSALS):
                raise cannot_run(self._name, arrays, error) from error
            raise BackendUnavailable(
                f"XLA cannot compile the model ({converter_message(error)})", "use the tensorflow runtime"
            ) from error
        return results

    def read(self, results: list[Array]) -> list[Array]:
        """The results as they are: the session returns views of TensorFlow's own memory."""
        return [np.asarray(result) for result in results]

    def free(self) -> None:
        """Close the session, and with it the compiled function and its weights."""
        self._session.close()
        # They hold the graph, and with it the weights that are constants; the graph's own objects refer to each other.
        del self._session, self._call
        gc.collect()
        release_freed_memory()


def _session(tf: Any, frozen: Frozen, threads: int) -> tuple[Any, Callable[..., list[Array]]]:
    """A session that holds the large weights, and a function from inputs to outputs in it."""
    v1 = tf.compat.v1
    export = exported(tf, frozen)
    constants = _turned(export)
    graph = tf.Graph()
    with graph.as_default():
        values = {
            name: v1.placeholder(value.dtype, value.shape)
            for name, value in export.weights.items()
            if name not in constants
        }
        variables = {name: v1.Variable(value, use_resource=True, trainable=False) for name, value in values.items()}
        feeds = [v1.placeholder(tensor.dtype, tensor.shape) for tensor in frozen.call.inputs[: len(frozen.inputs)]]
        function = _function(tf, export, len(frozen.outputs), constants, variables)
        outputs = tf.function(function, jit_compile=True, autograph=False)(*feeds)
    session = v1.Session(graph=graph, config=v1.ConfigProto(intra_op_parallelism_threads=threads))
    for name, variable in variables.items():
        session.run(variable.initializer, {values[name]: export.weights[name]})
    return session, session.make_callable(outputs, feeds)


def _turned(export: Exported) -> set[str]:
    """Weights of transposed convolutions: XLA transposes them, once if they are constants, else in every run."""
    return {name for node in export.graph.node if node.op == "Conv2DBackpropInput" for name in node.input[1:2]}


def _function(
    tf: Any, export: Exported, outputs: int, constants: Collection[str], variables: Mapping[str, Any]
) -> Callable[..., Any]:
    needed = set(export.inputs)

    def run(*tensors: Any) -> Any:
        feeds = {feed_name(index): tensor for index, tensor in enumerate(tensors)}
        feeds |= {name: tf.constant(value) for name, value in export.weights.items() if name in constants}
        feeds |= {name: variable.read_value() for name, variable in variables.items()}
        return tf.graph_util.import_graph_def(
            export.graph,
            input_map={name: tensor for name, tensor in feeds.items() if name in needed},
            return_elements=[f"{fetch_name(index)}:0" for index in range(outputs)],
            name="",
        )

    return run
