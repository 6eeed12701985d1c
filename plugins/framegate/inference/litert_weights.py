"""Put weights into a LiteRT model that takes them as inputs: after its flatbuffer, in a file that is mapped.

Inside, each would be there many times over in TensorFlow's converter.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from framegate.interfaces import Array

_IDENTIFIER = b"TFL3"
_ALIGNMENT = 64
# An offset of 0 or 1 would say that the bytes are inside.
_ANY_OFFSET = 1 << 20


def write_litert(schema: Any, content: bytes, weights: Mapping[str, Array], path: Path) -> None:
    """Write a model in which the weights are constants; operators that only rearrange one are applied now.

    Args:
        schema: LiteRT's ``schema_py_generated`` module.
        content: the model.
        weights: name of an input in the model's signature -> its value.
        path: the file to write.
    """
    if not weights:
        path.write_bytes(content)
        return
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    values = _take_inputs(model, weights)
    (graph,) = model.subgraphs
    graph.operators = [op for op in graph.operators if not _is_done(schema, model, op, values)]
    used = {index for op in graph.operators for index in op.inputs} | set(graph.outputs)
    kept = {index: np.ascontiguousarray(value) for index, value in values.items() if index in used}
    for index, value in kept.items():
        buffer = schema.BufferT()
        buffer.offset, buffer.size = _ANY_OFFSET, value.nbytes
        graph.tensors[index].buffer = len(model.buffers)
        model.buffers.append(buffer)
    _write(model, list(kept.values()), path)


def _take_inputs(model: Any, weights: Mapping[str, Array]) -> dict[int, Array]:
    """Index of a tensor -> its value, for inputs that become constants."""
    values = {}
    (graph,), (signature,) = model.subgraphs, model.signatureDefs
    for port in signature.inputs:
        if port.name.decode() in weights:
            values[port.tensorIndex] = weights[port.name.decode()]
    signature.inputs = [port for port in signature.inputs if port.tensorIndex not in values]
    graph.inputs = [index for index in graph.inputs if index not in values]
    return values


def _is_done(schema: Any, model: Any, op: Any, values: dict[int, Array]) -> bool:
    """Transpose or reshape a weight, and say whether that was all that the operator does."""
    (graph,) = model.subgraphs
    code = model.operatorCodes[op.opcodeIndex]
    kind = max(code.builtinCode, code.deprecatedBuiltinCode)
    value, (result, *_) = values.get(op.inputs[0]), op.outputs
    if value is None or result in graph.outputs:
        return False
    if kind == schema.BuiltinOperator.RESHAPE:
        values[result] = value.reshape(graph.tensors[result].shape)
        return True
    axes = _constant(model, op.inputs[1]) if kind == schema.BuiltinOperator.TRANSPOSE else None
    if axes is None:
        return False
    values[result] = value.transpose(axes)
    return True


def _constant(model: Any, index: int) -> Array | None:
    data = model.buffers[model.subgraphs[0].tensors[index].buffer].data
    return None if data is None else np.asarray(data, np.uint8).view("<i4")


def _write(model: Any, values: list[Array], path: Path) -> None:
    """Write the flatbuffer, and the values after it, at the places that it names."""
    buffers = model.buffers[-len(values) :]
    # Whatever the offsets are, they take the same room.
    end = len(_packed(model))
    for buffer, value in zip(buffers, values, strict=True):
        buffer.offset = -(-end // _ALIGNMENT) * _ALIGNMENT
        end = buffer.offset + value.nbytes
    with path.open("wb") as file:
        file.write(_packed(model))
        for buffer, value in zip(buffers, values, strict=True):
            file.write(bytes(buffer.offset - file.tell()))
            value.tofile(file)


def _packed(model: Any) -> bytes:
    builder = importlib.import_module("flatbuffers").Builder(1 << 20)
    builder.Finish(model.Pack(builder), _IDENTIFIER)
    return bytes(builder.Output())
