"""Graphs as old converters and hand-made tools wrote them, said as protobuf's JSON says them (pure).

TF.js reads bytes from base64 and from lists of numbers, and types by name and by number
(tfjs-converter, operation_mapper.ts: ``parseStringParam``, ``getDtypeParam``); protobuf's parser takes one of each.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

# tensorflow/core/framework/types.proto
_TYPES = {
    1: "DT_FLOAT", 2: "DT_DOUBLE", 3: "DT_INT32", 4: "DT_UINT8", 5: "DT_INT16", 6: "DT_INT8", 7: "DT_STRING",
    8: "DT_COMPLEX64", 9: "DT_INT64", 10: "DT_BOOL", 14: "DT_BFLOAT16", 17: "DT_UINT16", 18: "DT_COMPLEX128",
    19: "DT_HALF", 20: "DT_RESOURCE", 21: "DT_VARIANT", 22: "DT_UINT32", 23: "DT_UINT64",
}  # fmt: skip
_TEXTS = frozenset({"s", "tensorContent"})
_KINDS = frozenset({"dtype", "type"})


def standard_graph(graph: Any) -> Any:
    """A GraphDef's JSON with the attributes of all nodes, those of its functions too, in the standard form.

    Args:
        graph: ``modelTopology`` or ``modelInitializer``; what is not an object is returned as it is.
    """
    if not isinstance(graph, Mapping):
        return graph
    copy = {**graph, "node": _nodes(graph.get("node"))} if "node" in graph else dict(graph)
    library = graph.get("library")
    functions = library.get("function") if isinstance(library, Mapping) else None
    if isinstance(library, Mapping) and isinstance(functions, list):
        copy["library"] = {**library, "function": [_function(function) for function in functions]}
    return copy


def _function(function: Any) -> Any:
    if not isinstance(function, Mapping):
        return function
    return {key: _nodes(value) if key in ("nodeDef", "node_def") else value for key, value in function.items()}


def _nodes(nodes: Any) -> Any:
    if not isinstance(nodes, list):
        return nodes
    return [{**node, "attr": _attributes(node["attr"])} if _has_attributes(node) else node for node in nodes]


def _has_attributes(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("attr"), dict)


def _attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in attributes.items()}


def _value(value: Any) -> Any:
    """An attribute's value, or a tensor in it; what a list holds are values of one kind."""
    if not isinstance(value, dict):
        return value
    return {key: _field(key, item) for key, item in value.items()}


def _field(key: str, item: Any) -> Any:
    if key == "list" and isinstance(item, dict):
        return {
            kind: [_field(kind, value) for value in items] if isinstance(items, list) else items
            for kind, items in item.items()
        }
    if key in _TEXTS:
        return _text(item)
    return _kind(item) if key in _KINDS else _value(item)


def _text(item: Any) -> Any:
    if isinstance(item, list) and all(type(byte) is int and 0 <= byte <= 255 for byte in item):
        return base64.b64encode(bytes(item)).decode()
    return item


def _kind(item: Any) -> Any:
    return _TYPES.get(item, item) if type(item) is int else item
