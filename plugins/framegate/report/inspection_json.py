"""What `framegate inspect --json` prints: everything, with stable keys; bytes and counts are whole numbers."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from framegate.analysis.inspection import Inspection
from framegate.analysis.ports import PortReport
from framegate.analysis.rows import Row

_VERSION = 1  # of this form; it rises when a key changes its meaning or goes


def to_json(inspection: Inspection) -> str:
    """One JSON object; None stands for what is not known."""
    return json.dumps(document(inspection), indent=2, ensure_ascii=True)


def document(inspection: Inspection) -> dict[str, Any]:
    """The same as plain Python values."""
    totals = inspection.totals
    return {
        "version": _VERSION,
        "name": inspection.name,
        "path": str(inspection.model.path),
        "format": inspection.model.format,
        **inspection.header,
        "size": None if inspection.size is None else {"height": inspection.size.height, "width": inspection.size.width},
        "size_reason": inspection.size_reason,
        "inputs": [_port(port) for port in inspection.inputs],
        "outputs": [_port(port) for port in inspection.outputs],
        "shown": None if inspection.shown is None else inspection.shown._asdict(),
        "totals": {**dataclasses.asdict(totals), "ops": len(inspection.rows)},
        "stored_dtypes": dict(inspection.dtypes),
        "ops": [_row(row, totals.parameters) for row in inspection.rows],
        "unused_weights": [entry.name for entry in inspection.unused],
        "shards": [
            {"path": shard.path, "bytes": shard.size, "problem": shard.problem or None}
            for shard in inspection.shards.shards
        ],
        "shard_problems": list(inspection.shards.problems),
        "backends": {
            name: {kind: list(lacks) for kind, lacks in kinds.items()} for name, kinds in _missing(inspection)
        },
        "unknown_to_tfjs": list(inspection.support.unknown),
        "kernels_not_known": list(inspection.support.unsure),
        "refused_by_tfjs": list(inspection.refusals),
        "otherwise_in_tfjs": list(inspection.differences),
        "tfjs_version": inspection.support.version,
        "notes": list(inspection.notes),
    }


def _missing(inspection: Inspection) -> list[tuple[str, Any]]:
    return list(inspection.support.missing.items())


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
        "fed": port.fed or None,
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
