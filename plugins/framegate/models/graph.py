"""What the topology of a graph model says of its inputs, outputs and last operation (pure: no TensorFlow)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from framegate.errors import ModelFormatError
from framegate.interfaces import TensorInfo
from framegate.models.nodes import Node, NodeJson, node_name, tensor_reference
from framegate.models.topology import ModelJson

_NUMPY_DTYPES = {
    "DT_BOOL": "bool",
    "DT_COMPLEX64": "complex64",
    "DT_DOUBLE": "float64",
    "DT_FLOAT": "float32",
    "DT_HALF": "float16",
    "DT_INT16": "int16",
    "DT_INT32": "int32",
    "DT_INT64": "int64",
    "DT_INT8": "int8",
    "DT_STRING": "object",
    "DT_UINT16": "uint16",
    "DT_UINT8": "uint8",
}
# Nothing reads the result of these, and yet they are no outputs: they have none, or none that is an array.
_NO_OUTPUT = frozenset({
    "Assert", "Const", "EmptyTensorList", "HashTable", "HashTableV2", "InitializeTable", "InitializeTableV2",
    "LookupTableImport", "LookupTableImportV2", "NextIteration", "NoOp", "Placeholder", "Print", "TensorArrayCloseV3",
    "TensorArrayScatterV3", "TensorArraySplitV3", "TensorArrayV3", "TensorArrayWriteV3", "TensorListFromTensor",
    "TensorListPushBack", "TensorListReserve", "TensorListResize", "TensorListScatter", "TensorListScatterV2",
    "TensorListSetItem", "TensorListSplit",
})  # fmt: skip
_PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})
_SAME_CHANNELS = frozenset({
    "Add", "AddV2", "AvgPool", "Cast", "FakeQuantWithMinMaxVars", "Identity", "MaxPool", "MirrorPad", "Mul", "Pad",
    "PadV2", "RealDiv", "Relu", "Relu6", "ResizeBilinear", "ResizeNearestNeighbor", "Sigmoid", "StopGradient", "Sub",
    "Tanh",
})  # fmt: skip
"""Ops whose result has the channels of what they take, in the place where those stood."""

_CONVOLUTIONS = frozenset({
    "Conv2D", "DepthwiseConv2d", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative", "_FusedConv2D",
})  # fmt: skip

Image = tuple[int | None, ...]

# Of unknown rank: an image until proven otherwise.
UNKNOWN_RANK = (None, None, None, None)


class Port(NamedTuple):
    """An input or output of the graph: its name, and its tensor (``node:0``)."""

    info: TensorInfo
    tensor: str


def nodes(model: ModelJson) -> list[NodeJson]:
    """The graph's nodes, each checked to be an object with a name, an op and a list of inputs.

    Raises:
        ModelFormatError: if one is not, or two share a name.
    """
    entries = model.topology.get("node")
    if not isinstance(entries, list) or not entries:
        raise ModelFormatError(f"{model.path}: modelTopology.node is not a list of nodes; convert the model again")
    names: set[str] = set()
    for node in entries:
        _check_node(model, node, names)
    return entries


def inputs(model: ModelJson) -> tuple[Port, ...]:
    """Inputs by the signature, else every placeholder, in graph order.

    The signature gives their names; shapes and types are those of the placeholders, by which TF.js checks its feeds.
    Where neither says a rank, the convolution that takes the input does.
    """
    placeholders = {node.name: _placeholder(node) for node in map(Node, nodes(model)) if node.op in _PLACEHOLDERS}
    named = _signature(model, "inputs")
    ports = tuple(_as_placed(port, placeholders) for port in named) or tuple(placeholders.values())
    return tuple(_ranked(model, port) for port in ports)


def outputs(model: ModelJson) -> tuple[Port, ...]:
    """Outputs by the signature, else every node whose result no other node takes, in graph order."""
    ports = _signature(model, "outputs")
    if ports:
        return ports
    raw = nodes(model)
    used = {node_name(name) for node in raw for name in node.get("input") or ()}
    loose = [node for node in map(Node, raw) if node.name not in used and node.op not in _NO_OUTPUT]
    return tuple(
        Port(TensorInfo(node.name, UNKNOWN_RANK, _dtype(node.attr("T", "type"))), f"{node.name}:0") for node in loose
    )


def last_ops(model: ModelJson) -> Iterator[str]:
    """The names of the operations that make the first output, last one first, fused activations included."""
    by_name = nodes_by_name(model)
    for port in outputs(model)[:1]:
        for node in makers(by_name, port.tensor):
            yield from reversed(node.strings("fused_ops"))
            yield node.op


def nodes_by_name(model: ModelJson) -> dict[str, Node]:
    """The graph's nodes by their names."""
    return {node.name: node for node in map(Node, nodes(model))}


def makers(by_name: Mapping[str, Node], tensor: str) -> Iterator[Node]:
    """The nodes that make a tensor, last one first: of each, what makes its first input."""
    name, number = tensor_reference(tensor)
    for _ in by_name:  # a bound, for graphs with loops
        node = by_name.get(name)
        if node is None:
            return
        yield node
        at = number if node.op == "IdentityN" else 0
        if at >= len(node.inputs):
            return
        name, number = node.inputs[at]


def _check_node(model: ModelJson, node: Any, names: set[str]) -> None:
    fine = isinstance(node, dict) and isinstance(node.get("name"), str) and isinstance(node.get("op"), str)
    tensors = node.get("input") if fine else None
    if not fine or not (
        tensors is None or (isinstance(tensors, list) and all(isinstance(name, str) for name in tensors))
    ):
        raise ModelFormatError(
            f"{model.path}: a node has no name, op or list of inputs: {str(node)[:80]}; convert the model again"
        )
    attributes = node.get("attr")
    if not (attributes is None or (isinstance(attributes, dict) and all(map(_is_object, attributes.values())))):
        raise ModelFormatError(
            f"{model.path}: attributes of node {node['name']!r} are not objects; convert the model again"
        )
    if node["name"] in names:
        raise ModelFormatError(f"{model.path}: two nodes are named {node['name']!r}; convert the model again")
    names.add(node["name"])


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _signature(model: ModelJson, side: str) -> tuple[Port, ...]:
    """Newer converters write the signature at the top level, older ones under userDefinedMetadata, the oldest none."""
    metadata = model.document.get("userDefinedMetadata")
    for holder in (model.document, metadata):
        signature = holder.get("signature") if isinstance(holder, Mapping) else None
        tensors = signature.get(side) if isinstance(signature, Mapping) else None
        if isinstance(tensors, Mapping) and tensors:
            ports = (_signature_port(model, key, tensor) for key, tensor in tensors.items())
            return tuple(port for port in ports if port is not None)
    return ()


def _signature_port(model: ModelJson, key: str, tensor: Any) -> Port | None:
    if not isinstance(tensor, Mapping) or not isinstance(tensor.get("name", key), str):
        raise ModelFormatError(f"{model.path}: signature entry {key!r} names no tensor; convert the model again")
    if tensor.get("dtype") == "DT_RESOURCE":
        return None  # a hash table, which the initializer fills and no user feeds
    name = str(tensor.get("name", key))
    info = TensorInfo(key.removesuffix(":0"), _shape(tensor.get("tensorShape")), _dtype(tensor.get("dtype")))
    return Port(info, name if ":" in name else f"{name}:0")


def _as_placed(port: Port, placeholders: Mapping[str, Port]) -> Port:
    """An input of the signature with the shape and type of its placeholder, where that says them."""
    placed = placeholders.get(node_name(port.tensor))
    if placed is None:
        return port
    shape = port.info.shape if placed.info.shape == UNKNOWN_RANK else placed.info.shape
    return Port(TensorInfo(port.info.name, shape, placed.info.dtype), port.tensor)


def _ranked(model: ModelJson, port: Port) -> Port:
    if port.info.shape != UNKNOWN_RANK:
        return port
    weights = {entry.name: entry.shape for group in model.groups for entry in group.entries}
    shape = image_shape(map(Node, nodes(model)), node_name(port.tensor), weights)
    return port if shape is None else Port(TensorInfo(port.info.name, shape, port.info.dtype), port.tensor)


def _placeholder(node: Node) -> Port:
    info = TensorInfo(node.name, _shape(node.attr("shape", "shape")), _dtype(node.attr("dtype", "type")))
    return Port(info, f"{node.name}:0")


def _dtype(name: Any) -> str:
    return _NUMPY_DTYPES.get(name, "float32") if isinstance(name, str) else "float32"


def _shape(shape: Any) -> tuple[int | None, ...]:
    if not isinstance(shape, Mapping) or shape.get("unknownRank"):
        return UNKNOWN_RANK
    dims = shape.get("dim") or ()
    return tuple(_dim(dim) for dim in dims) if isinstance(dims, Sequence) else UNKNOWN_RANK


def _dim(dim: Any) -> int | None:
    try:
        size = int(dim["size"])
    except (KeyError, TypeError, ValueError, OverflowError):  # the last one for a size of 1e999
        return None
    return size if size >= 0 else None


def image_shape(nodes: Iterable[Node], name: str, weights: Mapping[str, tuple[int, ...]]) -> Image | None:
    """The shape of pictures that the first convolution behind a node takes; None where no convolution tells.

    Args:
        nodes: the graph's nodes.
        name: the node that is fed.
        weights: weight -> shape.

    Returns:
        ``(None, None, None, channels)``, or ``(None, channels, None, None)`` for channels first.
    """
    takers: dict[str, list[Node]] = {}
    for node in nodes:
        for source, number in node.inputs:
            if number == 0:
                takers.setdefault(source, []).append(node)
    waiting, seen = deque([name]), {name}
    while waiting:
        for node in takers.get(waiting.popleft(), ()):
            if node.op in _CONVOLUTIONS:
                return _convolved(node, weights)
            if node.op in _SAME_CHANNELS and node.name not in seen:
                seen.add(node.name)
                waiting.append(node.name)
    return None


def _convolved(convolution: Node, weights: Mapping[str, tuple[int, ...]]) -> Image | None:
    kernel = weights.get(convolution.inputs[1][0]) if len(convolution.inputs) > 1 else None
    if kernel is None or len(kernel) != 4:
        return None
    first = convolution.string("data_format") == "NCHW"
    return (None, kernel[2], None, None) if first else (None, None, None, kernel[2])
