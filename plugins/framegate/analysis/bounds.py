"""Models that are refused before anything is computed, because it would never end or never fit (no TensorFlow)."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from framegate.analysis.inspection import inspect
from framegate.errors import FramegateError, ModelFormatError
from framegate.interfaces import ModelSpec
from framegate.models.memory import check_fits
from framegate.models.nodes import node_name
from framegate.models.topology import ModelJson, read_model_json
from framegate.models.wiring import order

MOST_TERMS = 1 << 16
"""Of a sum of sums: TensorFlow's optimiser writes all of them out as one, and takes seconds for a million."""

_SUMS = frozenset({"Add", "AddN", "AddV2"})
_ITEM_BYTES = 4


def check_sums(path: Path, nodes: Sequence[Mapping[str, Any]]) -> None:
    """Refuse sums that double their terms from node to node.

    Args:
        path: the model.json, for errors.
        nodes: the graph's nodes.

    Raises:
        ModelFormatError: a sum has more than `MOST_TERMS` terms, or nodes wait for each other.
    """
    if sum(node["op"] in _SUMS for node in nodes) < math.log2(MOST_TERMS):
        return
    terms: dict[str, int] = {}
    for node in order(path, [dict(node) for node in nodes]):
        if node["op"] not in _SUMS:
            continue
        summands = (name for name in node.get("input") or () if not name.startswith("^"))
        count = terms[node["name"]] = sum(terms.get(node_name(name), 1) for name in summands)
        if count > MOST_TERMS:
            raise ModelFormatError(
                f"{path}: node {node['name']!r} is a sum of {min(count, 10**9):,} terms with the sums that it adds, and"
                f" {MOST_TERMS:,} at most are run; convert the model again"
            )


def check_tensors(path: Path) -> None:
    """Refuse a model with a tensor that is larger than the free memory, where model.json says its shape.

    Args:
        path: the model.json.

    Raises:
        ModelError: there is less memory than that.
    """
    rows: Sequence[Any] = ()
    with contextlib.suppress(FramegateError):  # loading says it better
        rows = _inspected(read_model_json(path))
    for row in rows:
        if row.shape is not None:
            size = math.prod(1 if dim is None else max(dim, 0) for dim in row.shape) * _ITEM_BYTES
            check_fits(path, f"node {row.name!r} gives a tensor", size)


def _inspected(model: ModelJson) -> Sequence[Any]:
    spec = ModelSpec("model", "path", str(model.path))
    return inspect(spec, model, read_constants=True).rows
