"""The history of benchmarks: in the order of time, with changes of what a time depends on, and the gate's words."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from stored_runs import FRAME, MACHINE, stored_entry, stored_run, write_run

from framegate.gate.timeline import MOST_LETTERS, histories, histories_until
from framegate.report.history import BenchmarkHistory
from framegate.runs.columns import columns_of
from framegate.runs.kept import open_run


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))


def run_on(day: int, *entries: Any, **head: Any) -> dict[str, Any]:
    return stored_run(*entries, **{"datetime": f"2026-11-{day:02}T10:00:00+00:00", **head})


def histories_of(tmp_path: Path, *contents: Any) -> dict[str, BenchmarkHistory]:
    files = [write_run(tmp_path / f"{at:04}_x.json", content) for at, content in enumerate(contents, 1)]
    return {history.key: history for history in histories(map(open_run, files))}


def test_points_come_in_the_order_of_time(tmp_path: Path) -> None:
    test = histories_of(
        tmp_path,
        run_on(3, stored_entry("test_a", (3,))),
        run_on(1, stored_entry("test_a", (1,)), stored_entry("test_b", (9,))),
        run_on(2, stored_entry("test_a", (2,))),
        run_on(0, stored_entry("test_a", (4,)), datetime="some day"),
    )
    assert [(point.run, point.seconds, point.day) for point in test["test_a"].points] == [
        *(("0004_x", 4, ""), ("0002_x", 1, "2026-11-01"), ("0003_x", 2, "2026-11-02"), ("0001_x", 3, "2026-11-03"))
    ]
    assert [point.commit for point in test["test_b"].points] == ["c0ffee"]


def test_changes_of_the_machine_and_of_what_ran_are_marked(tmp_path: Path) -> None:
    newer = {**MACHINE, "python_version": "3.12.1"}
    entry = stored_entry("test_a", (1,), frame=FRAME)
    other = stored_entry("test_a", (1,), frame={**FRAME, "runtime_version": "TensorFlow 3"})
    runs = (
        run_on(1, entry),
        run_on(2, entry),
        run_on(3, entry, machine_info=newer),
        run_on(4, other, machine_info=newer),
    )
    (history,) = histories_of(tmp_path, *runs).values()
    assert [point.change for point in history.points] == [
        *("", "", "python: CPython 3.12.1, was CPython 3.11.7", "runtime_version: TensorFlow 3, was none")
    ]
    assert [point.run for point in history.alike] == ["0004_x"]


def test_a_machine_that_says_too_much_is_cut_short(tmp_path: Path) -> None:
    loud = {**MACHINE, "cpu": {"brand_raw": "x" * 5000}}
    (history,) = histories_of(
        tmp_path, run_on(1, stored_entry("test_a")), run_on(2, stored_entry("test_a"), machine_info=loud)
    ).values()
    assert len(history.newest.change) == MOST_LETTERS


def test_the_gate_has_its_say(tmp_path: Path) -> None:
    findings = {"test_a": {"verdict": "regressed", "least": 0.0625}}
    gated = run_on(2, stored_entry("test_a"), framegate_gate={"name": "default", "findings": findings})
    file = write_run(tmp_path / "0002_x.json", gated)
    file.with_suffix(".accepted").write_text(json.dumps({"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}))
    (history,) = histories_of(tmp_path, run_on(1, stored_entry("test_a")), gated).values()
    assert [(point.is_accepted, point.verdict, point.least) for point in history.points] == [
        *((False, "", None), (True, "regressed", 0.0625))
    ]


@pytest.mark.parametrize("median", [None, float("nan"), 0.0, -1.0, "1", float("inf")])
def test_what_took_no_time_is_no_point(tmp_path: Path, median: Any) -> None:
    entry = stored_entry("test_a")
    entry["stats"]["median"] = median
    assert histories_of(tmp_path, run_on(1, entry)) == {}


def test_a_run_ends_the_history_of_its_own_benchmarks(tmp_path: Path) -> None:
    storage = tmp_path / ".benchmarks"
    write_run(storage / "Linux" / "0001_x.json", run_on(1, stored_entry("test_a", (1,)), stored_entry("test_b", (1,))))
    write_run(storage / "Linux" / "0002_x.json", run_on(2, stored_entry("test_a", (2,))))
    (storage / "Linux" / "0003_x.json").write_text("{")
    write_run(storage / "Linux" / "0004_later.json", run_on(4, stored_entry("test_a", (9,))))
    # What --benchmark-autosave has stored is the run itself.
    newest = columns_of(run_on(3, stored_entry("test_a", (2,))), tmp_path / "this run", "")
    (history,), errors = histories_until(newest, storage)
    assert [(point.run, point.seconds) for point in history.points] == [("0001_x", 1), ("this run", 2)]
    assert ["0003_x.json cannot be read" in str(error) for error in errors] == [True]


def test_without_a_storage_there_is_the_run_alone(tmp_path: Path) -> None:
    newest = columns_of(run_on(3, stored_entry("test_a", (2,))), tmp_path / "this run", "")
    (history,), errors = histories_until(newest, tmp_path / "none")
    assert (len(history.points), errors) == (1, [])
