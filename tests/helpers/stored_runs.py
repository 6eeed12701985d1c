"""Files of pytest-benchmark, with what a test puts into them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

MACHINE = {
    "node": "bench-1",
    "machine": "x86_64",
    "system": "Linux",
    "release": "6.1",
    "python_implementation": "CPython",
    "python_version": "3.11.7",
    "cpu": {"brand_raw": "A CPU", "count": 2},
    "versions": {"numpy": "2.1.3", "opencv-python": "5.0.0"},
}
FRAME = {"model": "net", "model_sha256": "ab", "size": "64", "preprocess": "none", "runtime": "tensorflow"}


def stored_entry(
    name: str,
    data: Sequence[float] | None = (0.3, 0.1, 0.2),
    stages_s: Mapping[str, Sequence[float]] | None = None,
    iterations: int = 1,
    rounds: int | None = None,
    **extra_info: Any,
) -> dict[str, Any]:
    """A benchmark of those rounds; without any where data is None, as --benchmark-autosave has it."""
    stats: dict[str, Any] = {"rounds": len(data or ()) if rounds is None else rounds, "iterations": iterations}
    if data:
        stats |= {"data": list(data), "min": min(data), "median": median(data)}
    stages = {} if stages_s is None else {"stages_s": {stage: list(seconds) for stage, seconds in stages_s.items()}}
    return {"name": name, "group": None, "params": None, "stats": stats, "extra_info": {**stages, **extra_info}}


def stored_run(*entries: Mapping[str, Any], **head: Any) -> dict[str, Any]:
    """A file's content; what is not given is of one machine and commit."""
    return {
        "machine_info": MACHINE,
        "commit_info": {"id": "c0ffee", "branch": "main", "dirty": False, "time": "2026-11-01T10:00:00+00:00"},
        "benchmarks": list(entries),
        "datetime": "2026-11-02T10:00:00+00:00",
        "version": "5.3.1",
        **head,
    }


def write_run(file: Path, content: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))
    return file
