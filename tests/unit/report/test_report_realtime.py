"""The table of runs against a clock, and what it says of each model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cell_results import cell_result
from clock_parts import BUSY, QUIET, searched

from framegate.report.comparison import comparison_sections
from framegate.report.realtime import realtime_sections
from framegate.report.stages import stage_sections
from framegate.report.table import section_text
from framegate.results.cell import CellResult
from framegate.results.page import Page
from framegate.results.parts import Cell
from framegate.results.realtime import Realtime


def cell(part: Realtime, runtime: str = "openvino", renderer: str = "gl-upload", **frame: Any) -> CellResult:
    name = f"test_realtime[net-{runtime}-{renderer}]"
    return cell_result(
        name, frame=Cell(**{"model": "net", "size": "128", **frame}, runtime=runtime, renderer=renderer), realtime=part
    )


def notes(*cells: CellResult) -> list[str]:
    return [note for section in realtime_sections(cells) for note in section.notes]


def test_the_table_in_full() -> None:
    (section,) = realtime_sections([cell(BUSY, "tensorflow", "opencv"), cell(QUIET), cell_result("test_x[a]")])
    assert section.title == "test_realtime: frames that reached the screen (docs/realtime.md explains the columns)"
    rows = [dict(zip(section.columns, row, strict=True)) for row in section.rows]
    assert list(rows[0].values()) == [
        *("net-tensorflow-opencv", "camera at 30/s", "26.2", "630 of 720", "85 queue, 3 late, 1 in flight"),
        *("18.1", "19.5", "-", "0.4", "0.6", "2", "210.0"),
    ]
    assert list(rows[1].values()) == [
        *("net-openvino-gl-upload", "camera at 30/s", "30.0", "720 of 720", "0"),
        *("18.1", "19.5", "21.3", "0.4", "0.6", "0", "-"),
    ]
    assert section_text(section).splitlines()[2].split("  ")[-1].strip() == "longest ms"


def test_nothing_is_said_of_cells_that_had_no_clock() -> None:
    assert not list(realtime_sections([cell_result("test_x[a]")]))


def test_the_other_tables_leave_rates_to_this_one() -> None:
    stages_s = {"preprocess": 0.001, "inference": 0.009}
    native = cell_result("test_realtime[a]", stages_s, realtime=QUIET)
    page = cell_result(
        "test_realtime_browser[b]",
        {"upload": 0.001, "inference": 0.009},
        Cell(model="m", runtime="tfjs-wasm", renderer="topixels"),
        page=Page(),
        realtime=QUIET,
    )
    assert [section.columns[-1] for section in stage_sections([native, page])] == ["inference", "inference"]
    assert not list(comparison_sections([page]))


def test_all_frames_of_the_camera_reached_the_screen() -> None:
    assert notes(cell(QUIET)) == [
        "net at 128: camera at 30 fps: all 720 frames reached the screen (age p99 21 ms) with gl-upload on openvino"
    ]
    (line,) = notes(cell(replace(QUIET, waiting=1, delivered=719)))
    assert "719 frames reached the screen, none was dropped (age p99 21 ms) with" in line


def test_drops_have_a_share_and_reasons_and_a_tail_that_is_missing_says_how_long_it_takes() -> None:
    line, tail = notes(cell(BUSY))
    assert line.startswith(
        "net at 128: camera at 30 fps: drops 12 %, 85 in the queue, 3 late, 1 in flight (age p90 20 ms) with"
    )
    assert tail == "(-: too few frames for a tail: p99 takes 1.3 s more)"


def test_a_rare_drop_is_not_nought_percent() -> None:
    rare = replace(QUIET, dropped={"queue": 1, "late": 0, "in flight": 0}, delivered=719, rate=30000 / 1001)
    assert "camera at 29.97 fps: drops 0.14 %, 1 in the queue (age p99 21 ms)" in notes(cell(rare))[0]


def test_the_best_renderer_is_named_and_the_best_of_the_other_runtimes_beside_it() -> None:
    assert notes(
        cell(BUSY, "tensorflow", "opencv"), cell(replace(QUIET, age_median_s=0.03)), cell(QUIET, renderer="topixels")
    )[0] == (
        "net at 128: camera at 30 fps: all 720 frames reached the screen (age p99 21 ms) with topixels on openvino"
        "; drops 12 % with opencv on tensorflow"
    )


def test_where_the_highest_rate_was_searched_it_is_the_answer() -> None:
    rates = {("openvino", "gl-upload"): 58.2, ("openvino", "opencv"): 55.0, ("tensorflow", "gl-upload"): 31.1}
    cells = [
        cell(replace(QUIET, rate=rate, search=searched(rate, 1.02 * rate)), runtime, renderer)
        for (runtime, renderer), rate in rates.items()
    ]
    assert notes(*cells) == [
        "net at 128: sustains 58 fps (age p99 21 ms) with gl-upload on openvino; 31 fps with gl-upload on tensorflow"
    ]


def test_what_a_search_left_open_is_said() -> None:
    assert (
        "sustains 14 fps or more, below 25 (age p99 21 ms)"
        in notes(cell(replace(QUIET, search=searched(14.0, 25.0))))[0]
    )
    assert "sustains 1000 fps or more (age" in notes(cell(replace(QUIET, search=searched(1000.0, None))))[0]
    assert "sustains no rate that was tried with" in notes(cell(replace(QUIET, search=searched(None, None))))[0]


def test_no_rate_may_be_sustained() -> None:
    assert notes(cell(replace(BUSY, more_s={}, search=searched(None, 10.0)))) == [
        "net at 128: sustains not even 10 fps with gl-upload on openvino"
    ]


def test_other_scenarios_say_what_a_pipeline_could_do() -> None:
    single = replace(QUIET, scenario="single-stream", rate=None, delivered_per_s=50.02)
    slow = replace(single, delivered_per_s=8.26)
    assert notes(cell(slow, "keras"), cell(single)) == [
        "net at 128: single-stream: 50 fps (age p99 21 ms) with gl-upload on openvino; 8.3 fps with gl-upload on keras"
    ]


def test_sizes_and_preprocessing_have_lines_of_their_own() -> None:
    lines = notes(
        cell(QUIET), cell(QUIET, size="256"), cell(QUIET, preprocess="invert"), cell(replace(QUIET, rate=60.0))
    )
    assert [line.split(": ")[:2] for line in lines] == [
        ["net at 128", "camera at 30 fps"],
        ["net at 256", "camera at 30 fps"],
        ["net at 128, invert", "camera at 30 fps"],
        ["net at 128", "camera at 60 fps"],
    ]


def test_a_run_that_is_not_to_be_trusted_says_why() -> None:
    doubtful = replace(QUIET, settled=False, ended="the clip ended", ages_s=(0.01,) * 50 + (0.02,) * 50)
    assert notes(cell(doubtful))[1:] == [
        "net-openvino-gl-upload had not settled: frames of the second half were older than those of the first",
        "net-openvino-gl-upload ended before its time: the clip ended",
    ]


def test_a_run_without_frames_has_a_line_too() -> None:
    empty = replace(
        QUIET,
        came=0,
        delivered=0,
        delivered_per_s=0.0,
        age_median_s=None,
        age_p90_s=None,
        age_p99_s=None,
        jitter_s=None,
    )
    assert notes(cell(empty))[0].startswith("net at 128: camera at 30 fps: all 0 frames reached the screen (no age)")
