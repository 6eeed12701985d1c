import pytest
from cell_results import cell_result

from framegate.report.answer import COLUMNS, MOST_LINES, answer_text
from framegate.results.cell import CellResult
from framegate.results.page import Page
from framegate.results.parts import Cell

BUDGET_S = 1 / 30


def frame(model: str, inference_s: float, runtime: str = "tensorflow", renderer: str = "opencv") -> CellResult:
    in_page = runtime.startswith("tfjs")
    return cell_result(
        "test_browser[x]" if in_page else "test_frame[x]",
        {"preprocess": 0.001, "inference": inference_s, "draw": 0.001},
        Cell(model=model, size="256", runtime=runtime, renderer=renderer),
        page=Page() if in_page else None,
    )


def test_a_model_in_time_is_real_time_with_its_best_cell() -> None:
    results = [frame("net", 0.009), frame("net", 0.008, "openvino", "gl-upload")]
    assert answer_text(results, BUDGET_S).splitlines() == [
        "Real-time means 33.3 ms a frame here (--frame-budget=30fps).",
        "net at 256: real-time in Python. 10 ms a frame with gl-upload on openvino; 80%",
        "  is inference.",
    ]


def test_a_model_that_is_too_slow_gets_advice() -> None:
    text = answer_text([frame("net", 2.338), frame("net", 2.998, "tfjs-wasm", "topixels")], BUDGET_S)
    assert [line for line in text.splitlines() if line.startswith("   ")] == []
    assert " ".join(text.split()) == (
        "Real-time means 33.3 ms a frame here (--frame-budget=30fps). net at 256: not real-time in Python. 2340 ms a"
        " frame with opencv on tensorflow; 100% is inference. In a browser: 3000 ms with topixels on tfjs-wasm."
        " Try --frame-runtime=all, or a smaller input or model (docs/model-size.md)."
    )


def test_the_stage_that_takes_longest_is_what_can_be_shortened() -> None:
    slow = cell_result("test_frame[x]", {"preprocess": 0.001, "inference": 0.002, "draw": 0.05}, Cell(model="net"))
    assert "Try the other renderers: --frame-renderer=all." in answer_text([slow], BUDGET_S)


def test_who_has_tried_the_runtimes_is_not_told_to() -> None:
    results = [frame("net", 1.0, runtime) for runtime in ("tensorflow", "openvino", "onnxruntime")]
    assert "Try a smaller input or model" in " ".join(answer_text(results, BUDGET_S).split())


def test_it_stays_short_and_narrow() -> None:
    results = [frame(f"a-model-with-a-very-long-name-{number}", 0.5) for number in range(40)]
    lines = answer_text(results, BUDGET_S).splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= COLUMNS
    assert lines[-1] == "… and 33 more, whose times stand in the tables above."


@pytest.mark.parametrize(
    "results", [[], [cell_result("test_preprocess[x]")], [cell_result("test_load[x]", {"parse": 1.0, "build": 1.0})]]
)
def test_what_takes_no_frame_to_a_screen_has_no_answer(results: list[CellResult]) -> None:
    assert answer_text(results, BUDGET_S) == ""
