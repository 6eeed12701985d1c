"""Build a graph model into a frozen TensorFlow function."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framegate.errors import ModelError, ModelFormatError, UnsupportedOp
from framegate.interfaces import Array, TensorInfo
from framegate.models import graph
from framegate.models.graph import Port
from framegate.models.weights import Weights
from framegate.runtimes.parts import Parts
from framegate.runtimes.rewrites import rewrite


class Frozen(NamedTuple):
    """A function of TensorFlow tensors, in the order of ``inputs`` and ``outputs``, whose weights are constants."""

    call: Any
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


def freeze_graph(tf: Any, parts: Parts) -> Frozen:
    """Build a graph model.

    Args:
        tf: the ``tensorflow`` module.
        parts: topology and weights.

    Raises:
        UnsupportedOp: TensorFlow does not know an op; the error names op and node.
        ModelFormatError: the graph is malformed.
    """
    path, model = parts.json.path, parts.json
    inputs, outputs = graph.inputs(model), graph.outputs(model)
    if not outputs:
        raise ModelFormatError(f"{path}: the graph has no output; convert the model again")
    definition = _graph_def(tf, parts)
    function = _function(tf, path, definition, inputs, outputs)
    return Frozen(function, tuple(port.info for port in inputs), _infos(outputs, function.outputs))


def _graph_def(tf: Any, parts: Parts) -> Any:
    path = parts.json.path
    json_format = importlib.import_module("google.protobuf.json_format")
    topology = {**parts.json.topology, "node": rewrite(path, graph.nodes(parts.json))}
    try:
        definition = json_format.ParseDict(topology, tf.compat.v1.GraphDef(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ModelFormatError(f"{path}: not a TensorFlow graph ({error}); convert the model again") from error
    _fit_ops(path, tf.__version__, definition)
    _put_weights(tf, path, definition, parts.weights)
    return definition


def _fit_ops(path: Path, version: str, definition: Any) -> None:
    """Refuse unknown ops by name; drop attributes that TensorFlow's op has not, which TF.js ignores too."""
    registry = importlib.import_module("tensorflow.python.framework.op_def_registry")
    functions = {function.signature.name for function in definition.library.function}
    for node in definition.node:
        op = registry.get(node.op)
        if op is None:
            if node.op in functions:
                continue
            raise UnsupportedOp(
                f"{path}: node {node.name!r} is of op {node.op!r}, which TensorFlow {version} does not know;"
                " convert the model without it"
            )
        known = {attribute.name for attribute in op.attr}
        for name in [name for name in node.attr if name not in known and not name.startswith("_")]:
            del node.attr[name]


def _put_weights(tf: Any, path: Path, definition: Any, weights: Weights) -> None:
    for node in definition.node:
        if node.op != "Const":
            continue
        array = weights.get(node.name)
        if array is None:
            if not _has_value(node.attr["value"].tensor):
                raise ModelFormatError(
                    f"{path}: constant {node.name!r} has no weight in weightsManifest; convert the model again"
                )
            continue
        try:
            _put_weight(tf, node, array)
        except (TypeError, ValueError) as error:
            raise ModelFormatError(
                f"{path}: constant {node.name!r} does not fit its weight ({error}); convert the model again"
            ) from error


def _put_weight(tf: Any, node: Any, array: Array) -> None:
    """The converter narrows int64 to int32 in the shards and leaves the graph as it was, so the graph decides."""
    declared = node.attr["dtype"].type or node.attr["value"].tensor.dtype
    dtype = tf.dtypes.as_dtype(declared or array.dtype)
    if array.dtype != object:
        array = array.astype(dtype.as_numpy_dtype, copy=False)
    node.attr["dtype"].type = dtype.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(array, dtype, array.shape))


def _has_value(tensor: Any) -> bool:
    """Whether a constant holds its value itself, or needs none because a dimension is 0."""
    values = (field for field, _ in tensor.ListFields() if field.name.endswith(("_val", "_content")))
    return any(values) or any(dim.size == 0 for dim in tensor.tensor_shape.dim)


def _function(tf: Any, path: Path, definition: Any, inputs: Sequence[Port], outputs: Sequence[Port]) -> Any:
    names = _names(definition)
    for port in (*inputs, *outputs):
        if graph.node_name(port.tensor) not in names:
            raise ModelFormatError(f"{path}: the signature names {port.tensor!r}, which the graph lacks")

    def run(*tensors: Any) -> Any:
        feeds = {port.tensor: tensor for port, tensor in zip(inputs, tensors, strict=True)}
        return tf.graph_util.import_graph_def(
            definition, input_map=feeds, return_elements=[port.tensor for port in outputs], name=""
        )

    specs = [tf.TensorSpec(port.info.shape, port.info.dtype) for port in inputs]
    try:
        return tf.function(run, input_signature=specs, autograph=False).get_concrete_function()
    except (ValueError, TypeError, KeyError, tf.errors.OpError) as error:
        raise ModelError(f"{path}: TensorFlow cannot build the graph ({error}); convert the model again") from error


def _names(definition: Any) -> set[str]:
    return {node.name for node in definition.node}


def _infos(ports: Iterable[Port], tensors: Iterable[Any]) -> tuple[TensorInfo, ...]:
    return tuple(info_of(port.info.name, tensor) for port, tensor in zip(ports, tensors, strict=True))


def info_of(name: str, tensor: Any) -> TensorInfo:
    """What TensorFlow knows of a symbolic tensor; of unknown rank it is taken for an image."""
    shape = (None,) * 4 if tensor.shape.rank is None else tuple(tensor.shape.as_list())
    dtype = tensor.dtype.as_numpy_dtype
    return TensorInfo(name, shape, getattr(dtype, "__name__", str(dtype)).removesuffix("_"))
