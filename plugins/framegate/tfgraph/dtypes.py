"""The types of TF.js: it keeps whole numbers and floats of any size in 32 bits, and so nothing overflows at 255."""

from __future__ import annotations

from typing import Any


def tfjs_type(tf: Any, kind: int) -> int:
    """The type that TF.js computes in for one that a graph declares, both as numbers of TensorFlow's DataType."""
    return int(_wide(tf).get(kind, kind))


def weight_type(tf: Any, declared: Any) -> Any:
    """The dtype that a weight is declared to have, as TensorFlow's own.

    Args:
        tf: the ``tensorflow`` module.
        declared: the dtype's name or number, or NumPy's.

    Raises:
        TypeError: there is no such dtype, or no array has it.
    """
    dtype = tf.dtypes.as_dtype(declared)
    try:
        dtype.as_numpy_dtype  # noqa: B018 - this is how TensorFlow is asked
    except KeyError:
        raise TypeError(f"no array is a {dtype.name}") from None
    return dtype


def use_tfjs_types(tf: Any, definition: Any) -> None:
    """Declare the types of TF.js in a GraphDef and its functions; the values of constants stay as they are."""
    nodes = [*definition.node, *(node for function in definition.library.function for node in function.node_def)]
    for value in (value for node in nodes for value in node.attr.values()):
        if value.HasField("type"):
            value.type = tfjs_type(tf, value.type)
        elif value.HasField("list"):
            value.list.type[:] = [tfjs_type(tf, kind) for kind in value.list.type]
    for signature in (function.signature for function in definition.library.function):
        for argument in (*signature.input_arg, *signature.output_arg):
            argument.type = tfjs_type(tf, argument.type)


def use_tfjs_type(tf: Any, tensor: Any) -> None:
    """Write a constant's value in its type of TF.js."""
    kind = tfjs_type(tf, tensor.dtype)
    if kind != tensor.dtype:
        array = tf.make_ndarray(tensor)
        tensor.CopyFrom(tf.make_tensor_proto(array.astype(tf.dtypes.as_dtype(kind).as_numpy_dtype), kind, array.shape))


def _wide(tf: Any) -> dict[int, int]:
    whole = dict.fromkeys((tf.uint8, tf.int8), tf.int32)
    floats = dict.fromkeys((tf.float16, tf.float64), tf.float32)
    return {kind.as_datatype_enum: wide.as_datatype_enum for kind, wide in (whole | floats).items()}
