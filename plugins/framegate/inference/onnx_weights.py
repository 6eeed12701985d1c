"""Put weights into an ONNX model that takes them as inputs: as initialisers whose bytes lie in a file of their own.

Inside the model's protobuf each would be there many times over, in the converter and in whatever reads it. ONNX Runtime
maps the file into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from framegate.interfaces import Array

WEIGHTS_FILE = "weights.bin"
# What ONNX Runtime maps begins at a page.
_ALIGNMENT = 4096


def put(onnx: Any, model: Any, weights: Mapping[str, Array], folder: Path) -> None:
    """Turn the inputs that are weights into initialisers; a transposition of one is applied now.

    Args:
        onnx: the ``onnx`` module.
        model: the ModelProto, which is changed.
        weights: name of an input -> its value.
        folder: folder for the file of values.
    """
    if not weights:
        return
    graph = model.graph
    values = dict(weights)
    for node in _transpositions(graph, values):
        values[node.output[0]] = values[node.input[0]].transpose(_axes(node, values[node.input[0]]))
        graph.node.remove(node)
    _remove(graph.input, weights)
    _remove(graph.value_info, values)
    used = {name for node in graph.node for name in node.input} | {port.name for port in graph.output}
    with (folder / WEIGHTS_FILE).open("wb") as file:
        for name in sorted(used & values.keys()):
            graph.initializer.append(_initializer(onnx, name, values[name], file))


def _transpositions(graph: Any, values: Mapping[str, Array]) -> Iterator[Any]:
    """Nodes that transpose known values, in the order of the graph."""
    outputs = {port.name for port in graph.output}
    for node in list(graph.node):
        if node.op_type == "Transpose" and node.input[0] in values and node.output[0] not in outputs:
            yield node


def _axes(node: Any, array: Array) -> tuple[int, ...]:
    order = next((tuple(attribute.ints) for attribute in node.attribute if attribute.name == "perm"), None)
    return order if order is not None else tuple(reversed(range(array.ndim)))


def _remove(ports: Any, names: Mapping[str, Array]) -> None:
    for port in [port for port in ports if port.name in names]:
        ports.remove(port)


def _initializer(onnx: Any, name: str, array: Array, file: IO[bytes]) -> Any:
    file.write(bytes(-file.tell() % _ALIGNMENT))
    start = file.tell()
    np.ascontiguousarray(array).tofile(file)
    tensor = onnx.TensorProto(
        name=name,
        dims=array.shape,
        data_type=onnx.helper.np_dtype_to_tensor_dtype(array.dtype),
        data_location=onnx.TensorProto.EXTERNAL,
    )
    for key, value in (("location", WEIGHTS_FILE), ("offset", start), ("length", file.tell() - start)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor
