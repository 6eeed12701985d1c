"""The built-in runtimes, one per file."""

from __future__ import annotations

from framegate.interfaces import RuntimeFactory
from framegate.registry import Lazy


def builtin() -> dict[str, RuntimeFactory]:
    """Runtime name -> factory; nothing is imported until a factory is called."""
    return {
        "auto": Lazy("framegate.runtimes.auto", "AutoRuntime"),
        "keras": Lazy("framegate.runtimes.keras", "KerasRuntime"),
        "litert": Lazy("framegate.runtimes.litert", "LiteRTRuntime"),
        "null": Lazy("framegate.runtimes.null", "NullRuntime"),
        "onnxruntime": Lazy("framegate.runtimes.onnxruntime", "OnnxRuntime"),
        "openvino": Lazy("framegate.runtimes.openvino", "OpenVINORuntime"),
        "tensorflow": Lazy("framegate.runtimes.tensorflow", "TensorFlowRuntime"),
        "tensorflow-xla": Lazy("framegate.runtimes.tensorflow_xla", "XLARuntime"),
    }
