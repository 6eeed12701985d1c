"""What the process of a cell held is stored, shown and gated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gate_project import Project

from framegate.gate.worker.memory import resident_bytes

pytestmark = pytest.mark.skipif(resident_bytes() is None, reason="only Linux tells what a process holds")
Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]

SUITE = """
import time
from pathlib import Path

HELD = []


def test_work(benchmark, store_memory):
    size = Path(__file__).with_name("held.txt")
    HELD.append(bytearray(b"x") * (int(size.read_text()) << 20))
    benchmark(time.perf_counter)
    store_memory()
"""
SETTINGS = """
[pytest]
gate_floor =
    all = 300%
    p95 = 9900%
    peak_bytes = 10%
    steady_bytes = 10%
"""


@pytest.mark.parametrize(
    "suite", ["test_frame.py", "test_inference.py", "test_load.py", "test_render.py", "test_preprocess.py"]
)
def test_every_suite_stores_it(stored: Stored, suite: str) -> None:
    cells = stored("--frame-preprocess=none", suite=suite)
    assert cells
    for cell in cells:
        memory = cell["extra_info"]["memory"]
        assert list(memory) == ["peak_bytes", "steady_bytes"]
        assert memory["peak_bytes"] >= memory["steady_bytes"] > 10_000_000


def test_the_end_of_the_run_shows_it_for_each_model_and_runtime(run: Run) -> None:
    result = run("--frame-preprocess=none,greyscale", "--frame-tables", timing=True)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["memory: what the process held (MB, its libraries included)", "*model*size*runtime*at most*after the rounds*"]
    )
    assert len([line for line in result.outlines if line.split()[:3] == ["tiny", "16", "null"]]) == 1


def test_nothing_is_shown_with_timing_off(run: Run) -> None:
    run("--frame-preprocess=none").stdout.no_fnmatch_line("*memory:*")


def test_more_memory_is_a_regression(new_project: Project) -> None:
    def hold(megabytes: int) -> None:
        Path(new_project.folder / "held.txt").write_text(str(megabytes))

    new_project.write(SUITE, SETTINGS)
    hold(1)
    first = new_project.gate("--gate-bootstrap")
    assert first.code == 0, first.output
    same = new_project.gate()
    assert same.code == 0, same.output
    hold(64)
    more = new_project.gate()
    more.says_no(1, "test_work", "regressed")
    assert "steady_bytes +" in more.output
    assert "peak_bytes +" in more.output
