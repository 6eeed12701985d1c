"""What github-action-benchmark gets: a name, a unit and a number for each benchmark, and words beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from clock_runs import AGE_S, run_of
from stored_runs import stored_entry, stored_run

from framegate.export.dashboard import dashboard_entries
from framegate.realtime.statistics import realtime_of
from framegate.runs.columns import columns_of


def entries(*stored: Any) -> list[dict[str, Any]]:
    return list(dashboard_entries(columns_of(stored_run(*stored), Path("0001_x.json"), "5a")))


def test_a_benchmark_is_its_median_with_the_quartiles() -> None:
    entry = stored_entry("test_frame[net]", (0.003, 0.001, 0.002), frame={"runtime_version": "TensorFlow 2"})
    entry["stats"] |= {"q1": 0.0015, "q3": 0.0025}
    assert entries(entry, stored_entry("test_mine", (0.5,))) == [
        {
            "name": "test_frame[net]",
            "unit": "ms",
            "value": 2.0,
            "range": "± 0.5",
            "extra": "median of 3 rounds; range: half the distance of their quartiles\nTensorFlow 2\nA CPU",
        },
        {
            "name": "test_mine",
            "unit": "ms",
            "value": 500.0,
            "extra": "median of 1 rounds; range: half the distance of their quartiles\nA CPU",
        },
    ]


def test_a_run_against_a_clock_is_the_age_of_its_frames() -> None:
    stored: dict[str, Any] = {}
    realtime_of(run_of([(0, 0), (1, 1), (2, 2)])).store(stored)
    (entry,) = entries(stored_entry("test_realtime[net]", (24.0,), **stored))
    assert (entry["name"], entry["value"]) == ("test_realtime[net]: age", pytest.approx(1000 * AGE_S))
    assert entry["extra"].startswith("median of the frames' ages")


def test_what_has_no_median_is_left_out() -> None:
    odd = stored_entry("test_odd")
    odd["stats"]["median"] = float("nan")
    assert [entry["name"] for entry in entries(odd, {"name": "test_old"}, stored_entry("test_a"))] == ["test_a"]
