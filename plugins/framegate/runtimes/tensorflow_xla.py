"""TensorFlow's frozen function, compiled by XLA for each input shape."""

from __future__ import annotations

from typing import Any

from framegate.errors import BackendUnavailable, ModelError
from framegate.interfaces import Array
from framegate.runtimes.feeds import cannot_run
from framegate.runtimes.libraries import one_line, silent
from framegate.runtimes.parts import Parts
from framegate.runtimes.tensorflow import TensorFlowModel, TensorFlowRuntime, freeze
from framegate.runtimes.threads import in_words


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
        """
        frozen = freeze(self._tf, parts)

        def run(*tensors: Any) -> Any:
            return frozen.call(*tensors)

        # Each shape is compiled by itself: without a signature, the function is traced anew for every one.
        compiled = self._tf.function(run, jit_compile=True, autograph=False)
        return XLAModel(self._tf, parts.name, frozen._replace(call=compiled))


class XLAModel(TensorFlowModel):
    """A compiled function, fed with numpy arrays and read as views of TensorFlow's own memory."""

    _compiled = False
    """Whether XLA has said what it says the first time, in spite of every log level."""

    def infer(self, arrays: list[Array]) -> list[Any]:
        """Copy the arrays into tensors and run the function.

        Raises:
            BackendUnavailable: XLA cannot compile the model.
            ModelError: TensorFlow cannot run inputs of these shapes.
        """
        try:
            if self._compiled:
                return super().infer(arrays)
            with silent():
                found = super().infer(arrays)
            self._compiled = True
        except ValueError as error:  # at these shapes the graph cannot be built
            raise cannot_run(self._name, arrays, error) from error
        except ModelError as error:
            said = str(error.__cause__)
            if "XLA_CPU_JIT" not in said and "XLA_GPU_JIT" not in said and "compile-time constant" not in said:
                raise
            raise BackendUnavailable(
                f"XLA cannot compile the model ({one_line(error.__cause__ or error)})", "use the tensorflow runtime"
            ) from error
        return found
