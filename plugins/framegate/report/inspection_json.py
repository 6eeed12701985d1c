"""What `framegate inspect --json` prints: everything, with stable keys; bytes and counts are whole numbers."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from framegate.analysis.inspection import Inspection
from framegate.analysis.ports import PortReport
from framegate.analysis.rows import Row

_VERSION = 1  # of this form; it rises when a key changes its meaning or goes


def to_json(found: Inspection) -> str:
    """One JSON object; None is what cannot be told."""
    return json.dumps(document(found), indent=2, ensure_ascii=True)


def document(found: Inspection) -> dict[str, Any]:
    """The same as plain Python values."""
    totals = found.totals
    return {
        "version": _VERSION,
        "name": found.name,
        "path": str(found.model.path),
        "format": found.model.format,
        **found.header,
        "size": None if found.size is None else {"height": found.size.height, "width": found.size.width},
        "size_reason": found.size_reason,
        "inputs": [_port(port) for port in found.inputs],
        "outputs": [_port(port) for port in found.outputs],
        "totals": {**dataclasses.asdict(totals), "ops": len(found.rows)},
        "stored_dtypes": dict(found.dtypes),
        "ops": [_row(row, totals.parameters) for row in found.rows],
        "unused_weights": [entry.name for entry in found.unused],
        "shards": [
            {"path": shard.path, "bytes": shard.size, "problem": shard.problem or None} for shard in found.shards.shards
        ],
        "shard_problems": list(found.shards.problems),
        "backends": {name: {kind: list(lacks) for kind, lacks in kinds.items()} for name, kinds in _missing(found)},
        "unknown_to_tfjs": list(found.support.unknown),
        "kernels_not_known": list(found.support.unsure),
        "refused_by_tfjs": list(found.refusals),
        "tfjs_version": found.support.version,
        "notes": list(found.notes),
    }


def _missing(found: Inspection) -> list[tuple[str, Any]]:
    return list(found.support.missing.items())


def _port(port: PortReport) -> dict[str, Any]:
    return {
        "name": port.name,
        "dtype": port.dtype,
        "declared_shape": port.declared,
        "shape": port.shape,
        "is_image": port.layout is not None,
        "layout": port.layout,
        "channels": port.channels,
        "range": port.range,
        "range_reason": port.reason or None,
    }


def _row(row: Row, total: int) -> dict[str, Any]:
    return {
        "name": row.name,
        "op": row.kind,
        "detail": row.detail,
        "shape": row.shape,
        "shape_is_assumed": row.assumed,
        "parameters": row.parameters,
        "parameter_share": row.parameters / total if total else 0.0,
        "macs": row.macs,
        "stored_bytes": row.stored_bytes,
        "float32_bytes": row.float32_bytes,
        "weights": [entry.name for entry in row.weights],
    }
