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
    nodes = (node for _, nodes in parts(model) for node in nodes) if model.format == "graph" else ()
    casts = [str(node.get("name")) for node in nodes if _is_float_made_bool(node)]
    if not casts:
        return ()
    sentence = (
        f"TF.js {version()} returns other numbers for this on wasm than on cpu, webgl and webgpu: where op 'Cast' makes"
        f" true or false of a float, in '{casts[0][-80:]}', wasm takes all between -1 and 1 for false"
        " (tensorflow/tfjs#2590)"
    )
    return (sentence,)


def _is_float_made_bool(node: Json) -> bool:
    return node.get("op") == "Cast" and _type(node, "DstT") == _TRUE_OR_FALSE and _type(node, "SrcT") in _FLOATS


def _type(node: Json, name: str) -> object:
    attributes = node.get("attr")
    value = attributes.get(name) if isinstance(attributes, dict) else None
    return value.get("type") if isinstance(value, dict) else None
