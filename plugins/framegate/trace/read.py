"""Read a trace of ours back."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from framegate.errors import UsageError
from framegate.trace.write import STAGE

GZIP = b"\x1f\x8b"
"""What a compressed file begins with."""


def read_trace(path: Path) -> dict[str, Any]:
    """The trace in a file: ``traceEvents``, and ``otherData`` about it.

    Raises:
        UsageError: there is no such file, or it is no trace.
    """
    try:
        trace = json.loads(trace_content(path))
    except ValueError as error:
        raise UsageError(f"{path}: is no trace ({error}); name a file of --frame-trace") from error
    if not isinstance(trace, dict) or not isinstance(trace.get("traceEvents"), list):
        raise UsageError(f"{path}: is no trace, as it has no traceEvents; name a file of --frame-trace")
    return trace


def trace_content(path: Path) -> bytes:
    """The JSON in a file, which may be compressed by gzip.

    Raises:
        UsageError: there is no such file, or it is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a file of --frame-trace") from error
    try:
        return gzip.decompress(content) if content.startswith(GZIP) else content
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: is damaged ({error}); name a file of --frame-trace") from error


def stages_s(trace: dict[str, Any]) -> dict[str, list[float]]:
    """Seconds of the stages of the benchmark's rounds, by stage, as the slices of a trace say."""
    stages: dict[str, list[float]] = {}
    for event in trace["traceEvents"]:
        if event["ph"] == "X" and event["cat"] == STAGE and "round" in event["args"]["data"]:
            stages.setdefault(event["name"], []).append(event["dur"] / 1e6)
    return stages
