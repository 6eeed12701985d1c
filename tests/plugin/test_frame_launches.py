"""The --frame-launches option; what several launches store is tested where there is a browser."""

from collections.abc import Callable

import pytest

from framegate.hooks.settings import options_of

Run = Callable[..., pytest.RunResult]


def launches(pytester: pytest.Pytester, *options: str) -> int:
    return options_of(pytester.parseconfigure("-p", "framegate.plugin", *options)).browser.launches


def test_one_is_the_default(pytester: pytest.Pytester) -> None:
    assert launches(pytester) == 1
    assert launches(pytester, "--frame-launches=3") == 3


def test_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nframe_launches = 2\n")
    assert launches(pytester) == 2
    assert launches(pytester, "--frame-launches=5") == 5


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "101"])
def test_what_is_no_number_of_launches_ends_the_run(run: Run, text: str) -> None:
    result = run(f"--frame-launches={text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --frame-launches {text!r} is not a whole number from 1 to 100"])
