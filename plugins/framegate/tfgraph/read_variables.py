"""Give a function its variables' values in another way than by reading the variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from framegate.interfaces import Array
from framegate.tfgraph.frozen_graph import kept_apart


class Read(NamedTuple):
    """A variable that a function reads.

    Attributes:
        value: what it holds.
        handle: name of the node by which the function knows it.
        tensors: names of the tensors that reading it gives.
    """

    value: Array
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
        tensors = [reader.outputs[0].name for reader in readers]
        reads.append(Read(variables[id(captured)].numpy(), handle.op.name, tensors))
    return reads


def with_large_apart(tf: Any, function: Any) -> tuple[Any, tuple[Array, ...]] | None:
    """The function with its large variables as inputs after its own, and the others as constants; and their values.

    Args:
        tf: the ``tensorflow`` module.
        function: a concrete function that gives a list of tensors.

    Returns:
        None where none is large, where the function calls others, and where it does more with a variable than read it.
    """
    definition = function.graph.as_graph_def()
    reads = None if definition.library.function else reads_of(function)
    if reads is None:
        return None
    large = kept_apart(dict(enumerate(read.value for read in reads)))
    if not large:
        return None
    apart = [read for index, read in enumerate(reads) if index in large]
    inside = [read for index, read in enumerate(reads) if index not in large]
    dropped = {name.partition(":")[0] for read in reads for name in (read.handle, *read.tensors)}
    _drop(definition, dropped | {tensor.op.name for tensor in function.inputs})
    own = [tensor for tensor in function.inputs if tensor.op.name not in dropped]
    run = _importer(
        tf, definition, [tensor.name for tensor in own], [one.name for one in function.outputs], apart, inside
    )
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in own]
    specs += [tf.TensorSpec(read.value.shape, read.value.dtype) for read in apart]
    return tf.compat.v1.wrap_function(run, specs), tuple(read.value for read in apart)


def _importer(
    tf: Any,
    definition: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    apart: Sequence[Read],
    inside: Sequence[Read],
) -> Callable[..., Any]:
    used = {name for node in definition.node for name in node.input}

    def run(*tensors: Any) -> Any:
        feeds = dict(zip(inputs, tensors, strict=False))
        values = [
            *zip(apart, tensors[len(inputs) :], strict=True),
            *((read, tf.constant(read.value)) for read in inside),
        ]
        feeds |= {name: value for read, value in values for name in read.tensors}
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
