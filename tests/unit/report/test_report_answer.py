"""What a run says of each model, as data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cell_results import cell_result, frame_result
from clock_parts import QUIET, searched

from framegate.report.answer import BENCH, ModelAnswer, RunAnswer, answer_of
from framegate.results.cell import CellResult
from framegate.results.page import Page, Receipt
from framegate.results.parts import Cell, PictureValues, ShownOutputs, StageSamples

BUDGET_S = 1 / 30


def only(*results: CellResult, budget_s: float = BUDGET_S) -> ModelAnswer:
    (model,) = answer_of(results, budget_s).models
    return model


def test_the_fastest_way_of_each_kind_is_the_answer_and_the_faster_one_comes_first() -> None:
    slow, fast, page = (
        frame_result("net", 0.009),
        frame_result("net", 0.008, "openvino", "gl-upload"),
        frame_result("net", 0.004, "tfjs-x"),
    )
    model = only(slow, fast, page)
    assert [time.result for time in model.fastest] == [page, fast]
    assert (model.subject, model.cells, model.is_realtime, model.advice) == ("net at 256", 3, True, "")
    assert [time.is_page for time in model.fastest] == [True, False]
    assert model.fastest[1].frame_s == pytest.approx(0.010)
    assert model.fastest[1].rate == pytest.approx(100)
    assert model.fastest[1].limits[0][0] == "inference"
    assert model.fastest[1].limits[0][1] == pytest.approx(0.8)


def test_a_runtime_that_left_a_part_of_the_model_to_another_is_not_the_fastest() -> None:
    receipt = Receipt("TF.js", "webgl", "float32", nodes=7, elsewhere=2)
    partial = replace(frame_result("net", 0.001, "tfjs-webgl"), page=Page(receipt=receipt))
    whole = frame_result("net", 0.009, "tfjs-wasm")
    assert [time.result for time in only(partial, whole).fastest] == [whole]
    alone = only(partial)
    assert alone.fastest[0].result is partial
    assert alone.doubts == ("tfjs-webgl ran a part of it elsewhere",)


def test_frames_that_take_longer_than_the_budget_are_counted() -> None:
    stages = StageSamples({"preprocess": [0.0] * 4, "inference": [0.01, 0.01, 0.01, 0.05]})
    model = only(replace(frame_result("net", 0.01), stages=stages))
    assert model.is_realtime
    assert model.fastest[0].late == 0.25


def test_the_stage_that_takes_longest_is_what_can_be_shortened() -> None:
    slow = cell_result("test_frame[x]", {"preprocess": 0.001, "inference": 0.002, "draw": 0.05}, Cell(model="net"))
    assert only(slow).advice == "the other renderers: --frame-renderer=all"


def test_who_has_tried_the_runtimes_is_not_told_to() -> None:
    few = [frame_result("net", 1.0, runtime) for runtime in ("tensorflow", "openvino")]
    assert only(*few).advice == "--frame-runtime=all, or a smaller input or model (docs/model-size.md)"
    assert only(*few, frame_result("net", 1.0, "onnxruntime")).advice == "a smaller input or model (docs/model-size.md)"


def test_advice_is_for_the_command_that_was_run() -> None:
    """``framegate bench`` tries all runtimes by itself, and hands options on."""
    slow = frame_result("net", 1.0)
    drawn = cell_result("test_frame[x]", {"preprocess": 0.001, "inference": 0.002, "draw": 0.05}, Cell(model="net"))
    assert [answer_of([cell], BUDGET_S, words=BENCH).models[0].advice for cell in (slow, drawn)] == [
        "a smaller input or model (docs/model-size.md)",
        "the other renderers: --frame-renderer=all after --",
    ]


def test_sizes_are_models_of_their_own_and_preprocessing_is_not() -> None:
    results = [frame_result("net", 0.01), frame_result("other", 0.01)]
    results += [
        replace(results[0], frame=frame)
        for frame in (replace(results[0].frame, size="8"), replace(results[0].frame, preprocess="invert"))
    ]
    assert [(model.subject, model.cells) for model in answer_of(results, BUDGET_S).models] == [
        ("net at 256", 2),
        ("other at 256", 1),
        ("net at 8", 1),
    ]


def test_a_noisy_time_is_said_once_for_the_run() -> None:
    noisy = replace(frame_result("net", 0.01), median_s=0.01, iqr_s=0.0035, rounds=20)
    noisier = replace(frame_result("other", 0.01), median_s=0.01, iqr_s=0.005, rounds=20)
    assert answer_of([noisy], BUDGET_S).noise() == (
        "~: noisy, the rounds are 35% apart; run it again on a quiet machine",
    )
    assert answer_of([noisy, noisier], BUDGET_S).noise() == (
        "~: noisy, the rounds are up to 50% apart; run it again on a quiet machine",
    )
    assert answer_of([replace(noisy, iqr_s=0.002)], BUDGET_S).noise() == ()
    assert only(noisy).doubts == ()


def test_a_guess_and_values_that_were_clamped_stand_beside_the_answer() -> None:
    cell = replace(
        frame_result("net", 0.01),
        picture=PictureValues((-1.0, 1.0), -3.0, 2.0, 0.123, {"input_range": (0.0, 1.0), "output_range": (-1.0, 1.0)}),
        shown=ShownOutputs("mask", ("out",), "it has one channel"),
    )
    assert only(cell).doubts == (
        "12.3% of its values lie outside of -1 to 1 and were clamped",
        "guessed: input_range [0, 1], output_range [-1, 1]",
        "shown as mask: it has one channel",
    )
    assert only(replace(cell, picture=PictureValues((0.0, 1.0), 0.0, 1.0, 0.0), shown=None)).doubts == ()


def test_a_page_whose_gpu_is_software_is_the_fastest_only_alone() -> None:
    def in_page(runtime: str, seconds: float, device: str | None) -> CellResult:
        cell = frame_result("net", seconds, runtime)
        software = replace(cell.frame, is_software=device is not None)
        return replace(cell, page=Page(device=device), frame=software)

    drawn, own = in_page("tfjs-webgl", 0.001, "SwiftShader"), in_page("tfjs-wasm", 0.01, None)
    assert [time.result for time in only(drawn, own).fastest] == [own]
    assert [time.result for time in only(drawn).fastest] == [drawn]


def test_a_run_against_a_clock_is_an_answer_too() -> None:
    run = replace(frame_result("net", 0.01), realtime=QUIET)
    model = only(run)
    assert (model.fastest, model.is_realtime) == ((), True)
    assert [(clock.result, clock.holds) for clock in model.clock] == [(run, True)]


@pytest.mark.parametrize(
    ("rate", "dropped", "holds"),
    [(30.0, 0, True), (30000 / 1001, 0, True), (25.0, 0, None), (30.0, 5, False), (25.0, 5, False), (60.0, 5, None)],
)
def test_a_camera_says_whether_the_budget_is_held_only_where_it_can(
    rate: float, dropped: int, *, holds: bool | None
) -> None:
    part = replace(QUIET, rate=rate, dropped={"queue": dropped})
    assert only(replace(frame_result("net", 0.01), realtime=part)).clock[0].holds is holds


@pytest.mark.parametrize(
    ("sustained", "failed", "holds"),
    [(58.0, 60.0, True), (20.0, 25.0, False), (20.0, 60.0, None), (None, 10.0, False), (None, None, None)],
)
def test_a_search_says_so_likewise(sustained: float | None, failed: float | None, *, holds: bool | None) -> None:
    part = replace(QUIET, search=searched(sustained, failed))
    assert only(replace(frame_result("net", 0.01), realtime=part)).clock[0].holds is holds


def test_a_run_that_is_not_to_be_trusted_says_why() -> None:
    part = replace(QUIET, settled=False, ended="the clip ended", ages_s=(0.01,) * 50 + (0.02,) * 50)
    assert only(replace(frame_result("net", 0.01), realtime=part)).doubts == (
        "its run had not settled: frames of the second half were older than those of the first",
        "its run ended before its time: the clip ended",
    )


def test_other_suites_have_their_fastest_and_slowest_cell() -> None:
    cells = [
        cell_result(f"test_render[{name}]", frame=Cell(size=size, renderer=name), median_s=median_s)
        for name, size, median_s in [("a", "256", 0.2), ("b", "256", 0.1), ("c", "256", 0.3), ("a", "512", 0.5)]
    ]
    first, second = answer_of([*cells, cell_result("test_render[x]")], BUDGET_S).suites
    assert (first.suite, first.subject, first.cells) == ("test_render", "256", 3)
    assert (first.fastest, first.slowest) == (cells[1], cells[2])
    assert (second.subject, second.fastest, second.slowest) == ("512", cells[3], cells[3])


def test_a_gpus_work_that_the_cpu_did_is_said_once_for_the_run() -> None:
    drawn = [replace(frame_result(name, 0.01), frame=Cell(model=name, is_software=True)) for name in "ab"]
    assert answer_of(drawn, BUDGET_S).doubts == (
        "the CPU did a GPU's work here: with a GPU, drawing and WebGL take other times",
    )


def test_nothing_measured_is_no_answer() -> None:
    assert not answer_of([], BUDGET_S)
    assert answer_of([], BUDGET_S) == RunAnswer(BUDGET_S)
    assert not answer_of([cell_result("test_preprocess[x]")], BUDGET_S)


def test_a_cell_that_failed_does_not_count_however_fast_it_was() -> None:
    wrong, right = replace(frame_result("net", 0.001), name="test_frame[wrong]"), frame_result("net", 0.02)
    answer = answer_of([wrong, right], BUDGET_S, {"test_frame[wrong]", "test_other"})
    assert [(model.fastest[0].result, model.cells) for model in answer.models] == [(right, 1)]
    assert answer.doubts == ("1 cell failed, whose times do not count",)
    assert not answer_of([wrong], BUDGET_S, ["test_frame[wrong]"])
