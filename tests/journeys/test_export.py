"""``framegate export``, from a run of pytest to what pandas and DuckDB read."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from stored_runs import FRAME, stored_entry, stored_run, write_run

from framegate.commands.cli import main

DOCS = Path(__file__).parents[2] / "docs" / "export.md"
HOSTILE = 'test_frame[=HYPERLINK("x")\n<script>,\u202e;\U0001f4a5-\ud800]'
SUITE = """
import pytest


@pytest.mark.parametrize("x", ["=1+1", "a,b"])
def test_mine(benchmark, x):
    benchmark.pedantic(str, (x,), rounds=3, iterations=2)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    for name in [name for name in os.environ if name.startswith(("PYTEST_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stored runs, in the folder in which the command runs."""
    monkeypatch.chdir(folder)
    write_frames(folder)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, check=False)


def export(folder: Path, *arguments: str) -> tuple[bytes, str]:
    done = run(folder, "-m", "framegate", "export", *arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout, done.stderr.decode()


def write_frames(folder: Path) -> None:
    """Two commits of three renderers' frames, and a benchmark whose name means harm."""
    for number, (commit, factor) in enumerate((("aaa", 1), ("bbb", 2)), 1):
        entries = [
            stored_entry(
                f"test_frame[net-{renderer}]",
                [factor * seconds for seconds in (0.008, 0.004, 0.016)],
                {"draw": [0.002, 0.001, draw_s]},
                frame={**FRAME, "renderer": renderer},
            )
            for renderer, draw_s in (("opencv", 0.004), ("gl-upload", 0.0005))
        ]
        harm = stored_entry(HOSTILE, (float("nan"), 0.5), frame={"renderer": HOSTILE, "model": "\x00"})
        content = stored_run(*entries, harm, commit_info={"id": commit})
        write_run(folder / ".benchmarks" / "Linux" / f"{number:04}_x.json", content)


def test_the_examples_of_the_docs_run_on_parquet(folder: Path) -> None:
    write_frames(folder)
    _, said = export(folder, "-o", "rounds.parquet")
    assert said.startswith("wrote 16 rows of 2 runs, ")
    outputs = []
    for example in re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL):
        done = run(folder, "-X", "utf8", "-c", example)
        assert done.returncode == 0, done.stderr.decode()
        outputs.append(done.stdout.decode())
    query, frame = outputs
    assert re.search(r"gl-upload\s*│\s*6\s*│\s*12\.0\s*│\s*1\.0\s*│", query), query
    assert re.search(r"opencv\s*│\s*6\s*│\s*12\.0\s*│\s*2\.0\s*│", query), query
    assert re.search(r"gl-upload\s+8\.0\s+16\.0", frame), frame
    assert re.search(r"opencv\s+8\.0\s+16\.0", frame), frame


TYPES = """
import json, sys
import duckdb

rows = duckdb.sql("DESCRIBE SELECT * FROM 'rounds.parquet'").fetchall()
harm = duckdb.sql("SELECT benchmark, model, round, isnan(round_s), draw_s FROM 'rounds.parquet'"
                  " WHERE round_s IS NOT NULL AND draw_s IS NULL ORDER BY run, round").fetchall()
json.dump([{row[0]: row[1] for row in rows}, harm], sys.stdout)
"""


def test_parquet_has_types_nulls_and_names_as_they_are(folder: Path) -> None:
    write_frames(folder)
    export(folder, "1", "-o", "rounds.parquet")
    done = run(folder, "-c", TYPES)
    assert done.returncode == 0, done.stderr.decode()
    kinds, harm = json.loads(done.stdout)
    assert {
        name: kinds[name] for name in ("started", "cores", "is_dirty", "round", "round_s", "draw_s", "benchmark")
    } == {
        "started": "TIMESTAMP WITH TIME ZONE",
        "cores": "BIGINT",
        "is_dirty": "BOOLEAN",
        "round": "BIGINT",
        "round_s": "DOUBLE",
        "draw_s": "DOUBLE",
        "benchmark": "VARCHAR",
    }
    name = HOSTILE.replace("\ud800", "\\ud800")
    assert harm == [[name, "\x00", 0, True, None], [name, "\x00", 1, False, None]]


def test_runs_of_pytest_are_exported_with_and_without_their_rounds(folder: Path) -> None:
    (folder / "test_mine.py").write_text(SUITE)
    for options in (["--benchmark-save=all", "--benchmark-save-data"], ["--benchmark-autosave"]):
        done = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
        assert done.returncode == 0, done.stdout.decode()
    out, said = export(folder, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    assert said.splitlines()[0].startswith("wrote 8 rows of 2 runs, ")
    assert said.splitlines()[1].startswith("2 benchmarks without rounds, a row of statistics each")
    assert [row["round"] for row in rows] == [*("0", "1", "2") * 2, "", ""]
    assert [row["benchmark"] for row in rows[::3][:2]] == ["test_mine[=1+1]", "test_mine[a,b]"]
    assert {row["params"] for row in rows[:3]} == {'{"x": "=1+1"}'}
    assert {row["run"] for row in rows[:6]} == {"0001_all"}
    assert rows[0]["iterations"] == "2"
    assert float(rows[0]["min_s"]) == min(float(row["round_s"]) for row in rows[:3])
    # The newest of them for a dashboard.
    entries, said = export(folder, "--format", "github-action-benchmark")
    assert [entry["name"] for entry in json.loads(entries)] == ["test_mine[=1+1]", "test_mine[a,b]"]
    assert all(set(entry) == {"name", "unit", "value", "range", "extra"} for entry in json.loads(entries))
    assert "of the run 0002_" in said


def test_json_is_a_list_of_rows(here: Path) -> None:
    assert main(["export", ".benchmarks/Linux/0002_x.json", "-o", "rounds.JSON"]) == 0
    rows: list[dict[str, Any]] = json.loads((here / "rounds.JSON").read_text("utf-8"))
    assert [row["round_s"] for row in rows] == [0.016, 0.008, 0.032, 0.016, 0.008, 0.032, None, 0.5]
    assert {row["commit"] for row in rows} == {"bbb"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "rounds.txt"], "--format is missing, and the name of the file does not say it: parquet, csv, json"),
        (["--format", "csv", "9"], "no run is called '9' in .benchmarks; there is: .benchmarks/Linux/0001_x.json"),
        (["-o", "none/rounds.csv"], "none/rounds.csv cannot be written: there is no folder"),
        (["broken.json", "-o", "rounds.csv"], "broken.json cannot be read"),
        (["0001", "broken.json", "-o", "rounds.csv"], "broken.json cannot be read"),
        (["1", "2", "--format", "github-action-benchmark"], "takes one run, and 2 are named"),
        (["--storage", "elsewhere", "--format", "csv"], "no run is stored in elsewhere"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_no_file(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (here / "broken.json").write_text("{")
    before = sorted(path for path in here.rglob("*") if "cache" not in path.parts)
    assert main(["export", *arguments]) == 2
    out, errors = capsys.readouterr()
    assert (out, errors.count("\n")) == ("", 1)
    assert message in errors
    assert sorted(path for path in here.rglob("*") if "cache" not in path.parts) == before


def test_without_pyarrow_it_says_what_to_install(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["export", "-o", "rounds.parquet"]) == 2
    errors = capsys.readouterr().err
    assert "needs pyarrow, which cannot be imported" in errors
    assert "; pip install" in errors
    assert "[export]" in errors
    assert not (here / "rounds.parquet").exists()


def test_on_a_terminal_a_bar_shows_how_far_it_is(folder: Path) -> None:
    write_frames(folder)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "framegate", "export", "-o", "rounds.csv"]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "TERM": "xterm"}, stderr=theirs, check=False)
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the end of a terminal whose other side is closed
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    assert done.returncode == 0, shown
    assert b"reading runs" in shown
    assert b"writing benchmarks" in shown
    assert shown.rstrip().endswith(b"to rounds.csv")
