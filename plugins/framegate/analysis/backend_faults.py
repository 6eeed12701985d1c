"""What one backend of TF.js 4.22 computes otherwise than the others, so that a model returns something else (pure)."""

from __future__ import annotations

from framegate.analysis.kernels import version
from framegate.models.graph_parts import parts
from framegate.models.topology import Json, ModelJson

_TRUE_OR_FALSE = "DT_BOOL"
_FLOATS = ("DT_FLOAT", "DT_HALF", "DT_DOUBLE")


def backend_faults(model: ModelJson) -> tuple[str, ...]:
    """A sentence for each fault that a model meets, with the backend, the op and the first of its nodes.

    Args:
        model: the parsed model.json; a layers model meets none that is known.
    """
    nodes = [node for _, nodes in parts(model) for node in nodes] if model.format == "graph" else []
    first = ((next((node for node in nodes if meets(node)), None), fault) for meets, fault in _FAULTS.items())
    return tuple(
        f"TF.js {version()} returns other numbers for this on wasm than on cpu and webgl:"
        f" {fault.format(str(node.get('name'))[-80:])}"
        for node, fault in first
        if node is not None
    )


def _is_float_made_bool(node: Json) -> bool:
    return node.get("op") == "Cast" and _type(node, "DstT") == _TRUE_OR_FALSE and _type(node, "SrcT") in _FLOATS


def _is_class_made_float(node: Json) -> bool:
    return node.get("op") == "OneHot" and _type(node, "T") in (*_FLOATS, _TRUE_OR_FALSE)


_FAULTS = {
    _is_float_made_bool: "where op 'Cast' makes true or false of a float, in '{}', wasm takes all between -1 and 1 for"
    " false (tensorflow/tfjs#2590)",
    _is_class_made_float: "what op 'OneHot' makes other than whole numbers, in '{}', is all 0 or nearly so on wasm",
}
"""What is said of the first node that is such."""


def _type(node: Json, name: str) -> object:
    attributes = node.get("attr")
    value = attributes.get(name) if isinstance(attributes, dict) else None
    return value.get("type") if isinstance(value, dict) else None
