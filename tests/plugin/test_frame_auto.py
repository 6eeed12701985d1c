"""What a run says of a runtime that chooses another, as ``--frame-runtime auto`` does."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., pytest.RunResult]
Stored = Callable[..., list[dict[str, Any]]]

CHOOSES = """
    from framegate.runtimes.null import NullModel, NullRuntime

    class Chosen(NullModel):
        runtime = "quick"
        trial_s = {"quick": 0.001, "slow": 0.0125}

    class Chooses(NullRuntime):
        def build(self, parts):
            return Chosen(parts.name, super().build(parts).inputs)

    def pytest_framegate_runtimes(config):
        return {"chooses": Chooses}
"""


@pytest.mark.parametrize("suite", ["test_load.py", "test_inference.py", "test_frame.py"])
def test_the_result_names_the_runtime_that_was_taken_and_the_times(
    stored: Stored, pytester: pytest.Pytester, suite: str
) -> None:
    pytester.makeconftest(CHOOSES)
    (cell,) = stored("--frame-runtime=chooses", "--frame-preprocess=none", suite=suite)
    assert "chooses" in cell["name"]
    assert cell["params"]["frame_runtime"] == "chooses"
    assert cell["extra_info"]["frame"]["runtime"] == "quick"
    assert cell["extra_info"]["trial_s"] == {"quick": 0.001, "slow": 0.0125}


def test_the_summary_says_so_once_a_model(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CHOOSES)
    result = run("--frame-runtime=chooses,null", "--frame-preprocess=none,invert")
    result.stdout.fnmatch_lines(["auto took quick for tiny (best run in ms: quick 1, slow 12.5)"])
    assert result.stdout.str().count("auto took") == 1


def test_all_leaves_auto_out_because_it_is_one_of_the_others(run: Run) -> None:
    result = run("--frame-runtime=all", "--collect-only", "-q", suite="test_inference.py")
    for name in ("keras", "litert", "onnxruntime", "openvino", "tensorflow", "tensorflow-xla"):
        result.stdout.fnmatch_lines([f"*?tiny-16-none-{name}?>"])
    result.stdout.no_fnmatch_line("*-auto?>")
