"""Hash tables, made and filled by ``modelInitializer`` when a model is loaded, as in TF.js."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from framegate.errors import ModelError
from framegate.models import graph
from framegate.models.nodes import node_name
from framegate.tfgraph import graph_def
from framegate.tfgraph.node_names import valid_name
from framegate.tfgraph.parts import Parts

TableHandles = dict[str, Any]
"""Name of a tensor of the main graph -> the tensor that takes its place."""

_TABLES = frozenset({"HashTable", "HashTableV2"})
_FILLERS = frozenset({"InitializeTable", "InitializeTableV2", "LookupTableImport", "LookupTableImportV2"})


def make_tables(tf: Any, parts: Parts) -> TableHandles:
    """Handles of the model's tables, by the tensors that stand for them in the main graph; none for most models.

    Raises:
        ModelError: the initializer cannot be run.
        ModelFormatError: it is malformed.
    """
    initializer = parts.json.document.get("modelInitializer")
    if not isinstance(initializer, Mapping) or not initializer.get("node"):
        return {}
    path = parts.json.path
    nodes = graph.nodes(replace(parts.json, document={"modelTopology": initializer}))
    tables = [node["name"] for node in nodes if node["op"] in _TABLES]
    fillers = [node["name"] for node in nodes if node["op"] in _FILLERS]
    proto = graph_def.convert(tf, parts, nodes, initializer.get("library"))
    for node in proto.node:
        if node.op in _TABLES:
            # Each load of a model has tables of its own, which outlive the call that fills them.
            node.attr["shared_name"].s = uuid.uuid4().hex.encode()

    def fill() -> Any:
        names = [f"{valid_name(name)}:0" for name in tables]
        ends = tf.graph_util.import_graph_def(proto, return_elements=[*names, *map(valid_name, fillers)], name="")
        with tf.control_dependencies(ends[len(tables) :]):
            return [tf.identity(handle) for handle in ends[: len(tables)]]

    try:
        handles = tf.function(fill, autograph=False)()
    except (ValueError, TypeError, KeyError, OverflowError, tf.errors.OpError) as error:
        raise ModelError(f"{path}: TensorFlow cannot fill the tables ({error}); convert the model again") from error
    return _places(parts, dict(zip(tables, handles, strict=True)))


def _places(parts: Parts, handles: Mapping[str, Any]) -> TableHandles:
    """The main graph names its tables by the ids in the two signatures; older ones by a table of the same name."""
    here = {node["name"]: node["op"] for node in graph.nodes(parts.json)}
    places = {f"{name}:0": handle for name, handle in handles.items() if here.get(name) in _TABLES}
    document = parts.json.document
    by_id = {
        tensor.get("resourceId"): handles.get(node_name(str(tensor.get("name", key))))
        for key, tensor in _tensors(document.get("initializerSignature"), "outputs").items()
    }
    metadata = document.get("userDefinedMetadata")
    for holder in (document.get("signature"), metadata.get("signature") if isinstance(metadata, Mapping) else None):
        for key, tensor in _tensors(holder, "inputs").items():
            handle = by_id.get(tensor.get("resourceId"))
            if tensor.get("resourceId") is not None and handle is not None:
                name = str(tensor.get("name", key))
                places[name if ":" in name else f"{name}:0"] = handle
    return places


def _tensors(signature: Any, side: str) -> dict[str, Mapping[str, Any]]:
    tensors = signature.get(side) if isinstance(signature, Mapping) else None
    items = tensors.items() if isinstance(tensors, Mapping) else ()
    return {key: tensor for key, tensor in items if isinstance(tensor, Mapping)}
