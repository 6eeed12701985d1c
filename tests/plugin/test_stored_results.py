"""What pytest-benchmark stores of a cell."""

from collections.abc import Callable
from typing import Any

import pytest

Stored = Callable[..., list[dict[str, Any]]]
Run = Callable[..., pytest.RunResult]

KEYS = [
    "model", "model_sha256", "size", "preprocess", "runtime", "runtime_version", "threads", "renderer", "gl",
    "gl_renderer", "is_software", "vsync", "scenario", "pipeline",
]  # fmt: skip
STAGES = ["preprocess", "inference", "readback", "postprocess", "convert", "draw", "present"]


def test_a_frame_describes_itself_and_its_stages(stored: Stored) -> None:
    (cell,) = stored("--frame-preprocess=greyscale", "--frame-renderer=opencv")
    assert cell["name"] == "test_frame[tiny-16-greyscale-null-opencv-null]"
    assert cell["group"] == "frame"
    assert cell["params"]["frame_renderer"] == "opencv"
    frame = cell["extra_info"]["frame"]
    assert list(frame) == KEYS
    assert len(frame.pop("model_sha256")) == 64
    assert frame == {
        "model": "tiny",
        "size": "16",
        "preprocess": "greyscale",
        "runtime": "null",
        "runtime_version": "returns its input",
        "threads": None,
        "renderer": "opencv",
        "gl": "null",
        "gl_renderer": frame["gl_renderer"],
        "is_software": frame["is_software"],
        "vsync": None,
        "scenario": None,
        "pipeline": None,
    }
    assert cell["extra_info"]["frames"] == {"source": "photo", "fit": "crop"}
    stages = cell["extra_info"]["stages_s"]
    assert list(stages) == STAGES
    rounds = cell["stats"]["rounds"] * cell["stats"]["iterations"]
    assert [len(samples) for samples in stages.values()] == [rounds] * len(STAGES)
    assert all(second >= 0 for samples in stages.values() for second in samples)


@pytest.mark.parametrize(
    ("suite", "unused"),
    [
        ("test_load.py", {"preprocess", "threads", "renderer", "gl", "gl_renderer", "is_software"}),
        (
            "test_preprocess.py",
            {
                "model",
                "model_sha256",
                "runtime",
                "runtime_version",
                "threads",
                "renderer",
                "gl",
                "gl_renderer",
                "is_software",
            },
        ),
        ("test_inference.py", {"threads", "renderer", "gl", "gl_renderer", "is_software"}),
        ("test_render.py", {"model", "model_sha256", "preprocess", "runtime", "runtime_version", "threads"}),
        ("test_frame.py", {"threads"}),
    ],
)
def test_every_suite_uses_the_same_keys(stored: Stored, suite: str, unused: set[str]) -> None:
    for cell in stored(suite=suite):
        frame = cell["extra_info"]["frame"]
        assert list(frame) == KEYS
        assert {key for key, value in frame.items() if value is None} == {*unused, "vsync", "scenario", "pipeline"}


def test_loading_has_its_stages(stored: Stored) -> None:
    (cell,) = stored(suite="test_load.py")
    assert list(cell["extra_info"]["stages_s"]) == ["parse", "weights", "build", "first-run"]


def test_the_summary_shows_each_stage(run: Run) -> None:
    result = run("--frame-preprocess=none", "--frame-tables", timing=True)
    result.stdout.fnmatch_lines(
        [
            "test_frame: where the time goes (median ms)",
            "*total ms*preprocess*inference*readback*convert*draw*present*frames/s*",
            "*tiny-16-none-null-null-null *%*%*%*%*%*%*",
        ]
    )


def test_timing_off_stores_no_stages_and_shows_no_summary(run: Run) -> None:
    result = run("--frame-preprocess=none", "--frame-tables")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*where the time goes*")


def test_a_saved_run_can_be_compared(run: Run, pytester: pytest.Pytester) -> None:
    assert run("--benchmark-save=base", "--frame-preprocess=none", timing=True).ret == 0
    result = pytester.runpytest(
        "suites/test_frame.py",
        "--frame-model=" + str(next(pytester.path.parent.rglob("models/tiny"))),
        *("--frame-size=16", "--frame-preprocess=none", "--frame-runtime=null", "--frame-renderer=null"),
        *("--frame-gl=null", "--benchmark-compare", "--benchmark-autosave", "--benchmark-max-time=0.001"),
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines_random(["*test_frame?tiny-16-none-null-null-null? (NOW)*", "*(0001_base)*"])
    assert len(list(pytester.path.glob(".benchmarks/*/*.json"))) == 2


def test_the_stages_add_up_to_the_frame_and_a_known_delay_comes_out(stored: Stored, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import time

        def slow(image):
            end = time.perf_counter() + 0.005
            while time.perf_counter() < end:
                pass
            return image

        def pytest_framegate_steps(config):
            return {"slow": slow}
        """
    )
    (cell,) = stored("--frame-preprocess=slow", "--frame-renderer=opencv", "--benchmark-min-rounds=20")
    stages = cell["extra_info"]["stages_s"]
    assert cell["stats"]["iterations"] == 1
    assert len(stages["preprocess"]) == len(cell["stats"]["data"]) >= 20
    assert min(stages["preprocess"]) >= 0.005
    sums = [sum(parts) for parts in zip(*stages.values(), strict=True)]
    rounds = list(zip(sums, cell["stats"]["data"], strict=True))
    assert all(parts <= whole for parts, whole in rounds)


def test_a_profiled_run_stores_no_stages(stored: Stored) -> None:
    (cell,) = stored("--frame-preprocess=none", "--benchmark-cprofile=tottime", "--benchmark-cprofile-loops=50")
    assert "stages_s" not in cell["extra_info"]
