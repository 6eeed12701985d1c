"""The --frame-tables option."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]

OURS = "test_frame: where the time goes (median ms)"
THEIRS = "Name (time in *"


def test_tables_are_printed_where_they_are_asked_for(run: Run, pytester: pytest.Pytester) -> None:
    plain = run("--frame-preprocess=none", timing=True)
    plain.stdout.no_fnmatch_line(OURS)
    plain.stdout.no_fnmatch_line(THEIRS)
    run("--frame-preprocess=none", "--frame-tables", timing=True).stdout.fnmatch_lines(
        [THEIRS, OURS, "Real-time means*"]
    )
    pytester.makeini("[pytest]\nframe_tables = true\n")
    run("--frame-preprocess=none", timing=True).stdout.fnmatch_lines([THEIRS, OURS])


@pytest.mark.parametrize(
    "option",
    [
        "--benchmark-columns=min,median",
        "--benchmark-sort=name",
        "--benchmark-group-by=param:frame_renderer",
        "--benchmark-histogram=drawn",
        "--benchmark-verbose",
    ],
)
def test_who_says_how_pytest_benchmarks_table_looks_sees_it(run: Run, option: str) -> None:
    if "histogram" in option:
        pytest.importorskip("pygal")
    result = run("--frame-preprocess=none", option, timing=True)
    result.stdout.fnmatch_lines([THEIRS])
    result.stdout.no_fnmatch_line(OURS)


def test_an_ini_file_may_say_it(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\naddopts = --benchmark-columns=min\n")
    run("--frame-preprocess=none", timing=True).stdout.fnmatch_lines([THEIRS])


def test_benchmarks_of_others_keep_their_table(run: Run, suites: Path) -> None:
    (suites / "test_mine.py").write_text("def test_mine(benchmark): benchmark(int)\n")
    result = run("--frame-preprocess=none", str(suites / "test_mine.py"), timing=True)
    result.stdout.fnmatch_lines([THEIRS])
    result.stdout.fnmatch_lines_random(["test_mine *", "test_frame*"])


def test_a_regression_that_is_compared_is_shown_and_fails(run: Run, pytester: pytest.Pytester) -> None:
    assert run("--frame-preprocess=none", "--benchmark-save=base", timing=True).ret == 0
    (file,) = pytester.path.glob(".benchmarks/*/*.json")
    faster = json.loads(file.read_text())
    faster["benchmarks"][0]["stats"]["min"] = 1e-9
    file.write_text(json.dumps(faster))
    options = ("--benchmark-compare", "--benchmark-compare-fail=min:5%")
    result = run("--frame-preprocess=none", *options, timing=True, subprocess=True)
    assert result.ret == 1
    result.stdout.fnmatch_lines([THEIRS])
    result.stderr.fnmatch_lines(["*Performance has regressed*"])


def test_what_was_written_is_still_said(run: Run) -> None:
    result = run("--frame-preprocess=none", "--benchmark-json=out.json", timing=True)
    result.stderr.fnmatch_lines(["Wrote benchmark data in: *out.json"])
