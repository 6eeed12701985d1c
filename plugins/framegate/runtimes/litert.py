"""LiteRT, once TensorFlow Lite: TensorFlow converts the frozen function, XNNPACK runs it on the CPU."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from framegate.errors import BackendUnavailable, ModelError
from framegate.inference import litert_weights
from framegate.inference.abilities import in_words
from framegate.inference.base import PerShape, Shapes, StagedModel
from framegate.inference.converted import INSTEAD, Conversion, ConvertedRuntime
from framegate.inference.feeds import cannot_run
from framegate.inference.libraries import converter_message, import_library, silent
from framegate.interfaces import Array
from framegate.tfgraph.export import Exported, exported, feed_name, fetch_name
from framegate.tfgraph.frozen_graph import Frozen
from framegate.tfgraph.scales import without_scales

TFLITE_FILE = "model.tflite"
_ERROR = re.compile(r"error: (.+)")


class LiteRTRuntime(ConvertedRuntime):
    """Runs models in LiteRT.

    Args:
        shapes: whole shapes of inputs, by name, which the converted model then has in place of those of model.json.

    Raises:
        BackendUnavailable: LiteRT cannot be imported.
    """

    folder = "litert"
    packages = ("tensorflow",)

    def __init__(self, shapes: Mapping[str, tuple[int, ...]] | None = None) -> None:
        super().__init__()
        self.shapes = shapes or {}
        self._interpreter = import_library("ai_edge_litert.interpreter", "litert").Interpreter

    def describe(self) -> str:
        """Version, device and threads, e.g. ``LiteRT 2.3.0, CPU, 2 threads``."""
        return f"LiteRT {version('ai-edge-litert')}, CPU, {in_words(self.threads)}"

    def convert(self, tensorflow: Any, frozen: Frozen, folder: Path) -> None:
        """Convert the frozen function with TensorFlow's own converter.

        Raises:
            BackendUnavailable: LiteRT lacks an op.
        """
        phase = importlib.import_module("tensorflow.lite.python.convert_phase")
        export = without_scales(exported(tensorflow, frozen))
        function = _function(tensorflow, frozen, export, self.shapes)
        converter = tensorflow.lite.TFLiteConverter.from_concrete_functions([function], tensorflow.Module())
        try:
            model = converter.convert()
        except phase.ConverterError as error:
            reason = _ERROR.search(str(error))
            raise BackendUnavailable(reason[1] if reason else converter_message(error), INSTEAD) from error
        litert_weights.write_litert(
            import_library("ai_edge_litert.schema_py_generated", "litert"), model, export.weights, folder / TFLITE_FILE
        )

    def open(self, conversion: Conversion) -> LiteRTModel:
        """Find the converted model; it is read, and memory allocated, when the first input's shape is known."""
        path = str(conversion.folder / TFLITE_FILE)
        return LiteRTModel(conversion, lambda: self._interpreter(model_path=path, num_threads=self.threads))


class _Ready(NamedTuple):
    """An interpreter with memory for one shape, and the indices of its inputs and outputs."""

    interpreter: Any
    feeds: list[int | None]
    fetches: list[int]


class LiteRTModel(StagedModel):
    """An interpreter for each shape. Its API forces one copy in and one copy out.

    There are views of its memory too, but while anyone holds one the interpreter refuses to run, and what a frame
    returns is held by its reader.
    """

    def __init__(self, conversion: Conversion, make: Callable[[], Any]) -> None:
        super().__init__(conversion.name, conversion.inputs, conversion.outputs)
        self._make = make
        self._ready = PerShape(self._allocate)

    def infer(self, arrays: list[Array]) -> _Ready:
        """Copy the arrays in and run.

        Raises:
            BackendUnavailable: LiteRT cannot take inputs of these shapes.
            ModelError: it fails at them.
        """
        ready = self._ready(arrays)
        try:
            for index, array in zip(ready.feeds, arrays, strict=True):
                if index is not None:
                    ready.interpreter.set_tensor(index, array)
            ready.interpreter.invoke()
        except (RuntimeError, ValueError) as error:
            raise cannot_run(self._name, arrays, error) from error
        return ready

    def read(self, results: _Ready) -> list[Array]:
        """Copies of the results.

        Raises:
            ModelError: LiteRT cannot hand one out, such as a list of no items.
        """
        try:
            return [results.interpreter.get_tensor(index) for index in results.fetches]
        except ValueError as error:
            raise ModelError(
                f"model {self._name}: LiteRT cannot hand out its outputs ({error}); use the tensorflow runtime"
            ) from error

    def free(self) -> None:
        """Drop the interpreters."""
        self._ready.clear()

    def _allocate(self, shapes: Shapes) -> _Ready:
        try:
            with silent():
                ready = self._found(self._make(), len(shapes))
                for index, shape in zip(ready.feeds, shapes, strict=True):
                    if index is not None:
                        ready.interpreter.resize_tensor_input(index, shape)
                ready.interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise BackendUnavailable(
                f"LiteRT cannot prepare the model ({converter_message(error)})", INSTEAD
            ) from error
        return ready

    def _found(self, interpreter: Any, feeds: int) -> _Ready:
        # The runner must be gone before anything is resized: it counts as a view.
        runner = interpreter.get_signature_runner()
        inputs, outputs = runner.get_input_details(), runner.get_output_details()
        return _Ready(
            interpreter,
            [inputs.get(feed_name(index), {}).get("index") for index in range(feeds)],
            [outputs[fetch_name(index)]["index"] for index in range(len(self._outputs))],
        )


def _function(tensorflow: Any, frozen: Frozen, export: Exported, shapes: Mapping[str, tuple[int, ...]]) -> Any:
    """The frozen function with inputs and outputs named by their index, which the converter keeps in a signature."""
    names = [*map(feed_name, range(len(frozen.inputs))), *export.weights]
    needed = frozenset(export.inputs)
    fetches = [fetch_name(index) for index in range(len(frozen.outputs))]

    def run(*feeds: Any) -> dict[str, Any]:
        input_map = {name: feed for name, feed in zip(names, feeds, strict=True) if name in needed}
        results = tensorflow.graph_util.import_graph_def(
            export.graph, input_map=input_map, return_elements=[f"{name}:0" for name in fetches], name=""
        )
        return dict(zip(fetches, results, strict=True))

    infos = [info.name for info in frozen.inputs]
    specs = [
        tensorflow.TensorSpec(shapes.get(info, tensor.shape), tensor.dtype, name)
        for info, name, tensor in zip_longest(infos, names, frozen.call.inputs[: len(names)])
    ]
    return tensorflow.function(run, input_signature=specs, autograph=False).get_concrete_function()
