"""Speed is measured by benchmarks and judged by no test."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from speed import __main__ as command
from speed import figures

ROOT = Path(__file__).parents[2]
CLOCKS = {"perf_counter", "perf_counter_ns", "monotonic", "process_time", "thread_time", "getrusage", "default_timer"}
# The first waits, and never says that something took too long that has happened; the second is the clock.
MAY_READ_A_CLOCK = {"patience.py", "sitecustomize.py"}
TESTS = [path for path in sorted((ROOT / "tests").rglob("*.py")) if path.name not in MAY_READ_A_CLOCK]


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in TESTS}


def test_no_test_reads_a_clock(trees: dict[str, ast.Module]) -> None:
    assert {name: read for name, tree in trees.items() if (read := clocks_of(tree))} == {}


def clocks_of(tree: ast.Module) -> set[str]:
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return names & CLOCKS


def test_no_test_waits_for_a_number_of_its_own(trees: dict[str, ast.Module]) -> None:
    """A wait ends in an error after ``patience.PATIENCE_S``, which no machine needs; fewer seconds are a bet."""
    assert {name: lines for name, tree in trees.items() if (lines := lines_that_wait(tree))} == {}


def lines_that_wait(tree: ast.Module) -> list[int]:
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        timeouts = [keyword.value for keyword in call.keywords if keyword.arg == "timeout"]
        given = [*timeouts, *(call.args[:1] if name == "wait" else [])]
        if name in {"wait", "communicate", "join", "run", "until"} and any(
            isinstance(each, ast.Constant) and isinstance(each.value, int | float) for each in given
        ):
            found.append(call.lineno)
    return found


def test_every_figure_of_the_page_is_one_that_is_measured() -> None:
    named = [(row.benchmark, row.figure) for row in figures.rows()]
    assert len(named) == len(set(named)) > 20
    assert {benchmark for benchmark, _ in named} == {*figures.benchmarks()}
    assert len(named) == len(re.findall(r"^\| `", figures.PAGE.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("row", figures.rows(), ids=lambda row: f"{row.benchmark}.{row.figure}")
def test_the_page_says_what_the_linked_page_says(row: figures.Row) -> None:
    if row.page is not None:
        text = (ROOT / "docs" / row.page).read_text("utf-8")
        assert row.claim in " ".join(text.split())


def test_every_benchmark_can_be_imported_and_measures() -> None:
    for name in figures.benchmarks():
        assert callable(import_module(f"speed.{name.replace('-', '_')}").measure)


def taken(benchmark: str) -> figures.Figures:
    if benchmark == "frames":
        raise RuntimeError("no frame here")
    return {"us": 0.5, "vs-pyopengl": 100.0}


def test_the_table_judges_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "taken", taken)
    assert command.main(["gl-calls"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.lstrip().startswith("gl-calls.vs-pyopengl ")]
    assert "100 \N{MULTIPLICATION SIGN}" in line
    assert any("gl-calls.us" in line and "0.5 µs" in line for line in lines)


def test_a_benchmark_that_cannot_run_is_said_and_the_others_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "taken", taken)
    assert command.main(["frames", "gl-calls"]) == 1
    shown = capsys.readouterr()
    assert "speed: frames could not run: no frame here" in shown.err
    assert "0.5 µs" in shown.out
    assert command.main(["nothing"]) == 2


def test_a_benchmark_runs_in_a_process_of_its_own() -> None:
    assert figures.taken("frames").keys() == {row.figure for row in figures.rows() if row.benchmark == "frames"}
    with pytest.raises(RuntimeError, match="No module named"):
        figures.taken("nothing")
