"""The --frame-threads option."""

from collections.abc import Callable
from typing import Any

import pytest

from framegate.machine import usable_cores

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]

MINE = """
    from framegate.runtimes.null import NullRuntime

    class Mine(NullRuntime):
        def use_threads(self, count):
            print("mine was given", count)

    def pytest_framegate_runtimes(config):
        return {"mine": Mine}
"""


@pytest.fixture
def a_runtime_with_threads(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(MINE)


def threads_of(cells: list[dict[str, Any]]) -> list[object]:
    return [cell["extra_info"]["frame"]["threads"] for cell in cells]


@pytest.mark.usefixtures("a_runtime_with_threads")
@pytest.mark.parametrize("suite", ["test_load.py", "test_inference.py", "test_frame.py"])
def test_a_runtime_is_given_the_number_and_the_result_keeps_it(stored: Stored, suite: str) -> None:
    cells = stored("--frame-threads=3", "--frame-runtime=mine,null", "--frame-preprocess=none", suite=suite)
    assert threads_of(cells) == [3, None]


@pytest.mark.usefixtures("a_runtime_with_threads")
def test_it_is_given_once_to_what_is_measured_and_once_to_what_that_is_compared_with(run: Run) -> None:
    result = run("--frame-threads=3", "--frame-runtime=mine", "--frame-preprocess=none", "-s")
    assert result.stdout.str().count("mine was given 3") == 2


@pytest.mark.usefixtures("a_runtime_with_threads")
def test_the_default_is_every_core_of_this_process(stored: Stored) -> None:
    assert set(threads_of(stored("--frame-runtime=mine"))) == {usable_cores()}


@pytest.mark.usefixtures("a_runtime_with_threads")
def test_the_ini_file(stored: Stored, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nframe_threads = 2\n")
    assert set(threads_of(stored("--frame-runtime=mine"))) == {2}
    assert set(threads_of(stored("--frame-runtime=mine", "--frame-threads=5"))) == {5}


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "1025", "²"])
def test_what_is_no_number_of_threads_ends_the_run(run: Run, text: str) -> None:
    result = run(f"--frame-threads={text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --frame-threads {text!r} is not a whole number from 1 to 1024"])
