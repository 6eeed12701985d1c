"""What runtimes of a page load that do not read model.json: the model in their own format, by Python's converters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from framegate.browser.requests import Asked
from framegate.interfaces import ResolvedModel

if TYPE_CHECKING:
    from framegate.inference.converted import Conversion

FedShapes = Mapping[str, tuple[int, ...]]
"""Name of an input -> its whole shape."""


def converted_call(library: str, model: ResolvedModel, shapes: FedShapes) -> Asked:
    """``framegate.load``: a model for a library that reads a format of its own; it is converted now, if it never was.

    Args:
        library: the page's name of the library.
        model: the model.
        shapes: what its inputs are fed.

    Raises:
        BackendUnavailable: the converter is not installed, or refuses the model.
        ModelError: the model cannot be read.
    """
    return _CONVERTED[library](model, shapes)


def _onnx(model: ResolvedModel, shapes: FedShapes) -> Asked:
    from framegate.inference.onnx_weights import WEIGHTS_FILE
    from framegate.runtimes.onnxruntime import ONNX_FILE, OnnxRuntime, dimensions

    conversion = OnnxRuntime().converted(model)
    ports = _ports(conversion, shapes, ":0")
    weights = conversion.folder / WEIGHTS_FILE
    files = {ONNX_FILE: conversion.folder / ONNX_FILE, **({WEIGHTS_FILE: weights} if weights.exists() else {})}
    argument = {
        "file": ONNX_FILE,
        "weights": WEIGHTS_FILE if WEIGHTS_FILE in files else None,
        "dimensions": dimensions([shapes[info.name] for info in conversion.inputs]),
        **ports,
    }
    return Asked(argument, files)


def _litert(model: ResolvedModel, shapes: FedShapes) -> Asked:
    from framegate.runtimes.litert import TFLITE_FILE, LiteRTRuntime

    # LiteRT.js cannot give an input another shape than its file has.
    conversion = LiteRTRuntime(shapes).converted(model)
    return Asked({"file": TFLITE_FILE, **_ports(conversion, shapes)}, {TFLITE_FILE: conversion.folder / TFLITE_FILE})


_CONVERTED: Mapping[str, Callable[[ResolvedModel, FedShapes], Asked]] = {"ort": _onnx, "litert": _litert}


def _ports(conversion: Conversion, shapes: FedShapes, suffix: str = "") -> dict[str, list[Any]]:
    """The inputs and outputs, each with its name in the converted file."""
    from framegate.tfgraph.export import feed_name, fetch_name

    inputs = [
        {"name": info.name, "shape": shapes[info.name], "dtype": info.dtype, "feed": feed_name(index) + suffix}
        for index, info in enumerate(conversion.inputs)
    ]
    outputs = [
        {"name": info.name, "shape": info.shape, "dtype": info.dtype, "fetch": fetch_name(index) + suffix}
        for index, info in enumerate(conversion.outputs)
    ]
    return {"inputs": inputs, "outputs": outputs}
