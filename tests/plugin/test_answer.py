"""The last lines of a run: the answer, what did not run, and where more stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]

BUDGET = "--frame-budget=900000ms"
HEAD = "Real-time means 900000 ms a frame here (--frame-budget=0.001111fps)."
VERDICT = re.compile(
    r"tiny at 16: real-time in Python\. ~?[\d.]+ ms a frame, [\d.]+ frames/s, with null on null; "
    r"\d+% is \w+( and \d+% \w+)?\."
)
"""Two sentences, and no table."""


def answer(result: pytest.RunResult) -> list[str]:
    """The lines between the head of the answer and pytest's last one, that included; without what depends on time."""
    return [line for line in result.outlines[result.outlines.index(HEAD) :] if not line.startswith("(~: noisy")]


def test_the_last_lines_are_the_answer_and_pytests_own(run: Run) -> None:
    result = run("--frame-preprocess=none", BUDGET, timing=True)
    _, *lines, empty, last = answer(result)
    assert VERDICT.fullmatch(" ".join(map(str.strip, lines[:-3])))
    assert lines[-3:] == [
        "  Guessed: input_range [0, 1], output_range [0, 1].",
        "  Shown as image: three channels.",
        "(the CPU did a GPU's work here: with a GPU, drawing and WebGL take other times)",
    ]
    assert empty == ""
    assert last.startswith("=")
    assert " 1 passed" in last


def test_it_follows_what_failed_whose_times_do_not_count(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        "from framegate.renderers.null import NullRenderer\n"
        "class Wrong(NullRenderer):\n"
        "    def read(self): return super().read() ^ 255\n"
        "def pytest_framegate_renderers(): return {'wrong': Wrong}\n"
    )
    result = run("--frame-preprocess=none", "--frame-renderer=null,wrong", BUDGET, timing=True)
    result.assert_outcomes(passed=1, failed=1)
    lines = answer(result)
    assert not [line for line in lines if line.startswith("FAILED")]
    assert "with null on null; " in " ".join(map(str.strip, lines))  # the line ends where the time's digits have it end
    assert "(1 cell failed, whose times do not count)" in lines


def test_a_run_that_was_to_measure_and_could_not_has_failed(run: Run) -> None:
    options = ("--frame-renderer=gl-texture", "--frame-preprocess=none", BUDGET)
    ways = ((), ("--benchmark-only",), ("--frame-bench",))
    codes = [run(*options, *more, timing=True).ret for more in ways]
    assert codes == [pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.TESTS_FAILED]


def test_where_anything_was_measured_a_skip_is_no_failure(run: Run, pytester: pytest.Pytester) -> None:
    options = ("--frame-preprocess=none", "--benchmark-only", BUDGET)
    assert run(*options, "--frame-renderer=gl-texture,null", timing=True).ret == pytest.ExitCode.OK
    theirs = pytester.makepyfile("def test_theirs(benchmark): benchmark(sum, [1])")
    assert run(*options, "--frame-renderer=gl-texture", str(theirs), timing=True).ret == pytest.ExitCode.OK
    assert run(*options, "--frame-renderer=gl-texture", "--collect-only", timing=True).ret == pytest.ExitCode.OK


def test_what_did_not_run_takes_one_line_and_v_says_why(run: Run) -> None:
    options = ("--frame-renderer=gl-texture,null", "--frame-preprocess=none,invert", BUDGET)
    detailed = answer(run(*options, timing=True))
    at = detailed.index("Not run:")
    assert re.fullmatch(r"  2 cells: renderer 'gl-texture': .*null.*", detailed[at + 1])
    short = answer(run(*options, "-q", timing=True))
    assert short[-3] == "Not run: 2 cells; -rs says why, --frame-require=NAME makes it an error."


def test_in_a_bench_the_words_are_those_of_that_command(run: Run) -> None:
    options = ("--frame-renderer=gl-texture,null", "--frame-preprocess=none", BUDGET, "-q", "--frame-bench")
    assert answer(run(*options, timing=True))[-3] == "Not run: 1 cell; -rs after -- says why."


def test_where_nothing_was_measured_the_reasons_are_there_without_v(run: Run) -> None:
    result = run("--frame-renderer=gl-texture", "--frame-preprocess=none", "-q")
    result.stdout.fnmatch_lines(["Not run:", "  1 cell: renderer 'gl-texture': *null*"])


def test_quiet_is_a_line_for_each_model_and_quieter_is_none(run: Run) -> None:
    quiet = answer(run("--frame-preprocess=none", BUDGET, "-qqq", timing=True))
    assert re.fullmatch(r"tiny at 16: real-time, ~?[\d.]+ ms with null on null\.", quiet[1])
    assert HEAD not in run("--frame-preprocess=none", BUDGET, "-qqqq", timing=True).outlines


def test_colours_are_there_where_pytest_has_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    green = "tiny at 16: \x1b[32mreal-time\x1b[0m in Python"
    assert green in run("--frame-preprocess=none", BUDGET, "--color=yes", timing=True).stdout.str()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("--frame-preprocess=none", BUDGET, timing=True).stdout.str()


def test_a_run_without_a_terminal_reporter_ends_as_it_should(
    pytester: pytest.Pytester, suites: Path, write_model: Callable[..., Path]
) -> None:
    result = pytester.runpytest(
        *(str(suites / "test_frame.py"), "-p", "framegate.plugin", "-p", "no:terminal", "--benchmark-json=out.json"),
        *(f"--frame-model={write_model(size=None)}", "--frame-size=16", "--benchmark-max-time=0.001"),
        *("--frame-preprocess=none", "--frame-runtime=null", "--frame-renderer=null", "--frame-gl=null"),
    )
    assert (result.ret, result.outlines) == (0, [])
    assert (pytester.path / "out.json").exists()


def test_lines_of_other_parts_close_it(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        "from framegate.hooks.report import closing_line\n"
        "def pytest_sessionfinish(session):\n"
        "    closing_line(session.config, 'Browser: an older one', about='browser')\n"
        "    closing_line(session.config, 'Browser: ' + 'a long name ' * 8, about='browser')\n"
        "    closing_line(session.config, 'Written: /' + 'x' * 90)\n"
    )
    assert answer(run("--frame-preprocess=none", BUDGET, timing=True))[-6:-2] == [
        "Browser: a long name a long name a long name a long name a long name a long name",
        "  a long name a long name",
        "Written:",
        f"  /{'x' * 90}",
    ]


@pytest.mark.parametrize("budget", ["30", "0fps", "fast", "-1ms", "nanfps"])
def test_a_budget_that_is_no_time_is_refused(run: Run, budget: str) -> None:
    result = run(f"--frame-budget={budget}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--frame-budget '{budget}' is no time of a frame; write 30fps or 33.3ms"])
