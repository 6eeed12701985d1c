"""A runtime that computes something else than TensorFlow fails its cells in every suite that runs one."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

WRONG = """
from framegate.runtimes.tensorflow import TensorFlowRuntime


class Wrong(TensorFlowRuntime):
    def build(self, parts):
        loaded = super().build(parts)
        read = loaded.read
        loaded.read = lambda results: [values * 1.01 for values in read(results)]
        return loaded


def pytest_framegate_runtimes(config):
    return {"wrong": Wrong}
"""

SUITES = ("test_frame", "test_inference", "test_load", "test_model_size")


def test_it_is_compared_with_tensorflow_everywhere(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WRONG)
    result = run(
        "--frame-runtime=wrong,tensorflow",
        "--frame-preprocess=none",
        "--frame-trial=off",
        "-k",
        " or ".join(SUITES),
        suite="",
    )
    result.assert_outcomes(passed=len(SUITES), failed=len(SUITES))
    for suite in SUITES:
        result.stdout.fnmatch_lines_random(
            [f"*{suite}?tiny-16*-wrong* FAILED*", f"*{suite}?tiny-16*-tensorflow* PASSED*"]
        )
    differences = [line for line in result.outlines if line.startswith("WrongOutput: output 'picture' differs")]
    assert len(differences) == len(SUITES), result.stdout.str()
