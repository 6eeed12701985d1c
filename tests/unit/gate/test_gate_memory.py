"""Memory is compared as bytes of launches: a floor, a least change, and no overlap."""

from __future__ import annotations

from typing import Any

import pytest
from history_of import entry, findings, only, run
from pairs_of import measured

from framegate.gate.ab import Comparison, conclude
from framegate.gate.floors import Floors, parse_floors
from framegate.gate.judge import memory_shifts
from framegate.gate.samples import memory_of
from framegate.gate.tables import shift_text
from framegate.gate.verdicts import Shift, Verdict
from framegate.results.parts import Memory

MB = 1_000_000


def shift(base: list[int], candidate: list[int], floors: Floors | None = None) -> Shift:
    (found,) = memory_shifts(
        [{"peak_bytes": size * MB} for size in base],
        [{"peak_bytes": size * MB} for size in candidate],
        floors or Floors(),
    )
    return found


@pytest.mark.parametrize(
    ("base", "candidate", "verdict"),
    [
        ([500, 500], [500, 500], "same"),
        ([500, 500], [549, 549], "same"),  # within the floor
        ([500, 500], [551, 551], "regressed"),
        ([500, 500], [449, 449], "improved"),
        ([500, 560], [555, 600], "same"),  # one launch of before held as much
        ([500, 560], [561, 700], "regressed"),
        ([50, 50], [58, 58], "same"),  # 16 %, and fewer bytes than allocators differ by
        ([50, 50], [59, 59], "regressed"),
        ([59, 59], [50, 50], "improved"),
    ],
)
def test_memory_counts_beyond_its_floor_if_no_launches_overlap(
    base: list[int], candidate: list[int], verdict: str
) -> None:
    assert shift(base, candidate).verdict == verdict


def test_the_numbers_of_a_shift() -> None:
    found = shift([400, 500, 600], [700, 750, 800])
    assert (found.change, found.low, found.high) == pytest.approx((0.5, 0.4, 0.6))
    assert (found.seconds, found.p) == (None, None)
    assert shift_text(found) == "peak_bytes +50 % [40, 60]"


@pytest.mark.parametrize(
    ("lines", "floor"),
    [([], 0.1), (["all = 4%"], 0.1), (["all = 30%"], 0.3), (["peak_bytes = 2%"], 0.02), (["steady_bytes = 2%"], 0.1)],
)
def test_the_floor_of_a_family(lines: list[str], floor: float) -> None:
    assert parse_floors(lines, 0.05).fraction("peak_bytes") == floor


def test_a_floor_of_ones_own() -> None:
    assert shift([500], [520], parse_floors(["peak_bytes = 2%"], 0.05)).verdict is Verdict.REGRESSED


@pytest.mark.parametrize(
    ("extra_info", "sizes"),
    [
        ({}, {}),
        ({"memory": {"peak_bytes": 7, "steady_bytes": 5}}, {"peak_bytes": 7, "steady_bytes": 5}),
        ({"memory": {"peak_bytes": None, "steady_bytes": 5}}, {"steady_bytes": 5}),
        ({"memory": {"peak_bytes": "7", "steady_bytes": 0}}, {}),
        ({"memory": 7}, {}),
    ],
)
def test_what_a_benchmark_says(extra_info: dict[str, Any], sizes: dict[str, int]) -> None:
    assert memory_of(Memory.read(extra_info)) == sizes


def test_what_only_one_side_says_is_not_compared() -> None:
    assert list(memory_shifts([{"peak_bytes": 1}], [{"steady_bytes": 1}], Floors())) == []
    assert list(memory_shifts([], [{"peak_bytes": 1}], Floors())) == []


def holding(megabytes: int) -> dict[str, Any]:
    """A stored run of one benchmark whose process held so much in its launch."""
    found = run(entry("it", 1e-3))
    for each in found["benchmarks"][0]["extra_info"]["gate"]["launches"]:
        each["steady_bytes"] = megabytes * MB
    return found


def test_the_stored_mode_compares_memory() -> None:
    finding = only(findings(holding(600), [holding(500)] * 5))
    assert finding.verdict is Verdict.REGRESSED
    assert [each.family for each in finding.worst()] == ["steady_bytes"]
    assert only(findings(holding(510), [holding(500)] * 5)).verdict is Verdict.SAME


def test_stored_files_of_before_say_nothing_of_it() -> None:
    finding = only(findings(holding(600), [run(entry("it", 1e-3))] * 5))
    assert finding.verdict is Verdict.SAME
    assert "steady_bytes" not in {each.family for each in finding.shifts}


def test_pairs_compare_memory() -> None:
    def pair() -> dict[str, Any]:
        found = measured(total=0.0)
        found.memory = ({"peak_bytes": 500 * MB}, {"peak_bytes": 600 * MB})
        return {"it": found}

    (finding,) = conclude(Comparison([pair() for _ in range(5)], ()), Floors())
    assert finding.verdict is Verdict.REGRESSED
    assert [each.family for each in finding.worst()] == ["peak_bytes"]
