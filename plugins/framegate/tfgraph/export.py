"""A frozen TensorFlow function as the plain graph that converters read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from framegate.errors import BackendUnavailable
from framegate.interfaces import Array
from framegate.models.tf import quiet
from framegate.tfgraph.frozen_graph import Frozen


def feed_name(index: int) -> str:
    """Name of the node that takes an input, by its index."""
    return f"feed_{index}"


def weight_name(index: int) -> str:
    """Name of the node that takes a weight that was kept apart, by its index."""
    return f"weight_{index}"


def fetch_name(index: int) -> str:
    """Name of the node that gives an output, by its index."""
    return f"fetch_{index}"


class Exported(NamedTuple):
    """A plain graph, and the values of its inputs that are weights.

    Attributes:
        graph: the GraphDef; inputs that it does not need are left out.
        weights: name of such an input -> its value.
    """

    graph: Any
    weights: Mapping[str, Array]

    @property
    def inputs(self) -> list[str]:
        """The names of all inputs, the model's and the weights, in the order of the graph."""
        return [node.name for node in self.graph.node if node.op == "Placeholder"]


def exported(tf: Any, frozen: Frozen) -> Exported:
    """The graph of a function, reduced to what the outputs need.

    Inputs and outputs get nodes of their own with names that say their index: converters drop, join and reorder them.
    Tensors that the function captured become constants; weights that it takes as inputs are inputs.

    Args:
        tf: the ``tensorflow`` module.
        frozen: the function.

    Raises:
        BackendUnavailable: the function captured something other than tensors, such as a hash table.
    """
    count = len(frozen.inputs)
    names = [*map(feed_name, range(count)), *map(weight_name, range(len(frozen.weights)))]
    graph = tf.Graph()
    with graph.as_default():
        feeds = [
            tf.compat.v1.placeholder(tensor.dtype, tensor.shape, name)
            for name, tensor in zip(names, frozen.call.inputs, strict=False)
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
    fetches = [fetch_name(index) for index in range(len(fetched))]
    with quiet():  # TensorFlow calls this deprecated, and names nothing that takes its place
        needed = tf.compat.v1.graph_util.extract_sub_graph(graph.as_graph_def(), fetches)
    return Exported(needed, dict(zip(names[count:], frozen.weights, strict=True)))


def _constant(tf: Any, captured: Any) -> Any:
    if captured.dtype in (tf.resource, tf.variant):
        raise BackendUnavailable("it holds a table or another resource", "use the tensorflow runtime")
    return tf.constant(captured.numpy(), captured.dtype)
