"""ONNX Runtime on the CPU; tf2onnx converts the frozen graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.inference import onnx_weights
from framegate.inference.abilities import in_words
from framegate.inference.base import PerShape, Shapes, StagedModel
from framegate.inference.converted import INSTEAD, Conversion, ConvertedRuntime
from framegate.inference.feeds import cannot_run
from framegate.inference.libraries import converter_message, import_library, silent
from framegate.interfaces import Array
from framegate.tfgraph.export import exported, feed_name, fetch_name
from framegate.tfgraph.frozen_graph import Frozen

ONNX_FILE = "model.onnx"
_OPSET = 17
_PROVIDERS = ("CPUExecutionProvider",)


class OnnxRuntime(ConvertedRuntime):
    """Runs models in ONNX Runtime.

    Raises:
        BackendUnavailable: ONNX Runtime cannot be imported.
    """

    folder = "onnx"
    packages = ("tf2onnx", "onnx")

    def __init__(self) -> None:
        super().__init__()
        self._runtime = import_library("onnxruntime", "onnxruntime")

    def describe(self) -> str:
        """Version, device and threads, e.g. ``ONNX Runtime 1.31.1, CPU, 2 threads``."""
        return f"ONNX Runtime {self._runtime.__version__}, CPU, {in_words(self.threads)}"

    def convert(self, tensorflow: Any, frozen: Frozen, folder: Path) -> None:
        """Convert the frozen graph with tf2onnx.

        Raises:
            BackendUnavailable: tf2onnx left an op that is unknown to ONNX.
        """
        onnx, tf2onnx = import_library("onnx", "onnxruntime"), import_library("tf2onnx", "onnxruntime")
        export = exported(tensorflow, frozen)
        model, _ = tf2onnx.convert.from_graph_def(
            export.graph,
            input_names=[f"{name}:0" for name in export.inputs],
            output_names=[f"{fetch_name(index)}:0" for index in range(len(frozen.outputs))],
            opset=_OPSET,
        )
        # What tf2onnx does not know it logs and leaves as it was.
        known = {schema.name for schema in onnx.defs.get_all_schemas()}
        unknown = sorted({node.op_type for node in model.graph.node if not node.domain} - known)
        if unknown:
            raise BackendUnavailable(f"it does not know {', '.join(unknown)}", INSTEAD)
        onnx_weights.put(onnx, model, {f"{name}:0": array for name, array in export.weights.items()}, folder)
        _name_dynamic_dimensions(model)
        onnx.save_model(model, folder / ONNX_FILE)

    def open(self, conversion: Conversion) -> OnnxModel:
        """Find the converted model; a session is made when the first input's shape is known."""
        return OnnxModel(self._runtime, conversion, self.threads)


class OnnxModel(StagedModel):
    """A session for each shape; inputs and outputs are shared with numpy, not copied."""

    def __init__(self, runtime: Any, conversion: Conversion, threads: int) -> None:
        super().__init__(conversion.name, conversion.inputs, conversion.outputs)
        self._runtime = runtime
        self._file = conversion.folder / ONNX_FILE
        self._threads = threads
        self._refusals = _refusals(runtime)
        self._feeds = [f"{feed_name(index)}:0" for index in range(len(conversion.inputs))]
        self._fetches = [f"{fetch_name(index)}:0" for index in range(len(conversion.outputs))]
        self._sessions = PerShape(self._session)

    def infer(self, arrays: list[Array]) -> Any:
        """Run the session; each run has outputs of its own.

        Raises:
            BackendUnavailable: ONNX Runtime refuses what tf2onnx made.
            ModelError: it cannot run inputs of these shapes.
        """
        session, used = self._sessions(arrays)
        share = self._runtime.OrtValue.ortvalue_from_numpy
        feeds = {
            name: share(np.asarray(array, order="C"))
            for name, array in zip(self._feeds, arrays, strict=True)
            if name in used
        }
        try:
            return session.run_with_ort_values(self._fetches, feeds)
        except self._refusals as error:
            raise cannot_run(self._name, arrays, error) from error

    def read(self, results: Any) -> list[Array]:
        """The results as arrays."""
        return [value.numpy() for value in results]

    def free(self) -> None:
        """Drop the sessions."""
        self._sessions.clear()

    def _session(self, shapes: Shapes) -> tuple[Any, set[str]]:
        """A session that knows all shapes, and the names of the inputs that outputs depend on."""
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = self._threads
        # Threads that spin for the next run take a core from preprocessing and drawing, for a few percent in inference.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3  # errors; warnings are about how tf2onnx writes
        for name, side in dimensions(shapes).items():
            options.add_free_dimension_override_by_name(name, side)
        try:
            with silent():
                session = self._runtime.InferenceSession(self._file, options, providers=_PROVIDERS)
        except self._refusals as error:
            raise BackendUnavailable(
                f"ONNX Runtime cannot load the model ({converter_message(error)})", INSTEAD
            ) from error
        return session, {port.name for port in session.get_inputs()}


def dimensions(shapes: Sequence[Sequence[int]]) -> dict[str, int]:
    """The dimensions of inputs that model.json leaves open, by their names in the converted model."""
    return {_dimension(index, axis): side for index, shape in enumerate(shapes) for axis, side in enumerate(shape)}


def _dimension(index: int, axis: int) -> str:
    return f"{feed_name(index)}_{axis}"


def _name_dynamic_dimensions(model: Any) -> None:
    """Name each dynamic dimension of each input, so that a session can be told its size."""
    for port in model.graph.input:
        feed = int(port.name.removesuffix(":0").rpartition("_")[2])
        for axis, dim in enumerate(port.type.tensor_type.shape.dim):
            if not dim.HasField("dim_value"):
                dim.dim_param = _dimension(feed, axis)


def _refusals(runtime: Any) -> tuple[type[Exception], ...]:
    state = runtime.capi.onnxruntime_pybind11_state
    names = (
        "EPFail", "Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NotImplemented", "RuntimeException",
    )  # fmt: skip
    return tuple(getattr(state, name) for name in names)
