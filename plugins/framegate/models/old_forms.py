"""Models as old converters, old versions of Keras and hand-made tools wrote them, in today's form (pure).

Of graphs, TF.js reads bytes from base64 and from lists of numbers, and types by name and by number
(tfjs-converter, operation_mapper.ts: ``parseStringParam``, ``getDtypeParam``); protobuf's parser takes one of each.
"""

from __future__ import annotations

import base64
import re
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


_CALLS = frozenset({"inbound_nodes", "input_layers", "output_layers"})
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def standard_layers(topology: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``modelTopology`` in which the config of each Sequential, nested ones too, is an object.

    Keras before 2.3 wrote the bare list of its layers. Indices of calls and outputs are numbers; TF.js takes text too.
    """
    return {key: _entry(key, value) for key, value in _object(topology).items()}


def _entry(key: str, value: Any) -> Any:
    return _references(value) if key in _CALLS else _standard(value)


def _standard(value: Any) -> Any:
    if isinstance(value, list):
        return [_standard(item) for item in value]
    if isinstance(value, dict):
        return {key: _entry(key, item) for key, item in _object(value).items()}
    return value


def _object(value: Mapping[str, Any]) -> Mapping[str, Any]:
    layers = value.get("config")
    if value.get("class_name") != "Sequential" or not isinstance(layers, list):
        return value
    named = {"name": value["name"]} if isinstance(value.get("name"), str) else {}
    return {**value, "config": {**named, "layers": layers}}


def _references(calls: Any) -> Any:
    """References, ``["layer", call, output, …]``, in lists of lists."""
    if not isinstance(calls, list):
        return calls
    if calls and isinstance(calls[0], str):
        return [calls[0], *map(_index, calls[1:3]), *calls[3:]]
    return [_references(call) for call in calls]


def _index(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _INDEX.fullmatch(value) else value
