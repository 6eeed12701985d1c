"""The --frame-preprocess option."""

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]


def test_the_documented_values_run(run: Run) -> None:
    result = run("--frame-preprocess=none,greyscale,greyscale+invert,all")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        ["*-16-none-*PASSED*", "*-16-greyscale-*PASSED*", "*-16-greyscale+invert-*PASSED*", "*-16-all-*PASSED*"]
    )


def test_toggles_are_named_in_the_order_in_which_they_run(run: Run) -> None:
    run("--frame-preprocess=invert+greyscale").stdout.fnmatch_lines(["*-16-greyscale+invert-*PASSED*"])


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("sepia", "unknown preprocessing step 'sepia'; there is: all, brightness, *, none, own"),
        ("own+invert", "preprocessing 'own+invert': 'own' stands alone, it cannot be joined with '+'"),
    ],
)
def test_an_unknown_step_ends_the_run(run: Run, steps: str, message: str) -> None:
    result = run(f"--frame-preprocess={steps}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_the_preprocess_suite_runs_every_toggle_alone(run: Run) -> None:
    result = run(suite="test_preprocess.py")
    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines(["*test_preprocess?16-down-upscale? PASSED*"])


def test_own_is_what_each_models_spec_names(run: Run, write_model: Callable[..., Path]) -> None:
    grey = write_model("net").parent / "grey.toml"
    grey.write_text('source = "net"\npreprocess = "greyscale"\n')
    result = run(f"--frame-model={write_model('plain')},{grey}", "--frame-preprocess=own,invert")
    result.assert_outcomes(passed=4)
    for cell in ("plain-16-none", "plain-16-invert", "grey-16-greyscale", "grey-16-invert"):
        result.stdout.fnmatch_lines([f"*test_frame[[]{cell}-null*"])
    alone = run("--frame-preprocess=own", suite="test_preprocess.py")
    alone.assert_outcomes(passed=1)
    alone.stdout.fnmatch_lines(["*test_preprocess?16-none?*"])
