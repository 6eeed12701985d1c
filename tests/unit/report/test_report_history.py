"""The history in numbers, words and drawings."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from framegate.errors import HistoryError
from framegate.report.history import (
    CHANGE_NOTE,
    BenchmarkHistory,
    HistoryPoint,
    by_shift,
    fraction_text,
    history_section,
    points_section,
)
from framegate.report.html.history import MOST_DRAWN, MOST_MARKS, MOST_POINTS, MOST_ROWS, history_blocks, history_line

FIRST = datetime(2026, 11, 1, 10, tzinfo=UTC)
HARM = '"><script>alert(1)</script>'


def history(*seconds: float, key: str = "test_a", **newest: object) -> BenchmarkHistory:
    """A point a day."""
    points = [
        HistoryPoint(f"{at:04}_x", FIRST + timedelta(days=at), "c0ffee0123456789", value)
        for at, value in enumerate(seconds)
    ]
    points[-1] = replace(points[-1], **newest)  # type: ignore[arg-type] # names and values of its fields
    return BenchmarkHistory(key, points)


def test_the_newest_is_compared_with_those_before_it() -> None:
    assert history(1, 2, 3, 3).shift == 0.5
    assert history(*[9.0] * 30, *[2.0] * 10, 1).shift == -0.5
    assert history(1).shift is None


def test_nothing_is_compared_across_a_change() -> None:
    assert history(1, 2, 4, change="python: 3.12, was 3.11").shift is None
    changed = history(1, 2, 4)
    points = [*changed.points[:1], replace(changed.points[1], change="cpu"), *changed.points[2:]]
    assert BenchmarkHistory("test_a", points).shift == 1.0


def test_that_nothing_changed_is_no_news() -> None:
    calm = BenchmarkHistory("test_a", [replace(point, verdict="same") for point in history(1, 2, 3).points])
    assert [row[0] for row in points_section(calm, 8).rows] == ["0002_x"]


def test_the_last_verdict_stands_where_the_newest_run_has_none() -> None:
    judged = replace(history(1).points[0], verdict="same", least=0.07)
    section = history_section([BenchmarkHistory("test_a", [judged, *history(1).points])])
    assert section.columns == ["benchmark", "since", "last verdict", "runs", "newest ms", "change", "seen from"]
    assert section.rows == [("test_a", "2026-11-01", "same", 2, "1000", "+0.0 %", "7.0 %")]
    assert (section.left, len(section.notes)) == (3, 2)


def test_without_a_gate_there_are_no_columns_of_it() -> None:
    section = history_section([history(1, 2, commit=None)])
    assert section.columns == ["benchmark", "since", "runs", "newest ms", "change"]
    assert (section.left, section.notes) == (2, [CHANGE_NOTE])
    assert points_section(history(1, 2, commit=None), 8).columns == ["run", "on", "median ms"]


def test_the_table_begins_with_the_largest_slowdown() -> None:
    accepted = history(0.001, 0.0015, key="slower", is_accepted=True, verdict="inconclusive", least=0.125)
    section = history_section([history(0.002, 0.001, key="faster"), history(1, key="once"), accepted])
    assert section.rows == [
        ("slower", "2026-11-01", "0001_x", "inconclusive", 2, "1.5", "+50 %", "12 %"),
        ("faster", "2026-11-01", "", "", 2, "1", "-50 %", ""),
    ]
    assert len(section.columns) == 8
    assert [item.key for item in by_shift([history(1, 2, change="x", key="new"), history(1, 1)])] == ["test_a", "new"]


def test_without_two_points_there_is_no_history() -> None:
    assert (history_section([history(1)]).rows, history_blocks([history(1)]), history_blocks([])) == ((), [], [])


def test_the_runs_of_which_there_is_something_to_say() -> None:
    noted = history(0.001, 0.001, 0.003, is_accepted=True, verdict="same", change="cpu: B, was A", least=0.05)
    section = points_section(BenchmarkHistory("test_a", [*noted.points, history(0.002).points[0]]), 8)
    assert section.rows == [
        ("0002_x", "2026-11-03", "c0ffee012", "accepted; same; changed: cpu: B, was A", "3", "5.0 %"),
        ("0000_x", "2026-11-01", "c0ffee012", "", "2", ""),
    ]
    many = BenchmarkHistory("test_a", [replace(point, verdict="improved") for point in history(*[1.0] * 12).points])
    section = points_section(many, 8)
    assert (len(section.rows), section.notes) == (8, ("… and 4 before",))


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (0.034, "3.4 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (1.5, "150 %")]
)
def test_fractions_as_people_write_them(value: float | None, text: str) -> None:
    assert fraction_text(value) == text


def corners(item: BenchmarkHistory) -> list[tuple[float, float]]:
    (line,) = re.findall(r'<polyline points="([^"]+)"', history_line(item))
    return [(float(x), float(y)) for x, y in (corner.split(",") for corner in line.split())]


def test_the_line_goes_through_the_medians_from_0_up() -> None:
    assert corners(history(1, 2, 0.5)) == [(0, 30), (500, 4), (1000, 43)]


def test_places_are_times_and_without_times_places_in_the_row() -> None:
    points = [
        replace(point, started=FIRST + timedelta(days=day))
        for point, day in zip(history(1, 1, 1).points, (0, 1, 4), strict=True)
    ]
    assert [x for x, _ in corners(BenchmarkHistory("test_a", points))] == [0, 250, 1000]
    points[1] = replace(points[1], started=None)
    assert [x for x, _ in corners(BenchmarkHistory("test_a", points))] == [0, 500, 1000]
    assert [x for x, _ in corners(history(1, started=None))] == [0]


def test_many_points_become_few_that_keep_the_ends() -> None:
    line = corners(history(*[1.0 + (at % 7) for at in range(1000)]))
    assert len(line) <= MOST_POINTS
    assert (line[0][0], line[-1][0]) == (0, 1000)
    assert [x for x, _ in line] == sorted(x for x, _ in line)


def test_changes_accepted_runs_and_regressions_are_marked() -> None:
    drawn = history_line(history(1, 2, change="cpu: B, was A"))
    assert re.findall(r'<line class="(\w+)" x1="1000"', drawn) == ["change"]
    assert "<title>0001_x: 2000 ms, changed: cpu: B, was A</title>" in drawn
    assert re.findall(r'<line class="(\w+)"', history_line(history(1, 2, is_accepted=True))) == ["accepted"]
    assert re.findall(r'<line class="(\w+)"', history_line(history(1, 2, verdict="regressed", change="x"))) == [
        "regressed"
    ]
    assert "2 runs from 2026-11-01 to 2026-11-02, 1000 to 2000 ms, newest 2000 ms" in drawn


def test_names_are_inert() -> None:
    item = history(1, 2, key=HARM, run=HARM, change=HARM, verdict="regressed")
    drawn = history_line(item)
    assert "<script>" not in drawn
    assert drawn.count("<title>") == 2  # and that of the whole drawing
    first, second = history_blocks([item])
    assert (first.rows[0][0], second.title) == (HARM, HARM)
    assert second.notes == [
        "2 runs from 2026-11-01 to 2026-11-02, 1000 to 2000 ms, newest 2000 ms; the line begins at 0."
    ]


def test_a_page_of_a_thousand_runs_and_five_hundred_benchmarks_stays_small() -> None:
    points = [replace(point, change="x" * 200) for point in history(*[0.01] * 1000).points]
    blocks = history_blocks([BenchmarkHistory(f"test_frame[{at:0100}]", points) for at in range(500)])
    assert len(blocks) == 1 + MOST_DRAWN
    assert blocks[0].notes[-1].startswith("460 more benchmarks are in this table alone")
    assert len(blocks[0].rows) == 500
    assert all(len(block.rows) == MOST_ROWS for block in blocks[1:])
    assert all(block.svg.count("<title>") == MOST_MARKS + 1 for block in blocks[1:])
    assert sum(len(block.svg) for block in blocks) < 300_000


def test_files_that_cannot_be_read_are_named() -> None:
    errors = [HistoryError(f"{at}.json cannot be read") for at in range(10)]
    (block,) = history_blocks([], errors[:1])
    assert block.notes == ["0.json cannot be read"]
    assert history_blocks([history(1, 2)], errors)[0].notes[-2:] == ["7.json cannot be read", "… and 2 more"]
