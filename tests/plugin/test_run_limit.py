"""Runs that are to be over soon: their order, the first answer, and what is left out, on a clock of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]

# Each of a cell's frames, and each cell, moves the clock of the limit on by so much.
CLOCK = """
import time
import pytest
from framegate.hooks import limit

now_s = [0.0]
@pytest.fixture(scope="session", autouse=True)
def _clock():
    yield
    limit.CLOCK = time.monotonic

def pytest_configure():
    limit.CLOCK = lambda: now_s[0]

@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item):
    now_s[0] += {cell_s}

@pytest.fixture
def weigh_run(weigh_frame):
    return lambda: weigh_frame(lambda: {frame_s})
"""


# No cell's first frame is there in time.
NO_FRAME = """
from framegate.errors import NoAnswer

@pytest.fixture
def weigh_run(request):
    def weigh():
        with limit.in_time(request.node, "frame"):
            raise NoAnswer("the browser did not run it once within 45 s and was ended", 45.0)
    return weigh
"""


# No cell's model is loaded in time, though a frame is what is waited for.
NO_MODEL = NO_FRAME.replace("NoAnswer", "NotLoaded")

# The frames that are to be measured are not over in time.
NO_ROUNDS = """
from framegate.errors import NoAnswer

@pytest.fixture
def measure_frames():
    def measure(pipeline):
        raise NoAnswer("the browser did not answer framegate.rounds within 45 s and was ended", 45.0)
    return measure
"""


@pytest.fixture
def run_limited(run: Run, pytester: pytest.Pytester, write_model: Callable[..., Path]) -> Run:
    """Runs two models on two steps each, behind the clock."""

    def limited(*options: str, cell_s: float = 1.0, frame_s: float = 0.001, more: str = "") -> pytest.RunResult:
        pytester.makeconftest(CLOCK.format(cell_s=cell_s, frame_s=frame_s) + more)
        models = ",".join(str(write_model(name, size=16)) for name in ("a", "b"))
        return run(f"--frame-model={models}", "--frame-preprocess=none,invert", "-v", *options, timing=True)

    return limited


def names(result: pytest.RunResult) -> list[str]:
    lines = [line for line in result.outlines if "test_frame[" in line and "::" in line]
    return [
        line.partition("[")[2].partition("-16-")[0] + " " + line.partition("-16-")[2].partition("-")[0]
        for line in lines
    ]


def test_without_a_limit_the_order_stays(run_limited: Run) -> None:
    result = run_limited(cell_s=1000.0)
    result.assert_outcomes(passed=4)
    assert names(result) == ["a none", "a invert", "b none", "b invert"]
    result.stdout.no_fnmatch_line("A first answer*")


def test_what_tells_most_comes_first_and_then_a_first_answer(run_limited: Run) -> None:
    result = run_limited("--frame-run-limit=100")
    result.assert_outcomes(passed=4)
    assert names(result) == ["a none", "b none", "a invert", "b invert"]
    result.stdout.fnmatch_lines(
        ["*[[]b-16-none*", "A first answer, after 2 s (about 2 s more for the rest):", "*[[]a-16-invert*"]
    )
    assert sum("first answer" in line for line in result.outlines) == 1


def test_the_first_answer_does_not_wait_for_what_outputs_are_compared_with(run_limited: Run, suites: Path) -> None:
    (suites / "conftest.py").write_text(
        "import pytest\n"
        "from framegate.hooks.limit import answer_before_reference\n"
        "@pytest.fixture\n"
        "def ask_reference(ask_reference, request):\n"
        "    def ask(feeds):\n"
        "        answer_before_reference(request.node)\n"
        "        print('the reference is asked')\n"
        "        return ask_reference(feeds)\n"
        "    return ask\n"
    )
    result = run_limited("--frame-run-limit=100", "-s")
    result.assert_outcomes(passed=4)
    said = [line.partition("] ")[2] or line for line in result.outlines if "first answer" in line or "is asked" in line]
    assert said == [
        "the reference is asked",
        "A first answer, after 1 s (about 3 s more for the rest; whether the outputs are right is still to be seen):",
        *["the reference is asked"] * 3,
    ]


def test_nothing_is_begun_that_there_is_no_time_for(run_limited: Run) -> None:
    result = run_limited("--frame-run-limit=25", cell_s=10.0)
    result.assert_outcomes(passed=2, skipped=2)
    assert names(result)[:2] == ["a none", "b none"]
    result.stdout.fnmatch_lines(
        ["*no time was left of the 25 s that the run may take; give the run more time (--frame-run-limit)*"]
    )
    result.stdout.fnmatch_lines(
        [
            "Not measured: 2 cells, as the 25 s were over. --frame-run-limit=SECONDS gives",
            "  more time, --frame-runtime=NAME measures one runtime alone.",
        ]
    )


def test_runtimes_that_the_time_was_not_enough_for_are_named(run_limited: Run, suites: Path) -> None:
    (suites / "conftest.py").write_text(
        "from framegate.runtimes.null import NullRuntime\n"
        "def pytest_framegate_runtimes(): return {'late': NullRuntime}\n"
    )
    result = run_limited("--frame-run-limit=25", "--frame-runtime=null,late", cell_s=10.0)
    result.assert_outcomes(passed=2, skipped=6)
    said = " ".join(map(str.strip, result.outlines))
    assert (
        "Not measured: 6 cells, as the 25 s were over, so that nothing was measured of late. --frame-run-limit=" in said
    )


def test_a_model_that_is_too_slow_to_be_measured_has_an_answer_by_one_frame(run_limited: Run) -> None:
    result = run_limited("--frame-run-limit=60", frame_s=20.0)
    result.assert_outcomes(skipped=4)
    for line in (
        "a at 16: not real-time in Python by one frame alone: one frame took 20000 ms",
        "  with null on null.",
        "  Try a smaller input or model (docs/model-size.md).",
    ):
        assert line in result.outlines
    # once as the first answer, and once at the end
    assert sum(line.startswith("b at 16: not real-time") for line in result.outlines) == 2


AFTER_FIRST = "after a first frame, those that were to be measured"


@pytest.mark.parametrize(
    ("fault", "verdict", "about"),
    [
        (
            NO_MODEL,
            "not measured in Python: it was not loaded within 45 s with null on null.",
            "not loaded within 45 s",
        ),
        (
            NO_FRAME,
            "not real-time in Python by one frame alone: one frame took longer than 45 s with null on null.",
            "longer than 45 s a frame",
        ),
        (
            NO_ROUNDS,
            f"not real-time in Python: {AFTER_FIRST} took longer than 45 s with null on null.",
            "longer than 45 s for its frames",
        ),
    ],
)
def test_a_model_whose_page_does_not_answer_in_time_has_an_answer_by_that(
    run_limited: Run, fault: str, verdict: str, about: str
) -> None:
    result = run_limited("--frame-run-limit=600", more=fault)
    result.assert_outcomes(skipped=4)
    said = " ".join(map(str.strip, result.outlines))
    # once as the first answer, and once at the end
    assert [said.count(f"{model} at 16: {verdict}") for model in "ab"] == [2, 2]
    assert f"Left out, as its page did not answer in time: null to null ({about})." in said


@pytest.mark.parametrize(("fault", "outcome"), [(NO_FRAME, "errors"), (NO_ROUNDS, "failed")])
def test_without_a_limit_a_page_that_does_not_answer_is_an_error(run_limited: Run, fault: str, outcome: str) -> None:
    result = run_limited(more=fault)
    result.assert_outcomes(**{outcome: 4})


def test_a_cell_is_left_out_by_its_frame(run_limited: Run) -> None:
    result = run_limited("--frame-run-limit=60", frame_s=8.0)
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(["*a frame took 8000 ms, and only 58 s of the run were left*"])
    result.stdout.fnmatch_lines(["Left out, as there was no time for them: null to null (8000 ms a frame)."])
