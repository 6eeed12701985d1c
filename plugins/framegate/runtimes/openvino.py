"""OpenVINO: Intel's compiler for networks, on the CPU. It reads the frozen graph and compiles it per input shape."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.inference.abilities import in_words
from framegate.inference.base import PerShape, Shapes, StagedModel
from framegate.inference.converted import INSTEAD, Conversion, ConvertedRuntime
from framegate.inference.feeds import cannot_run
from framegate.inference.libraries import converter_message, import_library
from framegate.interfaces import Array
from framegate.tfgraph.export import exported, feed_name, fetch_name
from framegate.tfgraph.frozen_graph import Frozen

_FILE = "model.xml"


class OpenVINORuntime(ConvertedRuntime):
    """Runs models in OpenVINO.

    Raises:
        BackendUnavailable: OpenVINO cannot be imported.
    """

    folder = "openvino"
    packages = ("openvino",)

    def __init__(self) -> None:
        super().__init__()
        self._openvino = import_library("openvino", "openvino")
        self._core = self._openvino.Core()

    def describe(self) -> str:
        """Version, device and threads, e.g. ``OpenVINO 2026.4.1, Intel(R) Xeon(R) Processor, 2 threads``."""
        device = " ".join(self._core.get_property("CPU", "FULL_DEVICE_NAME").split())
        return f"OpenVINO {self._openvino.__version__.split('-')[0]}, {device}, {in_words(self.threads)}"

    def convert(self, tensorflow: Any, frozen: Frozen, folder: Path) -> None:
        """Read the frozen graph, put the weights into it, and write OpenVINO's own format, in float32."""
        export = exported(tensorflow, frozen)
        # The core's reader, not openvino.convert_model, which reports usage over the network.
        graph = folder / "frozen.pb"
        graph.write_bytes(export.graph.SerializeToString())
        model = self._core.read_model(graph)
        _put_weights(self._openvino, model, export.weights)
        try:
            self._openvino.save_model(model, folder / _FILE, compress_to_fp16=False)
        except RuntimeError as error:  # its stream's, which does not say more
            raise OSError(errno.ENOSPC, converter_message(error)) from error
        graph.unlink()

    def open(self, conversion: Conversion) -> OpenVINOModel:
        """Read the converted model; it is compiled when the first input's shape is known."""
        config = {
            "ENABLE_CPU_PINNING": False,  # pinned threads wait where another process computes
            "ENABLE_HYPER_THREADING": True,  # else it takes one thread per core, whatever the next line says
            "INFERENCE_NUM_THREADS": self.threads,
            "INFERENCE_PRECISION_HINT": "f32",  # else bfloat16 where the CPU has it, which is off by more than 1e-3
            "PERFORMANCE_HINT": "LATENCY",
        }
        return OpenVINOModel(self._openvino, self._core, conversion, config)


class OpenVINOModel(StagedModel):
    """A model compiled for the shapes it is fed; inputs and outputs are shared with numpy, not copied."""

    def __init__(self, openvino: Any, core: Any, conversion: Conversion, config: dict[str, object]) -> None:
        super().__init__(conversion.name, conversion.inputs, conversion.outputs)
        self._openvino = openvino
        self._core = core
        self._config = config
        try:
            self._model = core.read_model(conversion.folder / _FILE)
        except RuntimeError as error:
            raise BackendUnavailable(
                f"OpenVINO cannot read {conversion.folder / _FILE} ({converter_message(error)})",
                "remove the folder and try again",
            ) from error
        self._order = _order([port.get_names() for port in self._model.outputs], len(self.outputs))
        self._requests = PerShape(self._compile)
        self._fed: list[Any] = []

    def infer(self, arrays: list[Array]) -> Any:
        """Run the request that was compiled for these shapes.

        Raises:
            BackendUnavailable: the model cannot be compiled for them.
            ModelError: OpenVINO fails at inputs of these shapes.
        """
        request, ports = self._requests(arrays)
        # The request reads these while it runs, and holds no reference of its own.
        self._fed = [self._shared(array) for array in arrays]
        try:
            for port, tensor in zip(ports, self._fed, strict=True):
                if port is not None:
                    request.set_tensor(port, tensor)
            request.infer()
        except RuntimeError as error:
            raise cannot_run(self._name, arrays, error) from error
        return request

    def read(self, results: Any) -> list[Array]:
        """Views of the request's own memory, which the next run of this shape overwrites.

        What a model passes on unchanged lies in the caller's own array, and is copied.
        """
        views = [results.get_output_tensor(index).data for index in self._order]
        return [
            view.copy() if any(np.may_share_memory(view, tensor.data) for tensor in self._fed) else view
            for view in views
        ]

    def free(self) -> None:
        """Drop the model and what was compiled of it."""
        self._requests.clear()
        self._model = None
        self._fed = []

    def _shared(self, array: Array) -> Any:
        shared = array.ndim > 0 and array.flags.c_contiguous and array.flags.writeable
        return self._openvino.Tensor(np.asarray(array, order="C"), shared_memory=shared)

    def _compile(self, shapes: Shapes) -> tuple[Any, list[Any]]:
        """A request, and for each input its port, or None where no output depends on it."""
        model = self._model.clone()
        names = [f"{feed_name(index)}:0" for index in range(len(shapes))]
        used = set().union(*(port.get_names() for port in model.inputs))
        try:
            model.reshape({name: list(shape) for name, shape in zip(names, shapes, strict=True) if name in used})
            compiled = self._core.compile_model(model, "CPU", self._config)
        except RuntimeError as error:
            size = ", ".join("x".join(map(str, shape)) for shape in shapes)
            raise BackendUnavailable(
                f"OpenVINO cannot compile the model for inputs of shape {size} ({converter_message(error)})", INSTEAD
            ) from error
        return compiled.create_infer_request(), [compiled.input(name) if name in used else None for name in names]


def _put_weights(openvino: Any, model: Any, weights: Mapping[str, Array]) -> None:
    """Turn the inputs that are weights into constants, and compute what follows from these alone once."""
    for port in model.inputs:
        name = next((name.removesuffix(":0") for name in port.get_names() if name.removesuffix(":0") in weights), None)
        if name is None:
            continue
        constant = openvino.op.Constant(weights[name], shared_memory=weights[name].flags.writeable)
        for target in port.get_target_inputs():
            target.replace_source_output(constant.output(0))
        model.remove_parameter(port.get_node())
    model.validate_nodes_and_infer_types()
    if weights:
        passes = import_library("openvino.passes", "openvino")
        manager = passes.Manager()
        manager.register_pass(passes.ConstantFolding())
        manager.run_passes(model)


def _order(names: list[set[str]], count: int) -> list[int]:
    """OpenVINO's index of each of the model's outputs; an output that passes an input on has lost its name.

    Raises:
        BackendUnavailable: it has left some out, as it does with constants.
    """
    expected = [f"{fetch_name(index)}:0" for index in range(count)]
    nameless = iter([index for index, tensors in enumerate(names) if tensors.isdisjoint(expected)])
    indices = [next((index for index, tensors in enumerate(names) if name in tensors), None) for name in expected]
    places = [next(nameless, None) if index is None else index for index in indices]
    known = [index for index in places if index is not None]
    if len(known) < count:
        raise BackendUnavailable(
            f"OpenVINO has left out {count - len(known)} of {count} outputs", "use the tensorflow runtime"
        )
    return known
