"""The --frame-trace option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framegate.trace.read import read_trace, stages_s

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]


def test_the_slices_of_a_trace_add_up_to_the_stages(stored: Stored, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "traces"
    [entry] = stored(f"--frame-trace={folder}", "--frame-preprocess=none", "--benchmark-max-time=0.01")
    [path] = folder.iterdir()
    assert entry["extra_info"]["trace"] == {"file": str(path)}
    benchmark_s = entry["extra_info"]["stages_s"]
    traced_s = stages_s(read_trace(path))
    assert list(traced_s) == list(benchmark_s)
    for stage, seconds in benchmark_s.items():
        count = len(traced_s[stage])
        assert count == len(seconds)
        assert sum(traced_s[stage]) == pytest.approx(sum(seconds), rel=0.01, abs=count * 1e-9)


def test_a_folder_that_cannot_be_written_is_refused_at_the_start(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(f"--frame-trace={tmp_path / 'file'}", "--frame-preprocess=none")
    result.stderr.fnmatch_lines(["ERROR: --frame-trace *file: no file can be written there (*); name another folder"])
