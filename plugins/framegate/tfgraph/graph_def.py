"""Turn a graph model's topology and weights into a GraphDef that TensorFlow takes."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framegate.analysis.bounds import check_sums
from framegate.errors import ModelFormatError
from framegate.interfaces import Array
from framegate.models import graph, wiring
from framegate.models.memory import check_fits, tensor_bytes
from framegate.models.nodes import NodeJson, node_name
from framegate.models.weights import Weights
from framegate.tfgraph import tfjs_ops
from framegate.tfgraph.closed_list import restricted
from framegate.tfgraph.dtypes import tfjs_type, use_tfjs_type, use_tfjs_types, weight_type
from framegate.tfgraph.frames import into_frames
from framegate.tfgraph.layout import channels_last
from framegate.tfgraph.node_names import valid_name
from framegate.tfgraph.parts import Parts
from framegate.tfgraph.rewrites import rewrite, rewrite_library

# Smaller constants are no danger, and most are smaller.
_FEW = 1 << 20


class Definition(NamedTuple):
    """A GraphDef without its inputs and the weights that were left out, and what its users need to know.

    Attributes:
        proto: the GraphDef.
        names: valid names of the nodes that the model had.
        used: valid names of the nodes whose results the graph takes.
        left_out: name and dtype of the weights that were left out.
    """

    proto: Any
    names: frozenset[str]
    used: frozenset[str]
    left_out: tuple[tuple[str, Any], ...]


def definition_of(
    tf: Any, parts: Parts, outputs: Iterable[str], inputs: Iterable[str] = (), apart: frozenset[str] = frozenset()
) -> Definition:
    """The graph that the outputs need.

    Args:
        tf: the ``tensorflow`` module.
        parts: topology and weights.
        outputs: tensors that the graph must give.
        inputs: tensors that are fed.
        apart: weights that are left out, for the caller to bring.

    Raises:
        UnsupportedOp: TF.js' converter does not know an op; the error names op and node.
        ModelFormatError: the graph is malformed.
    """
    nodes = graph.nodes(parts.json)
    fed = {node_name(tensor) for tensor in inputs}
    kept = wiring.needed(parts.json.path, nodes, [*outputs, *fed], fed)
    check_sums(parts.json.path, kept)
    left_out = {node["name"]: node for node in kept if node["op"] == "Const" and node["name"] in apart}
    proto = convert(tf, parts, kept, parts.json.topology.get("library"), frozenset(left_out) | fed)
    used = frozenset(node_name(name) for node in proto.node for name in node.input)
    kinds = tuple((name, _dtype(tf, parts, node)) for name, node in left_out.items() if valid_name(name) in used)
    return Definition(proto, frozenset(valid_name(node["name"]) for node in nodes), used, kinds)


def convert(
    tf: Any, parts: Parts, nodes: Sequence[NodeJson], library: Any, left_out: frozenset[str] = frozenset()
) -> Any:
    """A GraphDef of nodes as in model.json and of their function library, with the weights in it.

    Nodes that are left out are there before the graph runs, so that nothing waits for them.
    """
    path = parts.json.path
    json_format = importlib.import_module("google.protobuf.json_format")
    ready = into_frames(path, _for_tensorflow(path, nodes, parts.weights))
    topology: dict[str, Any] = {"node": [_unbound(node, left_out) for node in ready if node["name"] not in left_out]}
    versions = parts.json.topology.get("versions")
    topology |= {"library": rewrite_library(path, library)} if library else {}
    topology |= {"versions": versions} if versions else {}
    try:
        definition = json_format.ParseDict(topology, tf.compat.v1.GraphDef(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, OverflowError, SystemError) as error:
        # A SystemError means a name that is not Unicode; only its cause says so.
        reason = error.__cause__ if isinstance(error, SystemError) else error
        raise ModelFormatError(f"{path}: not a TensorFlow graph ({reason}); convert the model again") from error
    use_tfjs_types(tf, definition)
    definition = restricted(path, tf.__version__, definition)
    _put_weights(tf, path, definition, {valid_name(name): array for name, array in parts.weights.items()})
    return definition


def _for_tensorflow(path: Path, nodes: Sequence[NodeJson], weights: Weights) -> list[NodeJson]:
    """The nodes as ops that TensorFlow computes as TF.js does."""
    ready = tfjs_ops.spread_filters(tfjs_ops.pad_apart(channels_last(rewrite(path, nodes))), weights)
    return tfjs_ops.guard_norms(tfjs_ops.guard_pads(ready), weights)


def _unbound(node: NodeJson, left_out: frozenset[str]) -> NodeJson:
    """The node without control inputs from nodes that are left out."""
    inputs = node.get("input") or ()
    if not any(name.startswith("^") and name[1:] in left_out for name in inputs):
        return node
    return {**node, "input": [name for name in inputs if not (name.startswith("^") and name[1:] in left_out)]}


def _all_nodes(definition: Any) -> Iterator[Any]:
    yield from definition.node
    for function in definition.library.function:
        yield from function.node_def


def _put_weights(tf: Any, path: Path, definition: Any, weights: Weights) -> None:
    for node in _all_nodes(definition):
        if node.op != "Const":
            continue
        array = weights.get(node.name)
        if array is None:
            if not _has_value(node.attr["value"].tensor):
                raise ModelFormatError(
                    f"{path}: constant {node.name!r} has no weight in weightsManifest; convert the model again"
                )
            _check_size(tf, path, node)
        try:
            if array is None:
                use_tfjs_type(tf, node.attr["value"].tensor)
            else:
                _put_weight(tf, node, array)
        except (TypeError, ValueError) as error:
            raise _misfit(path, node.name, error) from error


def _check_size(tf: Any, path: Path, node: Any) -> None:
    """A constant of few bytes may stand for one value, repeated many times."""
    tensor = node.attr["value"].tensor
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    if min(shape, default=0) < 0:
        raise ModelFormatError(f"{path}: constant {node.name!r} has impossible shape {shape}; convert the model again")
    if math.prod(shape) > _FEW:
        # An item of an unknown dtype is refused by TensorFlow; until then it is a byte.
        known = tensor.dtype in _dtypes(tf)
        size = tf.dtypes.as_dtype(tensor.dtype).size if known else 1
        check_fits(path, f"constant {node.name!r} is", tensor_bytes(shape, size))


def _dtypes(tf: Any) -> frozenset[int]:
    kinds = (tf.float32, tf.float64, tf.float16, tf.int32, tf.int64, tf.int16, tf.int8, tf.uint8, tf.uint16, tf.bool)
    return frozenset(kind.as_datatype_enum for kind in kinds)


def _put_weight(tf: Any, node: Any, array: Array) -> None:
    """The converter narrows int64 to int32 in the shards and leaves the graph as it was, so the graph decides."""
    declared = node.attr["dtype"].type or node.attr["value"].tensor.dtype
    dtype = weight_type(tf, declared or array.dtype)
    if array.dtype != object:
        array = array.astype(dtype.as_numpy_dtype, copy=False)
    node.attr["dtype"].type = dtype.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(array, dtype, array.shape))


def _dtype(tf: Any, parts: Parts, node: NodeJson) -> Any:
    """The dtype of a weight that is left out: TF.js' for the one that the graph declares."""
    array, declared = parts.weights[node["name"]], (node.get("attr") or {}).get("dtype")
    name = declared.get("type") if isinstance(declared, dict) else None
    try:
        dtype = weight_type(tf, str(name).removeprefix("DT_").lower() if name else array.dtype)
    except TypeError as error:
        raise _misfit(parts.json.path, node["name"], error) from error
    return tf.dtypes.as_dtype(tfjs_type(tf, dtype.as_datatype_enum))


def _misfit(path: Path, name: str, error: Exception) -> ModelFormatError:
    return ModelFormatError(f"{path}: constant {name!r} does not fit its weight ({error}); convert the model again")


def _has_value(tensor: Any) -> bool:
    """Whether a constant holds its value itself, or needs none because a dimension is 0."""
    values = (field for field, _ in tensor.ListFields() if field.name.endswith(("_val", "_content")))
    return any(values) or any(dim.size == 0 for dim in tensor.tensor_shape.dim)
