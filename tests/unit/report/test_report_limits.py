"""What is said of models whose names differ in one number."""

from __future__ import annotations

from typing import Any

from cell_results import cell_result
from clock_runs import run_of

from framegate.realtime.statistics import realtime_of
from framegate.report.limits import limit_sections
from framegate.results.cell import CellResult
from framegate.results.parts import Cell
from framegate.results.realtime import Realtime


def part(scenario: str, rate: float | None, *ages_s: float) -> Realtime:
    empty = realtime_of(run_of([]))
    return Realtime(**{**vars(empty), "scenario": scenario, "rate": rate, "ages_s": ages_s})


def cell(model: str, age_s: float, size: str = "256", **frame: Any) -> CellResult:
    names = {"runtime": "openvino", "renderer": "opencv", **frame}
    return cell_result(
        f"test_realtime[{model}]",
        frame=Cell(model=model, size=size, **names),
        realtime=part("single-stream", None, *[age_s] * 3),
    )


CAMERA = cell_result("test_realtime[x]", realtime=part("camera", 25.0, 0.01))
FILTERS = [cell(f"pix2pix:256-f{filters}", filters**2 / 10_000) for filters in (4, 8, 16, 32)]


def lines(*results: CellResult) -> list[str]:
    return [note for section in limit_sections(results) for note in section.notes]


def test_a_rate_that_a_camera_had_breaks_between_two_sizes() -> None:
    assert lines(*FILTERS, CAMERA) == [
        "pix2pix:256-fN at 256 with opencv on openvino: holds 25 fps up to N = 20 [19, 21]"
    ]


def test_without_a_camera_the_usual_rates_are_said() -> None:
    assert [line.partition(": holds ")[2] for line in lines(*FILTERS)] == [
        "24 fps up to N = 20 [19, 21]",
        "30 fps up to N = 18 [17, 19]",
        "60 fps up to N = 13 [12, 14]",
    ]


def test_all_or_none_may_hold_it() -> None:
    assert lines(*FILTERS[:3], CAMERA) == [
        "pix2pix:256-fN at 256 with opencv on openvino: holds 25 fps at N = 16, the largest that was tried"
    ]
    slow = [cell(f"pix2pix:256-f{filters}", filters) for filters in (4, 8, 16)]
    assert lines(*slow, CAMERA) == [
        "pix2pix:256-fN at 256 with opencv on openvino: does not hold 25 fps at N = 4, the smallest that was tried"
    ]


def test_sizes_are_a_family_by_themselves_and_two_are_none() -> None:
    sizes = [cell(f"pix2pix:{pixels}-f8", pixels**2 / 1e6, size=str(pixels)) for pixels in (64, 128, 256)]
    assert lines(*sizes, CAMERA) == ["pix2pix:N-f8 at N with opencv on openvino: holds 25 fps up to N = 200 [190, 209]"]
    assert lines(*sizes[:2], CAMERA) == []
    inputs = [cell("net", pixels**2 / 1e6, size=str(pixels)) for pixels in (64, 128, 256)]
    assert lines(*inputs, CAMERA)[0].startswith("net at N with opencv on openvino: holds 25 fps up to N = 200")


def test_other_ways_are_families_of_their_own() -> None:
    others = [cell(f"pix2pix:256-f{filters}", filters / 100, runtime="keras") for filters in (4, 8, 16)]
    assert len(lines(*FILTERS, *others, CAMERA)) == 2
    assert lines(*FILTERS[:2], *others[2:], CAMERA) == []


def test_only_frames_that_wait_for_each_other_say_what_one_takes() -> None:
    assert lines(CAMERA, CAMERA, CAMERA) == []
