"""The --frame-report option."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from late_renderers import LATE_RENDERERS
from stored_runs import stored_entry, stored_run, write_run

Run = Callable[..., pytest.RunResult]


def test_a_run_writes_one_page_and_says_where(run: Run, pytester: pytest.Pytester, tmp_path: Path) -> None:
    file = tmp_path / "new" / "report.html"
    before = stored_entry("test_frame[tiny-16-greyscale-null-null-null]", (0.25,))
    write_run(pytester.path / ".benchmarks" / "Linux" / "0001_before.json", stored_run(before))
    result = run(
        f"--frame-report={file}",
        "--frame-preprocess=none,greyscale",
        "--frame-renderer=null,numba",
        "--frame-budget=900000ms",
        "--benchmark-json=out.json",
        timing=True,
    )
    result.stdout.fnmatch_lines([f"*{file}"])
    page = file.read_text("utf-8")
    assert ">tiny: from frame to screen</h1>" in page
    assert '>tiny at 16 <span class="verdict yes">real-time</span>' in page
    assert page.count('<tr id="cell-') == 2 * (1 + ("numba" not in result.stdout.str().partition("Not run:")[2]))
    assert "<h3>tiny at 16, frame 0</h3>" in page
    assert "<h3>tiny at 16, greyscale, frame 0</h3>" in page
    for title in ("what went in", "what the model was fed", "none: every byte is the oracle&#39;s"):
        assert title in page
    history = page.partition('<section id="history"')[2].partition("</section>")[0]
    assert history.count("<h3>test_frame[tiny-16-greyscale-null-null-null]</h3>") == history.count("<svg") == 1
    assert "<td>0001_before</td>" not in history  # there is nothing to say of it
    assert "<td>this run</td>" in history
    assert "changed: cpu: " in history
    assert 'src="http' not in page
    assert page.partition('<section id="models"')[2].count("<summary>tiny<small>") == 1
    stored: dict[str, Any] = json.loads((pytester.path / "out.json").read_text())["framegate"]
    assert stored["budget_s"] == 900
    assert "--frame-preprocess=none,greyscale" in stored["options"]
    assert not [word for word in stored["options"] if "report" in word]


def test_what_bench_sets_is_no_part_of_a_command_that_measures_a_cell_again(
    run: Run, pytester: pytest.Pytester
) -> None:
    run("--frame-budget=900000ms", "--frame-bench", "--frame-run-limit=600", "--benchmark-json=out.json", timing=True)
    stored: dict[str, Any] = json.loads((pytester.path / "out.json").read_text())["framegate"]
    assert "--frame-budget=900000ms" in stored["options"]
    assert not [word for word in stored["options"] if word.startswith(("--frame-bench", "--frame-run-limit"))]


def test_a_file_that_cannot_be_written_is_refused_at_the_start(run: Run, tmp_path: Path) -> None:
    result = run(f"--frame-report={tmp_path}", "--frame-preprocess=none")
    result.stderr.fnmatch_lines(["ERROR: --frame-report * cannot be written: it is a folder; name another file"])


def test_a_wrong_picture_is_shown_with_its_cell(run: Run, pytester: pytest.Pytester, tmp_path: Path) -> None:
    pytester.makeconftest(f"""{LATE_RENDERERS}

def pytest_framegate_renderers(config):
    return {{"once": Once}}
""")
    file = tmp_path / "report.html"
    run(f"--frame-report={file}", "--frame-renderer=null,once", "--frame-preprocess=none", timing=True).assert_outcomes(
        passed=1, failed=1
    )
    page = file.read_text("utf-8")
    assert '<a href="#left-out">1 benchmark failed</a>' in page
    assert '<span class="mark bad" title="WrongOutput: ' in page
    [row] = [row for row in page.split("<h3>") if "wrong after the last frame" in row]
    assert "drawn by null, once, null" in row
    assert "off the oracle" in row
    assert "the fastest of" not in page  # of the one that is right


def test_it_shows_what_this_process_measures(run: Run, tmp_path: Path) -> None:
    result = run(f"--frame-report={tmp_path / 'report.html'}", "--gate=main", "--benchmark-only", timing=True)
    result.stderr.fnmatch_lines(["ERROR: --frame-report shows what this process measures, and with --gate *"])
    assert not (tmp_path / "report.html").exists()
