"""The answer as lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cell_results import cell_result, frame_result
from clock_parts import BUSY, QUIET

from framegate.report.answer import Awaited, Glimpse, answer_of
from framegate.report.answer_text import COLUMNS, MOST_LINES, answer_text
from framegate.results.cell import CellResult
from framegate.results.parts import Cell, ShownOutputs

BUDGET_S = 1 / 30
HEAD = "Real-time means 33.3 ms a frame here (--frame-budget=30fps)."


def lines(*results: CellResult, most_lines: int = MOST_LINES) -> list[str]:
    return answer_text(answer_of(results, BUDGET_S), most_lines).splitlines()


def test_a_model_in_time_is_real_time_with_its_best_cell() -> None:
    assert lines(frame_result("net", 0.009), frame_result("net", 0.008, "openvino", "gl-upload")) == [
        HEAD,
        "net at 256: real-time in Python. 10 ms a frame, 100 frames/s, with gl-upload on",
        "  openvino, the fastest of 2; 80% is inference.",
    ]


def test_a_model_that_is_too_slow_gets_advice() -> None:
    assert lines(frame_result("net", 2.338), frame_result("net", 2.998, "tfjs-wasm", "topixels")) == [
        HEAD,
        "net at 256: not real-time in Python. 2340 ms a frame, 0.43 frames/s, with opencv",
        "  on tensorflow, the fastest of 2; 100% is inference.",
        "  In a browser: 3000 ms a frame, 0.33 frames/s, with topixels on tfjs-wasm.",
        "  Try --frame-runtime=all, or a smaller input or model (docs/model-size.md).",
    ]


def test_what_is_not_real_time_beside_a_faster_way_says_so() -> None:
    assert lines(frame_result("net", 0.008), frame_result("net", 2.998, "tfjs-wasm", "topixels"))[-2:] == [
        "  In a browser: not real-time, 3000 ms a frame, 0.33 frames/s, with topixels on",
        "    tfjs-wasm.",
    ]


def test_two_stages_are_named_where_one_alone_does_not_limit_it() -> None:
    cell = cell_result("test_frame[x]", {"preprocess": 0.003, "inference": 0.004, "draw": 0.003}, Cell(model="net"))
    assert " ".join(" ".join(lines(cell)).split()).endswith("; 40% is inference and 30% preprocess.")


def test_noise_and_late_frames_are_said() -> None:
    late = frame_result("net", 0.01)
    samples_s = {"preprocess": [0.0] * 10, "inference": [0.01] * 9 + [0.04]}
    noisy = replace(late, stages=type(late.stages)(samples_s), median_s=0.01, iqr_s=0.0035, rounds=10)
    assert lines(noisy) == [
        HEAD,
        "net at 256: real-time in Python. ~10 ms a frame, 100 frames/s, with opencv on",
        "  tensorflow; 100% is inference.",
        "  10% of its frames took longer than 33.3 ms.",
        "(~: noisy, the rounds are 35% apart; run it again on a quiet machine)",
    ]


def test_noise_is_explained_once_however_many_times_are_noisy() -> None:
    def noisy(result: CellResult, iqr_s: float) -> CellResult:
        return replace(result, median_s=0.01, iqr_s=iqr_s, rounds=9)

    render = noisy(cell_result("test_render[x]", frame=Cell(size="256", renderer="opencv")), 0.009)
    nets = [noisy(frame_result("net", 0.01), 0.0025), noisy(frame_result("net", 0.02, "tfjs-wasm"), 0.004)]
    answer = lines(*nets, render)
    assert [line for line in answer if "noisy" in line] == [
        "(~: noisy, the rounds are up to 90% apart; run it again on a quiet machine)"
    ]
    quiet = frame_result("net", 0.01)
    assert lines(quiet, render, most_lines=4)[-1] == "Measured besides: test_render (1); --frame-tables shows them."


def test_what_a_clock_says_follows() -> None:
    run = replace(frame_result("net", 0.008), realtime=QUIET)
    assert lines(frame_result("net", 0.008), run)[-2:] == [
        "  Camera at 30 fps: all 720 frames reached the screen (age p99 21 ms) with",
        "    opencv on tensorflow.",
    ]
    assert lines(replace(run, realtime=BUSY)) == [
        HEAD,
        "net at 256: not real-time.",
        "  Camera at 30 fps: drops 12 %, 85 in the queue, 3 late, 1 in flight (age p90 20",
        "    ms) with opencv on tensorflow.",
        "  Try a smaller input or model (docs/model-size.md).",
    ]


def test_suites_without_frames_have_their_fastest_and_slowest_cell() -> None:
    cells = [
        cell_result(f"test_render[{name}]", frame=Cell(size="256", renderer=name, gl="egl"), median_s=median_s)
        for name, median_s in [("opencv", 0.00045), ("topixels-loop", 0.0464)]
    ]
    assert lines(*cells) == [
        "test_render, 256: opencv in egl takes 0.45 ms, the fastest of 2; the slowest,",
        "  topixels-loop in egl takes 46.4 ms.",
    ]
    noisy = replace(cell_result("test_preprocess[256-none]", frame=Cell(size="256", preprocess="none")), median_s=0.001)
    assert lines(replace(noisy, iqr_s=0.001, rounds=9)) == [
        "test_preprocess, 256: none takes ~1 ms.",
        "(~: noisy, the rounds are 100% apart; run it again on a quiet machine)",
    ]
    beside = lines(frame_result("net", 0.008), *cells)
    assert beside[-2:] == lines(*cells)
    assert lines(frame_result("net", 0.008), *cells, most_lines=len(beside) - 1)[-1] == (
        "Measured besides: test_render (2); --frame-tables shows them."
    )


def test_few_models_have_all_that_is_known_of_them_and_many_a_line_each() -> None:
    def models(count: int) -> list[CellResult]:
        shown = ShownOutputs("image", ("out",), "three channels")
        return [replace(frame_result(f"net-{number}", 0.5), shown=shown) for number in range(count)]

    full, short, brief, cut = (lines(*models(count)) for count in (6, 8, 24, 25))
    assert full.count("  Shown as image: three channels.") == 6
    assert short.count("  Try --frame-runtime=all, or a smaller input or model (docs/model-size.md).") == 8
    assert not any("Shown as" in line for line in short)
    assert brief[24] == "net-23 at 256: not real-time, 502 ms with opencv on tensorflow."
    assert cut[-1] == "… and 2 more: --frame-tables shows them."
    assert [len(part) for part in (brief, cut)] == [25, 25]


LONG, WITHOUT_A_SPACE = "a-model-with-a-very-long-name-of-its-own", "m" * 120


@pytest.mark.parametrize("name", [LONG, WITHOUT_A_SPACE])
@pytest.mark.parametrize("count", [1, 5, 7, 12, 40])
def test_it_stays_short_and_narrow(count: int, name: str) -> None:
    runtimes = ("tensorflow", "tfjs-wasm", f"of-a-plugin-{name}")
    results = [
        replace(frame_result(f"{name}-{number}", 0.5, runtime), median_s=0.5, iqr_s=0.4, rounds=9)
        for number in range(count)
        for runtime in runtimes
    ]
    results += [replace(result, frame=replace(result.frame, is_software=True)) for result in results]
    for most_lines in (MOST_LINES, 20):
        answer = lines(*results, most_lines=most_lines)
        assert len(answer) <= most_lines
        assert max(map(len, answer)) <= COLUMNS


def test_one_frame_says_that_a_model_is_too_slow_and_not_that_it_is_fast() -> None:
    def glimpsed(seconds: float) -> list[str]:
        glimpse = Glimpse(
            Cell(model="net", size="256", runtime="tfjs-wasm", renderer="topixels"), seconds, is_page=True
        )
        return answer_text(answer_of([], BUDGET_S, glimpses=[glimpse])).splitlines()[1:]

    assert glimpsed(2.0) == [
        "net at 256: not real-time in a browser by one frame alone: one frame took 2000",
        "  ms with topixels on tfjs-wasm.",
        "  Try a smaller input or model (docs/model-size.md).",
    ]
    assert glimpsed(0.02) == [
        "net at 256: not measured, as there was no time; one frame took 20 ms with",
        "  topixels on tfjs-wasm.",
    ]


def waited_for(lacking: Awaited, seconds: float = 45.0) -> Glimpse:
    return Glimpse(Cell(model="net", size="256", runtime="tfjs-wasm"), seconds, is_page=True, lacking=lacking)


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ("model", ["net at 256: not measured in a browser: it was not loaded within 45 s with", "  tfjs-wasm."]),
        (
            "frame",
            [
                "net at 256: not real-time in a browser by one frame alone: one frame took longer",
                "  than 45 s with tfjs-wasm.",
            ],
        ),
        (
            "rounds",
            [
                "net at 256: not real-time in a browser: after a first frame, those that were to",
                "  be measured took longer than 45 s with tfjs-wasm.",
            ],
        ),
    ],
)
def test_a_page_that_was_waited_for_in_vain_says_how_long_and_what_for(lacking: Awaited, said: list[str]) -> None:
    # However much a frame may take, what did not come is not real-time.
    for budget_s in (BUDGET_S, 60.0):
        answer = answer_text(answer_of([], budget_s, glimpses=[waited_for(lacking)]))
        assert answer.splitlines()[1:] == [*said, "  Try a smaller input or model (docs/model-size.md)."]


def test_a_page_that_did_not_load_says_less_than_any_other() -> None:
    (model,) = answer_of([], BUDGET_S, glimpses=[waited_for("model", 1.0), waited_for("frame")]).models
    assert model.glimpse == waited_for("frame")


def test_what_was_measured_counts_and_not_one_frame() -> None:
    glimpse = Glimpse(Cell(model="net", size="256"), 9.0, is_page=True)
    answer = answer_of([frame_result("net", 0.008)], BUDGET_S, glimpses=[glimpse])
    assert [model.glimpse for model in answer.models] == [None]


def test_nothing_measured_is_no_line() -> None:
    assert lines() == []
