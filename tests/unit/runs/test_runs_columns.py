"""A stored run as columns: what is stored, in whatever form, is there, and what is not is said to be unknown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any

import pytest
from clock_runs import AGE_S, run_of
from hypothesis import given, settings
from odd_runs import odd_runs
from stored_runs import FRAME, MACHINE, stored_entry, stored_run

from framegate.errors import HistoryError
from framegate.realtime.statistics import realtime_of
from framegate.runs.columns import NUMBERS, ROUND, TEXTS, RoundSeconds, RunColumns, columns_of

HERE = Path("0007_before.json")


def read(*entries: Any, **head: Any) -> RunColumns:
    return columns_of(stored_run(*entries, **head), HERE, "5a")


def rounds_of(run: RunColumns, benchmark: int = 0) -> dict[str, list[float]]:
    assert run.rounds is not None
    return {name: seconds.tolist() for name, seconds in run.rounds.of(benchmark).items()}


def test_a_cell_is_a_row_of_its_axes_and_numbers() -> None:
    run = read(
        stored_entry(
            "test_frame[net-64]",
            (0.3, 0.1, 0.2),
            frame={**FRAME, "threads": 2, "is_software": True},
            shown={"view": "mask", "outputs": ["a", "b"]},
            frames={"source": "photo", "fit": "crop"},
            memory={"peak_bytes": 9, "steady_bytes": None},
        )
    )
    texts = {name: values[0] for name, values in run.texts.items() if name != "fingerprint"}
    assert {name: text for name, text in texts.items() if text is not None} == {
        "benchmark": "test_frame[net-64]",
        "suite": "test_frame",
        **FRAME,
        "view": "mask",
        "outputs": "a, b",
        "source": "photo",
        "fit": "crop",
    }
    numbers = {name: values[0] for name, values in run.numbers.items() if not isnan(values[0])}
    assert numbers == {
        "threads": 2,
        "is_software": 1,
        "rounds": 3,
        "iterations": 1,
        "min_s": 0.1,
        "median_s": 0.2,
        "peak_bytes": 9,
    }
    assert (run.name, run.commit, run.started) == ("0007_before", "c0ffee", "2026-11-02T10:00:00+00:00")
    assert run.machine["cpu"] == "A CPU"
    fingerprint = json.loads(run.texts["fingerprint"][0] or "")
    assert fingerprint == {
        "model_sha256": "ab",
        "size": "64",
        "preprocess": "none",
        "runtime": "tensorflow",
        "threads": "2",
        "frames source": "photo",
        "frames fit": "crop",
        "view": "mask of a, b",
    }


def test_rounds_and_stages_are_those_that_are_stored() -> None:
    run = read(
        stored_entry("test_a", (3, 1), {"draw": (2, 0.5), "present": (1, 0.5)}),
        stored_entry("test_b", (5,), {"draw": (4,)}),
    )
    assert rounds_of(run, 0) == {ROUND: [3, 1], "draw": [2, 0.5], "present": [1, 0.5]}
    assert rounds_of(run, 1) == {ROUND: [5], "draw": [4]}
    assert run.stages == ["draw", "present"]


def test_a_stage_of_a_round_of_several_calls_is_their_mean() -> None:
    run = read(stored_entry("test_a", (3, 1), {"draw": (1, 2, 3, 6)}, iterations=2))
    assert rounds_of(run) == {ROUND: [3, 1], "draw": [1.5, 4.5]}


def test_stages_are_there_where_rounds_were_not_saved() -> None:
    run = read(stored_entry("test_a", None, {"draw": (1, 3, 5, 7)}, iterations=2, rounds=2))
    assert rounds_of(run) == {"draw": [2, 6]}


def test_launches_may_call_as_often_as_they_like() -> None:
    gate = {"launches": [{"rounds": 1, "calls": 2}, {"rounds": 2, "calls": 2}]}
    run = read(stored_entry("test_a", (3, 1, 2), {"draw": (1, 2, 3, 4)}, gate=gate))
    assert rounds_of(run) == {ROUND: [3, 1, 2], "draw": [1.5, 3, 4]}
    assert run.rounds is not None
    assert run.rounds.launches_of(0) == [1, 2]


@pytest.mark.parametrize(
    "gate", ["no", {"launches": 3}, {"launches": [3]}, {"launches": [{"rounds": 9}]}, {"launches": [{"rounds": "1"}]}]
)
def test_what_a_user_keeps_under_the_gates_name_says_nothing_of_launches(gate: Any) -> None:
    run = read(stored_entry("test_a", (3, 1), {"draw": (2, 1)}, gate=gate))
    assert rounds_of(run) == {ROUND: [3, 1], "draw": [2, 1]}
    assert run.rounds is not None
    assert run.rounds.launches_of(0) == []


def test_stages_that_are_of_no_round_are_left_out() -> None:
    entry = stored_entry("test_a", (3, 1), {"draw": (1, 2, 3), "convert": ()}, iterations=1)
    entry["extra_info"]["stages_s"] |= {"text": ["1", "2"], "flag": [True, False], "huge": [10**400, 1]}
    assert rounds_of(read(entry)) == {ROUND: [3, 1]}


def test_what_is_no_number_is_kept_as_that() -> None:
    run = read(stored_entry("test_a", (1.0, 2.0)) | {"stats": {"data": [None, 1, float("nan")], "median": "1"}})
    first, second, third = rounds_of(run)[ROUND]
    assert (isnan(first), second, isnan(third), isnan(run.numbers["median_s"][0])) == (True, 1.0, True, True)


def test_a_benchmark_of_somebody_else_has_its_name_and_parameters() -> None:
    run = read(stored_entry("test_mine[3]") | {"params": {"x": 3}, "group": "mine", "extra_info": {"watts": 12}})
    texts = {name: values[0] for name, values in run.texts.items() if values[0] is not None}
    assert texts == {
        "benchmark": "test_mine[3]",
        "suite": "test_mine",
        "group": "mine",
        "params": '{"x": 3}',
        "fingerprint": "{}",
    }


def test_a_text_that_no_file_can_hold_is_spelled() -> None:
    assert read(stored_entry("test_a[\ud800é]")).keys == ["test_a[\\ud800é]"]


def test_a_file_of_long_ago_has_next_to_nothing() -> None:
    run = columns_of({"benchmarks": [{}]}, HERE, "5a")
    assert (run.started, run.commit, run.keys) == ("", None, [""])
    assert rounds_of(run) == {}


@pytest.mark.parametrize("content", [[], "text", {}, {"benchmarks": {}}, {"benchmarks": [3]}, {"benchmarks": None}])
def test_another_file_is_refused_by_name(content: Any) -> None:
    with pytest.raises(HistoryError, match=r"0007_before\.json is no stored run"):
        columns_of(content, HERE, "5a")


@settings(max_examples=75, deadline=None)
@given(odd_runs())
def test_whatever_a_file_holds_has_a_row_for_each_benchmark(content: dict[str, Any]) -> None:
    run, entries = columns_of(content, HERE, "5a"), content["benchmarks"]
    assert [len(values) for values in run.texts.values()] == [len(entries)] * len(TEXTS)
    assert [len(values) for values in run.numbers.values()] == [len(entries)] * len(NUMBERS)
    assert isinstance(run.rounds, RoundSeconds)
    for place in range(len(entries)):
        lengths = {len(seconds) for seconds in run.rounds.of(place).values()}
        assert len(lengths) <= 1


def test_the_machine_is_no_part_of_a_cells_fingerprint() -> None:
    run = read(stored_entry("test_a", frame=FRAME), machine_info={**MACHINE, "instruments": ["coverage"]})
    assert run.machine["instruments"] == "coverage"
    assert "instruments" not in json.loads(run.texts["fingerprint"][0] or "")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-02T10:00:00+02:00", datetime(2026, 11, 2, 8, tzinfo=UTC)),
        ("2016-11-02T10:00:00.5", datetime(2016, 11, 2, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_times_are_of_utc(text: str, time: datetime | None) -> None:
    assert read(datetime=text).instant == time


def test_what_stands_for_a_run_against_a_clock_is_the_age_of_its_frames() -> None:
    stored: dict[str, Any] = {}
    realtime_of(run_of([(0, 0), (1, 1), (2, 2)])).store(stored)
    typical = read(stored_entry("test_a", (3, 1)), stored_entry("test_realtime", (24.0,), **stored)).typical_s
    assert typical.tolist() == [2.0, pytest.approx(AGE_S)]
