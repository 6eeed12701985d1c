"""The --frame-runtime, --frame-renderer and --frame-gl options."""

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--frame-runtime=torch", "unknown runtime 'torch'; there is: all, *tensorflow*"),
        ("--frame-renderer=topixel", "unknown renderer 'topixel' (did you mean 'topixels'?); there is: all, *opencv*"),
        ("--frame-renderer=all,topixel", "unknown renderer 'topixel' (did you mean 'topixels'?); there is: *"),
        (
            "--frame-gl=elg",
            "unknown GL context 'elg' (did you mean 'egl'?); there is: all, auto, egl, glfw, null, osmesa",
        ),
        ("--frame-fit=squash", "unknown frame fit 'squash'; there is: crop, letterbox, resize"),
        ("--frame-require=elg", "unknown backend in --frame-require 'elg' (did you mean 'egl'?)*"),
    ],
)
def test_an_unknown_name_ends_the_run_and_lists_what_there_is(run: Run, option: str, message: str) -> None:
    result = run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_all_stands_for_every_backend_there_is(run: Run) -> None:
    result = run("--frame-renderer=all", "--frame-preprocess=none", "--collect-only", "-q")
    result.stdout.fnmatch_lines_random(
        [f"*test_frame?tiny-16-none-null-{name}-null?*" for name in ("topixels", "topixels-loop", "numpy", "opencv")]
    )
    result.stdout.no_fnmatch_line("*-null-null-null?*")


@pytest.mark.parametrize("renderer", ["topixels", "numpy", "opencv", "topixels-loop"])
def test_cpu_renderers_run_without_opengl(run: Run, renderer: str) -> None:
    run(f"--frame-renderer={renderer}", "--frame-preprocess=none").assert_outcomes(passed=1)


def test_a_gl_renderer_without_a_gl_context_is_a_named_skip(run: Run) -> None:
    result = run("--frame-renderer=gl-texture", "--frame-preprocess=none")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*renderer 'gl-texture': *null*"])


def test_the_summary_says_what_did_not_run_and_why(run: Run) -> None:
    result = run("--frame-renderer=gl-texture,opencv", "--frame-preprocess=none,invert")
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(["Not run:", "  2 cells: renderer 'gl-texture': *null*"])


def test_require_turns_the_skip_into_an_error(run: Run) -> None:
    result = run("--frame-renderer=gl-texture", "--frame-preprocess=none", "--frame-require=gl-texture")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["RequiredBackendUnavailable: required renderer 'gl-texture': *"])


def test_require_leaves_other_skips_alone(run: Run) -> None:
    result = run("--frame-renderer=gl-texture", "--frame-preprocess=none", "--frame-require=opencv")
    result.assert_outcomes(skipped=1)


def test_the_render_suite_runs_each_renderer_on_the_test_picture(run: Run) -> None:
    result = run("--frame-renderer=topixels,opencv,null", suite="test_render.py")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*test_render?16-opencv-null? PASSED*"])


def test_all_keeps_what_stands_beside_it(run: Run) -> None:
    result = run("--frame-renderer=null,all", "--frame-preprocess=none", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["*-null-null-null?>", "*-null-topixels-null?>"])


def test_what_means_the_same_runs_once(run: Run) -> None:
    result = run("--frame-preprocess=invert+greyscale,greyscale+invert", "--frame-size=16,16x16,016")
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("option", ["--frame-preprocess", "--frame-size", "--frame-runtime", "--frame-model"])
def test_a_very_long_value_is_a_mistake_like_any_other(run: Run, option: str) -> None:
    result = run(f"{option}={'1' * 5000}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *1111*"])


@pytest.mark.parametrize(("marker", "suite"), [("frame_defaults", "test_mine.py"), ("frame_main", "")])
def test_a_suite_that_names_an_axis_wrong_is_told(run: Run, suites: Path, marker: str, suite: str) -> None:
    (suites / "test_mine.py").write_text(
        f"import pytest\n@pytest.mark.{marker}(sizes='16')\ndef test_mine(benchmark, cell_pipeline): pass"
    )
    result = run(suite=suite)
    result.stdout.fnmatch_lines([f"unknown axis in the {marker} marker 'sizes' (did you mean 'size'?)*"])
