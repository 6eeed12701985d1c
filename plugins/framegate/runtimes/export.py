"""A frozen TensorFlow function as the plain graph that converters read."""

from __future__ import annotations

from typing import Any

from framegate.errors import BackendUnavailable
from framegate.runtimes.frozen_graph import Frozen


def feed_name(index: int) -> str:
    """The node that takes the input of that index."""
    return f"feed_{index}"


def fetch_name(index: int) -> str:
    """The node that gives the output of that index."""
    return f"fetch_{index}"


def graph_def(tf: Any, frozen: Frozen) -> Any:
    """A GraphDef of constants, without what the outputs do not need.

    Inputs and outputs get nodes of their own with names that say their index: converters drop, join and reorder them.
    Tensors that the function captured become constants.

    Args:
        tf: the ``tensorflow`` module.
        frozen: the function.

    Raises:
        BackendUnavailable: the function captured what is no tensor, such as a hash table.
    """
    graph = tf.Graph()
    with graph.as_default():
        feeds = [
            tf.compat.v1.placeholder(tensor.dtype, tensor.shape, feed_name(index))
            for index, tensor in enumerate(frozen.call.inputs[: len(frozen.inputs)])
        ]
        feeds += [_constant(tf, tensor) for tensor in frozen.call.captured_inputs]
        fetched = tf.graph_util.import_graph_def(
            frozen.call.graph.as_graph_def(),
            input_map={tensor.name: feed for tensor, feed in zip(frozen.call.inputs, feeds, strict=True)},
            return_elements=[tensor.name for tensor in frozen.call.outputs],
            name="model",
        )
        for index, tensor in enumerate(fetched):
            tf.identity(tensor, name=fetch_name(index))
    wanted = [fetch_name(index) for index in range(len(fetched))]
    return tf.compat.v1.graph_util.extract_sub_graph(graph.as_graph_def(), wanted)


def _constant(tf: Any, captured: Any) -> Any:
    if captured.dtype in (tf.resource, tf.variant):
        raise BackendUnavailable("it holds a table or another resource", "use the tensorflow runtime")
    return tf.constant(captured.numpy(), captured.dtype)
