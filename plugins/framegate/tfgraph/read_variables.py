"""Give a function its variables' values in another way than by reading the variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from framegate.interfaces import Array
from framegate.tfgraph.frozen_graph import Placement, left_out


class Read(NamedTuple):
    """A variable that a function reads.

    Attributes:
        value: what it holds, read-only: a view of TensorFlow's memory.
        tensor: TensorFlow's tensor in that memory.
        handle: name of the node by which the function knows it.
        tensors: names of the tensors that reading it gives.
    """

    value: Array
    tensor: Any
    handle: str
    tensors: Sequence[str]


def reads_of(function: Any) -> list[Read] | None:
    """The variables of a concrete function; None where it does more with one of them than read it."""
    variables = {id(variable.handle): variable for variable in function.graph.variables}
    reads = []
    for captured, handle in function.graph.captures:
        readers = handle.consumers()
        if id(captured) not in variables or any(reader.type != "ReadVariableOp" for reader in readers):
            return None
        tensor = variables[id(captured)].read_value()
        # numpy() would copy.
        reads.append(Read(np.asarray(tensor), tensor, handle.op.name, [reader.outputs[0].name for reader in readers]))
    return reads


def with_large_outside(tf: Any, function: Any, placement: Placement) -> tuple[Any, tuple[Array, ...]] | None:
    """The function with its large variables where they are to be, and the others as constants.

    Args:
        tf: the ``tensorflow`` module.
        function: a concrete function that gives a list of tensors.
        placement: the place of the large ones: tensors that it captures, or inputs after its own.

    Returns:
        The function, and the values of those inputs. None where no variable is large, where the function calls others,
        and where it does more with a variable than read it.
    """
    definition = function.graph.as_graph_def()
    reads = None if definition.library.function else reads_of(function)
    if reads is None:
        return None
    large = left_out(placement, dict(enumerate(read.value for read in reads)))
    if not large:
        return None
    outside = [read for index, read in enumerate(reads) if index in large]
    inside = [read for index, read in enumerate(reads) if index not in large]
    fed = outside if placement == "apart" else []
    dropped = {name.partition(":")[0] for read in reads for name in (read.handle, *read.tensors)}
    _drop(definition, dropped | {tensor.op.name for tensor in function.inputs})
    own = [tensor for tensor in function.inputs if tensor.op.name not in dropped]

    def values(inputs: Sequence[Any]) -> Iterator[tuple[Read, Any]]:
        """Each variable with the symbolic tensor of its value."""
        around = tf.compat.v1.get_default_graph()
        yield from zip(outside, inputs if fed else (around.capture(read.tensor) for read in outside), strict=True)
        yield from ((read, tf.constant(read.value)) for read in inside)

    run = _importer(tf, definition, [tensor.name for tensor in own], [one.name for one in function.outputs], values)
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in own]
    specs += [tf.TensorSpec(read.value.shape, read.value.dtype) for read in fed]
    return tf.compat.v1.wrap_function(run, specs), tuple(read.value for read in fed)


def _importer(
    tf: Any,
    definition: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    values: Callable[[Sequence[Any]], Iterable[tuple[Read, Any]]],
) -> Callable[..., Any]:
    used = {name for node in definition.node for name in node.input}

    def run(*tensors: Any) -> Any:
        feeds = dict(zip(inputs, tensors, strict=False))
        feeds |= {name: value for read, value in values(tensors[len(inputs) :]) for name in read.tensors}
        asked = [name for name in outputs if name not in feeds]
        input_map = {name: tensor for name, tensor in feeds.items() if {name, name.removesuffix(":0")} & used}
        results = tf.graph_util.import_graph_def(definition, input_map=input_map, return_elements=asked, name="")
        by_name = dict(zip(asked, results, strict=True))
        # A copy keeps an output apart from an input.
        return [by_name[name] if name in by_name else tf.identity(feeds[name]) for name in outputs]

    return run


def _drop(definition: Any, names: set[str]) -> None:
    """Take nodes out, and what waits for them does so no longer."""
    kept = [node for node in definition.node if node.name not in names]
    del definition.node[:]
    definition.node.extend(kept)
    for node in definition.node:
        inputs = [name for name in node.input if name.removeprefix("^") not in names or not name.startswith("^")]
        del node.input[:]
        node.input.extend(inputs)
