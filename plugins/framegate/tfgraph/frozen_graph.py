"""Build a graph model into a frozen TensorFlow function."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from framegate.errors import ModelError, ModelFormatError
from framegate.interfaces import Array, TensorInfo
from framegate.models import graph
from framegate.models.graph import Port
from framegate.models.nodes import node_name
from framegate.models.weights import Weights
from framegate.tfgraph import graph_def
from framegate.tfgraph.dtypes import tfjs_type
from framegate.tfgraph.node_names import valid_name, valid_tensor
from framegate.tfgraph.parts import Parts
from framegate.tfgraph.tables import TableHandles, make_tables

# Smaller weights become constants, which TensorFlow's optimiser folds; larger ones would be copied five times on their
# way through a GraphDef, a FunctionDef and the optimiser, and run no faster for it.
_HELD_BYTES = 1 << 14
# For another library fewer are kept apart, as it too folds constants, and none where all of them are few.
_APART_BYTES, _APART_TOTAL_BYTES = 1 << 16, 1 << 22
# A multiplication by nearly these, as float16 weights hold them, makes the optimiser see HardSwish (1/6) or Gelu, which
# it computes with the exact number. A tensor that is no constant keeps its value.
_MAGIC = (1 / 6, math.sqrt(0.5), math.sqrt(2 / math.pi), 0.044715)


Key = TypeVar("Key")
Placement = Literal["inside", "held", "apart"]
"""Where large weights are: constants in the graph, tensors that the function captures, or inputs of the function."""


class Frozen(NamedTuple):
    """A function of TensorFlow tensors, in the order of ``inputs`` and ``outputs``.

    Attributes:
        call: the function.
        inputs: name, shape and dtype of each input.
        outputs: name, shape and dtype of each output.
        weights: values of the weights that were kept apart, which it takes after the inputs.
    """

    call: Any
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    weights: tuple[Array, ...] = ()


def freeze_graph(tf: Any, parts: Parts, placement: Placement = "inside") -> Frozen:
    """Build a graph model.

    Args:
        tf: the ``tensorflow`` module.
        parts: topology and weights.
        placement: the place of large weights. Each of them in the graph costs its bytes many times over, in TensorFlow
            and in each library that the graph is handed to; ``"held"`` is for TensorFlow itself, ``"apart"`` for a
            library that is given the weights' values in another way.

    Raises:
        UnsupportedOp: TensorFlow does not know an op; the error names op and node.
        ModelFormatError: the graph is malformed.
    """
    path, model = parts.json.path, parts.json
    inputs, outputs = graph.inputs(model), graph.outputs(model)
    if not outputs:
        raise ModelFormatError(f"{path}: the graph has no output; convert the model again")
    tables = make_tables(tf, parts)
    outside = left_out(placement, parts.weights) - {node_name(port.tensor) for port in outputs}
    ends = [port.tensor for port in outputs]
    definition = graph_def.definition_of(tf, parts, ends, [port.tensor for port in inputs], outside)
    weights = _values(parts, definition) if placement == "apart" else {}
    captured = tables if weights else held_tensors(tf, parts.weights, definition.left_out) | tables
    captured = {valid_tensor(name): tensor for name, tensor in captured.items()}
    build = partial(_function, tf, path, definition, _valid(inputs), _valid(outputs), captured, weights)
    has_unknown = any(port.info.shape == graph.UNKNOWN_RANK for port in inputs)
    try:
        function = build(unknown=placement == "held")
    except ModelError:
        if placement == "held" or not has_unknown:
            raise
        # One of them is no image, such as a ratio that is a single number.
        function = build(unknown=True)
    infos = _infos(path, outputs, function.outputs)
    return Frozen(function, tuple(port.info for port in inputs), infos, tuple(weights.values()))


def _dtype(tf: Any, info: TensorInfo) -> Any:
    return tf.string if info.dtype == "object" else tf.dtypes.as_dtype(info.dtype)


def _shape(info: TensorInfo, unknown: bool) -> tuple[int | None, ...] | None:  # noqa: FBT001
    """An input of unknown rank is an image where a shape must be given; elsewhere it takes any shape."""
    return None if unknown and info.shape == graph.UNKNOWN_RANK else info.shape


def kept_as_tensors(weights: Mapping[Key, Array]) -> frozenset[Key]:
    """The keys of weights that TensorFlow itself gets as tensors: those that are large, or that it would mistake."""
    return frozenset(
        name
        for name, array in weights.items()
        if array.dtype != object and (array.nbytes >= _HELD_BYTES or _is_nearly_magic(array))
    )


def kept_apart(weights: Mapping[Key, Array]) -> frozenset[Key]:
    """The keys of large weights, except those that may be shapes or axes, which converters must know."""
    floats = {name: array.nbytes for name, array in weights.items() if array.dtype.kind == "f"}
    large = {name: size for name, size in floats.items() if size >= _APART_BYTES}
    return frozenset(large if sum(large.values()) >= _APART_TOTAL_BYTES else ())


def left_out(placement: Placement, weights: Mapping[Key, Array]) -> frozenset[Key]:
    """The keys of the weights that are no constants in the graph."""
    if placement == "inside":
        return frozenset()
    return kept_as_tensors(weights) if placement == "held" else kept_apart(weights)


def _values(parts: Parts, definition: graph_def.Definition) -> dict[str, Array]:
    """Values of the weights that were left out, by the names of their tensors."""
    return {
        f"{valid_name(name)}:0": parts.weights[name].astype(dtype.as_numpy_dtype, copy=False)
        for name, dtype in definition.left_out
    }


def _is_nearly_magic(array: Array) -> bool:
    """Whether TensorFlow's optimiser would take a scalar for one of `_MAGIC`, and so compute with another number."""
    if array.size != 1 or array.dtype != np.float32:
        return False
    value = array.item()
    return any(abs(value - exact) < 0.01 * exact and value != np.float32(exact) for exact in _MAGIC)


def _valid(ports: Iterable[Port]) -> list[Port]:
    return [Port(port.info, valid_tensor(port.tensor)) for port in ports]


def _function(
    tf: Any,
    path: Path,
    definition: graph_def.Definition,
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    captured: TableHandles,
    weights: Mapping[str, Array],
    *,
    unknown: bool,
) -> Any:
    for port in (*inputs, *outputs):
        if node_name(port.tensor) not in definition.names:
            raise ModelFormatError(f"{path}: the signature names {port.tensor!r}, which the graph lacks")

    def run(*tensors: Any) -> Any:
        cast = (tf.cast(tensor, tfjs_type(tf, tensor.dtype.as_datatype_enum)) for tensor in tensors)
        feeds = dict(zip([*(port.tensor for port in inputs), *weights], cast, strict=True))
        around = tf.compat.v1.get_default_graph()
        feeds |= {name: around.capture(tensor) for name, tensor in captured.items()}
        asked = [port.tensor for port in outputs if port.tensor not in feeds]
        input_map = {name: tensor for name, tensor in feeds.items() if node_name(name) in definition.used}
        results = tf.graph_util.import_graph_def(definition.proto, input_map=input_map, return_elements=asked, name="")
        by_name = dict(zip(asked, results, strict=True))
        # An input may be an output too; a copy keeps the two apart.
        return [by_name[port.tensor] if port.tensor in by_name else tf.identity(feeds[port.tensor]) for port in outputs]

    try:
        specs = [tf.TensorSpec(_shape(port.info, unknown), _dtype(tf, port.info)) for port in inputs]
        specs += [tf.TensorSpec(array.shape, array.dtype) for array in weights.values()]
        # TensorFlow 1's way of wrapping: tf.function would order what has side effects, across the frames of loops too.
        return tf.compat.v1.wrap_function(run, specs)
    except (ValueError, TypeError, KeyError, OverflowError, tf.errors.OpError) as error:
        raise ModelError(f"{path}: TensorFlow cannot build the graph ({error}); convert the model again") from error


def _infos(path: Path, ports: Iterable[Port], tensors: Iterable[Any]) -> tuple[TensorInfo, ...]:
    pairs = tuple(zip(ports, tensors, strict=True))
    for port, tensor in pairs:
        if tensor.dtype.name in ("resource", "variant"):
            raise ModelFormatError(
                f"{path}: output {port.info.name!r} is a {tensor.dtype.name}, not an array; convert the model again"
            )
    return tuple(info_of(port.info.name, tensor) for port, tensor in pairs)


def info_of(name: str, tensor: Any) -> TensorInfo:
    """What TensorFlow knows of a symbolic tensor; of unknown rank it is taken for an image."""
    shape = (None,) * 4 if tensor.shape.rank is None else tuple(tensor.shape.as_list())
    dtype = tensor.dtype.as_numpy_dtype
    return TensorInfo(name, shape, getattr(dtype, "__name__", str(dtype)).removesuffix("_"))


# TensorFlow takes memory as it is only where it begins at a multiple of this.
_ALIGNMENT = 64


def held_tensors(tf: Any, weights: Weights, kinds: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Name of the weight's tensor in the graph -> the tensor.

    Args:
        tf: the ``tensorflow`` module.
        weights: all weights.
        kinds: name and dtype of those that are asked for; the graph decides the dtype, the converter narrows int64.
    """
    # On a GPU the tensors belong into its memory, where TensorFlow itself must bring them.
    share = not tf.config.list_physical_devices("GPU")
    return {f"{name}:0": _tensor(tf, weights[name], dtype, share=share) for name, dtype in kinds}


def _tensor(tf: Any, array: Array, dtype: Any, *, share: bool) -> Any:
    kind = np.dtype(dtype.as_numpy_dtype)
    if not share or kind.kind not in "fiu" or not array.size:
        return tf.constant(array, dtype)
    aligned = _aligned(array.shape, kind)
    np.copyto(aligned, array, casting="unsafe")
    # tf.constant would copy twice.
    return tf.experimental.dlpack.from_dlpack(aligned.__dlpack__())


def _aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    raw = np.empty(size + _ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % _ALIGNMENT
    return raw[start : start + size].view(dtype).reshape(shape)
