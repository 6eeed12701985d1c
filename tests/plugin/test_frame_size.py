"""The --frame-size option."""

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]
WriteModel = Callable[..., Path]


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
    pytester.makeini("[pytest]\nframe_size = 24,\n    32\nframe_preprocess = invert\nframe_fit =\n")
    result = run("no --frame-size")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*?tiny-24-invert-*PASSED*", "*?tiny-32-invert-*PASSED*"])


def test_paths_in_the_ini_file_start_at_it(run: Run, pytester: pytest.Pytester, write_model: WriteModel) -> None:
    write_model("beside").rename(pytester.path / "beside")
    pytester.makeini("[pytest]\nframe_model = beside\n")
    (pytester.path / "below").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(pytester.path / "below")
        result = run("no --frame-model", "--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*?beside-16-none-*PASSED*"])


@pytest.mark.parametrize(
    "option", ["--frame-model=", "--frame-model=,", "--frame-size=", "--frame-source=", "--frame-fit=", "--frame-gl="]
)
def test_an_option_that_is_given_and_empty_ends_the_run(run: Run, option: str) -> None:
    result = run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: {option.split('=', maxsplit=1)[0]} is empty; give it a value, or leave it out for the*"]
    )


def test_a_model_with_one_open_side_runs_at_a_square_of_the_other(run: Run, write_model: WriteModel) -> None:
    folder = write_model("half", size=48)
    topology = (folder / "model.json").read_text().replace('{"size": "48"}', '{"size": "-1"}', 1)
    (folder / "model.json").write_text(topology)
    result = run(f"--frame-model={folder}", "no --frame-size", "--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*?half-48-none-*PASSED*"])
