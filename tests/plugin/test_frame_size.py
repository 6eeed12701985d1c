"""The --frame-size option."""

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]


def test_sizes_are_squares_or_width_by_height(run: Run) -> None:
    result = run("--frame-size=16,40x24", "--frame-size=32", "--frame-preprocess=none")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*?tiny-16-*PASSED*", "*?tiny-40x24-*PASSED*", "*?tiny-32-*PASSED*"])


def test_a_size_that_is_none_ends_the_run(run: Run) -> None:
    result = run("--frame-size=big")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: size 'big' is not a size; write 256 or 640x480 (width x height)"])


def test_a_size_that_the_model_does_not_take_is_a_named_skip(run: Run, write_model: Callable[..., Path]) -> None:
    result = run(f"--frame-model={write_model('net', size=48)}", "--frame-size=32", "--frame-preprocess=none")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*model 'net' takes frames of 48 only, not 32; use --frame-size 48*"])


def test_a_frame_smaller_than_the_size_fails_in_one_line(run: Run) -> None:
    result = run("--frame-size=600", "--frame-preprocess=none")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["FrameError: the frame is 512x512 pixels, smaller than the model's input 600x600;*"])


def test_ini_gives_the_default(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nframe_size = 24, 32\nframe_preprocess = invert")
    result = run("--frame-size=")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*?tiny-24-invert-*PASSED*", "*?tiny-32-invert-*PASSED*"])
