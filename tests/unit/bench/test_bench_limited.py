"""Which cells of a run with little time are left out, when its first answer is due, and what is said of the rest."""

from __future__ import annotations

import pytest

from framegate.bench.allowance import LEAST_RUNS, RUNS
from framegate.bench.limited import FIRST_ANSWER_S, MOST_NAMES, LimitedRun, LimitedTest
from framegate.errors import BackendUnavailable, NoAnswer
from framegate.report.answer import BENCH, Awaited
from framegate.results.parts import Cell

LIMIT_S = 100


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def cell(kind: str, model: str, runtime: str, renderer: str) -> LimitedTest:
    return LimitedTest(kind, Cell(model=model, size="16", runtime=runtime, renderer=renderer), renderer)


TESTS = {
    "load": LimitedTest("python"),
    "one": cell("page", "a", "wasm", "topixels"),
    "two": cell("page", "a", "wasm", "texture"),
    "three": cell("page", "a", "webgl", "topixels"),
    "four": cell("python", "a", "tf", "opencv"),
}


@pytest.fixture
def limited(clock: Clock) -> LimitedRun:
    return LimitedRun(LIMIT_S, 1 / 30, TESTS, BENCH, clock)


def measure(limited: LimitedRun, clock: Clock, name: str, seconds: float) -> None:
    limited.begin(name)
    clock.now_s += seconds
    limited.end(name, is_measured=True)


def seconds(*values: float) -> list[float]:
    """Of frames, the last of them first."""
    return list(reversed(values))


def test_tests_without_a_model_come_last(limited: LimitedRun) -> None:
    assert limited.order == ["one", "four", "three", "two", "load"]


def test_the_first_answer_is_due_when_each_kind_has_a_cell(limited: LimitedRun, clock: Clock) -> None:
    assert not limited.is_answer_due()
    measure(limited, clock, "one", 1.0)
    assert not limited.is_answer_due()
    measure(limited, clock, "four", 1.0)
    assert limited.is_answer_due()
    assert limited.begin_answer() == "A first answer, after 2 s (about 3 s more for the rest):"
    assert not limited.is_answer_due()


def test_a_cell_before_its_reference_waits_for_its_own_kind_only(limited: LimitedRun) -> None:
    assert limited.is_answer_due("one")
    tests = {**TESTS, "five": cell("page", "b", "wasm", "topixels")}
    assert not LimitedRun(LIMIT_S, 1 / 30, tests, BENCH).is_answer_due("one")


def test_the_first_answer_waits_no_longer_than_it_may(limited: LimitedRun, clock: Clock) -> None:
    clock.now_s = FIRST_ANSWER_S
    assert not limited.is_answer_due()
    clock.now_s += 1
    assert limited.is_answer_due()


def test_a_cell_that_there_is_no_time_for_is_not_begun(limited: LimitedRun, clock: Clock) -> None:
    measure(limited, clock, "one", 60.0)
    with pytest.raises(BackendUnavailable, match="no time was left of the 100 s") as error:
        limited.check_time("three")
    assert error.value.install_hint == "give the run more time (--limit)"
    limited.check_time("four")  # a first answer waits for it
    (line,) = limited.closing_lines({"wasm"})
    assert line == (
        "Not measured: 1 cell, as the 100 s were over, so that nothing was measured of webgl. --limit=SECONDS gives"
        " more time, --frame-runtime=NAME after -- measures one runtime alone."
    )
    assert "so that" not in next(limited.closing_lines({"webgl"}))


def test_when_the_time_is_over_nothing_is_begun_that_a_first_answer_waits_for_either(
    limited: LimitedRun, clock: Clock
) -> None:
    clock.now_s = LIMIT_S
    with pytest.raises(BackendUnavailable, match="no time was left of the 100 s"):
        limited.check_time("one")


def test_a_frame_is_taken_twice_before_its_cell_is_left_out(limited: LimitedRun) -> None:
    limited.weigh("one", seconds(LIMIT_S / LEAST_RUNS).pop)
    limited.weigh("two", seconds(LIMIT_S / RUNS).pop)
    limited.weigh("two", seconds(LIMIT_S, 0.001).pop)
    with pytest.raises(BackendUnavailable, match="a frame took 30000 ms, and only 100 s"):
        limited.weigh("one", seconds(LIMIT_S, 30.0).pop)
    assert [(glimpse.frame.renderer, glimpse.frame_s, glimpse.is_page) for glimpse in limited.glimpses] == [
        ("topixels", 30.0, True)
    ]
    assert [*limited.closing_lines(())] == [
        "Left out, as there was no time for them: wasm to topixels (30000 ms a frame)."
    ]


def test_what_software_draws_slowly_is_left_out_with_its_other_renderers(limited: LimitedRun) -> None:
    limited.weigh("one", seconds().pop, first_s=0.03, software="SwiftShader")
    limited.weigh("three", seconds().pop, first_s=0.04)
    with pytest.raises(BackendUnavailable, match=r"only software draws here \(SwiftShader\), .* took 40 ms"):
        limited.weigh("one", seconds().pop, first_s=0.04, software="SwiftShader")
    with pytest.raises(BackendUnavailable, match="runtime 'wasm': only software draws here"):
        limited.check_time("two")
    limited.check_time("three")
    assert [*limited.closing_lines(())] == ["Left out, as software draws here: wasm to topixels (40 ms a frame)."]


@pytest.mark.parametrize(
    ("lacking", "about"),
    [
        ("model", "not loaded within 30 s"),
        ("frame", "longer than 30 s a frame"),
        ("rounds", "longer than 30 s for its frames"),
    ],
)
def test_a_page_that_does_not_answer_is_left_out(limited: LimitedRun, lacking: Awaited, about: str) -> None:
    error = limited.no_answer("three", NoAnswer("it hangs", 30.0), lacking)
    assert error.reason == "runtime 'webgl': it hangs"
    assert error.install_hint == "give pages more time (--frame-browser-timeout after --)"
    assert [*limited.closing_lines(())] == [
        f"Left out, as its page did not answer in time: webgl to topixels ({about})."
    ]
    assert [(glimpse.frame_s, glimpse.lacking) for glimpse in limited.glimpses] == [(30.0, lacking)]


def test_a_line_names_a_few_cells_and_counts_the_rest() -> None:
    tests = {str(number): cell("page", "a", f"r{number}", "topixels") for number in range(MOST_NAMES + 2)}
    limited = LimitedRun(LIMIT_S, 1 / 30, tests, BENCH)
    for name in tests:
        limited.no_answer(name, NoAnswer("it hangs", 30.0), "frame")
    (line,) = limited.closing_lines(())
    assert line.count(" to topixels") == MOST_NAMES
    assert line.endswith("r5 to topixels (longer than 30 s a frame) and 2 more.")
