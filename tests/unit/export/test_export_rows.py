"""A row for each round, with exact numbers, whatever the files have."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from odd_runs import odd_runs
from stored_runs import FRAME, MACHINE, stored_entry, stored_run, write_run

from framegate.errors import HistoryError
from framegate.export import rows
from framegate.export.dashboard import dashboard_entries
from framegate.export.rows import CellRows, TableLayout, blocks_of, table_layout
from framegate.export.writers import write_csv, write_json
from framegate.runs.columns import columns_of
from framegate.runs.kept import open_run


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))


def exported(tmp_path: Path, *contents: Any) -> tuple[TableLayout, list[CellRows]]:
    files = [write_run(tmp_path / f"{at:04}_x.json", content) for at, content in enumerate(contents, 1)]
    runs = [open_run(file) for file in files]
    layout = table_layout(runs)
    return layout, list(blocks_of(runs, layout))


def series_of(block: CellRows) -> dict[str, list[float]]:
    return {name: values.tolist() for name, values in block.series.items()}


def test_every_round_is_a_row_with_its_axes_and_stages(tmp_path: Path) -> None:
    entry = stored_entry(
        "test_frame[net-64]",
        (0.5, 0.25),
        {"inference": (0.375, 0.125), "draw": (0.125, 0.125)},
        frame={**FRAME, "renderer": "opencv", "gl": "egl", "threads": 2, "is_software": True},
        shown={"view": "mask", "outputs": ["a"]},
        memory={"peak_bytes": 9, "steady_bytes": None},
    )
    layout, (block,) = exported(tmp_path, stored_run(entry))
    assert list(layout.series) == ["launch", "round", "round_s", "inference_s", "draw_s"]
    assert series_of(block) == {
        "round": [0, 1],
        "round_s": [0.5, 0.25],
        "inference_s": [0.375, 0.125],
        "draw_s": [0.125, 0.125],
    }
    assert set(block.values) == set(layout.columns)
    known = {name: value for name, value in block.values.items() if value is not None}
    assert known == {
        "run": "0001_x",
        "file": str(tmp_path / "0001_x.json"),
        "started": datetime(2026, 11, 2, 10, tzinfo=UTC),
        "commit": "c0ffee",
        "branch": "main",
        "is_dirty": False,
        "machine": "bench-1",
        "cpu": "A CPU",
        "cores": 2,
        "os": "Linux 6.1",
        "python": "CPython 3.11.7",
        "pytest_benchmark": "5.3.1",
        "numpy_version": "2.1.3",
        "opencv_python_version": "5.0.0",
        "benchmark": "test_frame[net-64]",
        "suite": "test_frame",
        **FRAME,
        "renderer": "opencv",
        "gl": "egl",
        "view": "mask",
        "outputs": "a",
        "threads": 2,
        "is_software": True,
        "rounds": 2,
        "iterations": 1,
        "min_s": 0.25,
        "median_s": 0.375,
        "peak_bytes": 9,
    }


def test_a_gated_run_has_its_launches_baseline_and_verdicts(tmp_path: Path) -> None:
    gate = {"launches": [{"rounds": 2, "calls": 0}, {"rounds": 1, "calls": 0}]}
    findings = {"test_a": {"verdict": "same", "least": 0.0625}}
    content = stored_run(
        stored_entry("test_a", (3, 1, 2), gate=gate),
        stored_entry("test_b", (3,)),
        framegate_gate={"name": "default", "verdict": "same", "findings": findings},
    )
    _, (first, second) = exported(tmp_path, content)
    assert series_of(first) == {"launch": [0, 0, 1], "round": [0, 1, 2], "round_s": [3, 1, 2]}
    names = ("baseline", "is_accepted", "verdict", "least_slowdown")
    assert [first.values[name] for name in names] == ["default", False, "same", 0.0625]
    assert [second.values[name] for name in names] == ["default", False, None, None]
    assert "launch" not in second.series


def test_a_benchmark_without_rounds_is_one_row_of_statistics(tmp_path: Path) -> None:
    entry = stored_entry("test_a", None, rounds=40)
    entry["stats"]["median"] = 0.25
    _, (block,) = exported(tmp_path, stored_run(entry))
    assert (block.count, block.has_rounds, block.series) == (1, False, {})
    assert (block.values["rounds"], block.values["median_s"], block.values["mean_s"]) == (40, 0.25, None)


def test_columns_are_those_of_all_runs(tmp_path: Path) -> None:
    other = {**MACHINE, "versions": {"numpy": "1.0", "my lib": 3}}
    layout, blocks = exported(
        tmp_path,
        stored_run(stored_entry("test_a", (1,), {"draw": (1,)})),
        stored_run(stored_entry("test_a", (1,), {"first-run": (1,)}), machine_info=other),
        {"benchmarks": [{"name": "test_old"}]},
    )
    assert list(layout.stages.values()) == ["draw_s", "first_run_s"]
    assert list(layout.versions.values()) == ["numpy_version", "opencv_python_version", "my_lib_version"]
    assert [block.values["numpy_version"] for block in blocks] == ["2.1.3", "1.0", None]
    assert blocks[1].values["my_lib_version"] is None
    assert {value for name, value in blocks[2].values.items() if name not in {"run", "file", "benchmark", "suite"}} == {
        None
    }


@pytest.mark.parametrize(
    ("stages", "columns"),
    [
        (["median", "round"], ["median_s_2", "round_s_2"]),
        (["first-run", "first_run", "First Run"], ["first_run_s", "first_run_s_2", "first_run_s_3"]),
        (["--", "++", "=1+1"], ["unnamed_s", "unnamed_s_2", "1_1_s"]),
    ],
)
def test_no_two_columns_have_one_name(tmp_path: Path, stages: list[str], columns: list[str]) -> None:
    seconds = {stage: (float(at),) for at, stage in enumerate(stages)}
    layout, (block,) = exported(tmp_path, stored_run(stored_entry("test_a", (9,), seconds)))
    assert layout.stages == dict(zip(stages, columns, strict=True))
    assert len(layout.kinds) == len(layout.columns) + len(layout.series)
    assert [block.series[column].tolist() for column in columns] == [[at] for at in range(len(stages))]


def test_numbers_that_do_not_fit_are_not_known(tmp_path: Path) -> None:
    entry = stored_entry("test_a", (1,), memory={"peak_bytes": 2**60, "steady_bytes": 7}, frame={"threads": 2})
    entry["stats"] |= {"rounds": 2.5, "iterations": float("inf"), "mean": float("nan"), "max": float("inf")}
    _, (block,) = exported(tmp_path, stored_run(entry))
    names = ("peak_bytes", "steady_bytes", "rounds", "iterations", "mean_s", "max_s")
    assert [block.values[name] for name in names] == [None, 7, None, None, None, float("inf")]


def test_a_file_that_changes_meanwhile_is_named(tmp_path: Path) -> None:
    run = open_run(write_run(tmp_path / "a.json", stored_run(stored_entry("test_a"))))
    write_run(tmp_path / "a.json", stored_run())
    with pytest.raises(HistoryError, match=r"a\.json has changed"):
        list(blocks_of([run], table_layout([run])))


def test_the_texts_of_others_can_be_written_down(tmp_path: Path) -> None:
    content = stored_run(stored_entry("test_a"), commit_info={"id": "\ud800", "branch": 3, "dirty": "yes"})
    _, (block,) = exported(tmp_path, json.loads(json.dumps(content)))
    assert [block.values[name] for name in ("branch", "is_dirty")] == [None, None]
    assert (block.values["commit"] or "").encode() == b"\\ud800"


@settings(max_examples=75, deadline=None)
@given(odd_runs())
def test_whatever_a_file_holds_can_be_written_down(content: dict[str, Any]) -> None:
    run = columns_of(content, Path("a.json"), "5a")
    layout = table_layout([run])
    assert run.rounds is not None
    blocks = list(rows._blocks(run, run.rounds, layout))
    assert len(blocks) == len(content["benchmarks"])
    count = sum(block.count for block in blocks)
    file = io.BytesIO()
    write_csv(file, layout, blocks)
    lines = list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))
    assert [len(line) for line in lines] == [len(layout.kinds)] * (1 + count)
    file = io.BytesIO()
    write_json(file, layout, blocks)
    objects = json.loads(file.getvalue(), parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    assert [list(item) for item in objects] == [list(layout.kinds)] * count
    list(dashboard_entries(run))
