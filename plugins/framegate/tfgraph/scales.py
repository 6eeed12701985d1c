"""Multiply a convolution's weights once by the factors that would scale its result in each run."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from framegate.interfaces import Array
from framegate.tfgraph.export import Exported

# The axis of the filter that holds the result's channels, and the filter's input.
_CONVOLUTIONS = {"Conv2D": (3, 1), "Conv2DBackpropInput": (2, 1)}
_NORMALISATIONS = ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")


def without_scales(export: Exported) -> Exported:
    """The same graph without products of a convolution and a number for each channel, where the filter is known apart.

    Converters do so where the filter is a constant; the batch normalisation behind a convolution is such a product, and
    a sum.
    """
    graph = type(export.graph)()
    graph.CopyFrom(export.graph)
    _split_normalisations(graph)
    nodes = {node.name: node for node in graph.node}
    uses = Counter(_name(name) for node in graph.node for name in node.input)
    weights, renamed = dict(export.weights), {}
    for node in graph.node:
        scale = _product(nodes, node, uses, weights) if node.op == "Mul" else None
        if scale is not None:
            convolution, factors = scale
            axis, at = _CONVOLUTIONS[convolution.op]
            name = _name(convolution.input[at])
            weights[name] = weights[name] * np.expand_dims(factors, (*range(axis), *range(axis + 1, 4)))
            renamed[node.name] = convolution.name
    for node in graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = renamed.get(_name(name), name)
    return Exported(_without(graph, renamed), weights)


def _split_normalisations(graph: Any) -> None:
    """Write each batch normalisation whose numbers are constants as a product and a sum."""
    nodes = {node.name: node for node in graph.node}
    # Its other results are for training.
    in_training = {name.partition(":")[0] for node in graph.node for name in node.input if ":" in _name(name)}
    for node in list(graph.node):
        if node.op in _NORMALISATIONS and node.name not in in_training and _is_plain(node):
            numbers = [_factors(nodes.get(_name(name))) for name in node.input[1:]]
            if all(values is not None for values in numbers):
                _split(graph, node, *numbers)


def _is_plain(node: Any) -> bool:
    return not node.attr["is_training"].b and node.attr["data_format"].s in (b"", b"NHWC")


def _split(graph: Any, node: Any, scale: Any, offset: Any, mean: Any, variance: Any) -> None:
    factors = scale / np.sqrt(variance + np.float32(node.attr["epsilon"].f))
    kind = node.attr["T"].type
    product = graph.node.add(op="Mul", name=f"{node.name}/product")
    product.attr["T"].type = kind
    product.input.extend([node.input[0], _constant(graph, f"{node.name}/factors", factors)])
    terms = _constant(graph, f"{node.name}/terms", offset - mean * factors)
    node.Clear()
    node.op, node.name = "AddV2", product.name.removesuffix("/product")
    node.attr["T"].type = kind
    node.input.extend([product.name, terms])


def _constant(graph: Any, name: str, value: Array) -> str:
    """Put a constant into a graph; its name."""
    tensor_util = importlib.import_module("tensorflow.python.framework.tensor_util")
    tensor = tensor_util.make_tensor_proto(value)
    node = graph.node.add(op="Const", name=name)
    node.attr["dtype"].type = tensor.dtype
    node.attr["value"].tensor.CopyFrom(tensor)
    return name


def _product(
    nodes: Mapping[str, Any], node: Any, uses: Mapping[str, int], weights: Mapping[str, Array]
) -> tuple[Any, Array] | None:
    """The convolution and the factors of its channels, if a node multiplies these, and the filter is kept apart."""
    for one, other in (node.input, reversed(node.input)):
        convolution, factors = nodes.get(_name(one)), _factors(nodes.get(_name(other)))
        if convolution is None or factors is None or convolution.op not in _CONVOLUTIONS:
            continue
        axis, at = _CONVOLUTIONS[convolution.op]
        filters = weights.get(_name(convolution.input[at]))
        channels_last = convolution.attr["data_format"].s in (b"", b"NHWC")
        alone = uses[convolution.name] == 1 == uses[_name(convolution.input[at])]
        if filters is not None and channels_last and alone and factors.shape == filters.shape[axis : axis + 1]:
            return convolution, factors.astype(filters.dtype)
    return None


def _factors(node: Any) -> Array | None:
    """The numbers of a constant that has one for each channel, which is the last axis."""
    if node is None or node.op != "Const":
        return None
    tensor_util = importlib.import_module("tensorflow.python.framework.tensor_util")
    value: Array = tensor_util.MakeNdarray(node.attr["value"].tensor)
    return value.reshape(-1) if value.ndim and value.size == value.shape[-1] else None


def _without(graph: Any, names: Mapping[str, str]) -> Any:
    kept = [node for node in graph.node if node.name not in names]
    del graph.node[:]
    graph.node.extend(kept)
    return graph


def _name(tensor: str) -> str:
    return tensor.removeprefix("^").removesuffix(":0")
