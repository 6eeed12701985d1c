"""The --frame-runtime, --frame-renderer and --frame-gl options."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--frame-runtime=torch", "unknown runtime 'torch'; there is: *tensorflow*"),
        ("--frame-renderer=topixel", "unknown renderer 'topixel' (did you mean 'topixels'?); there is: *opencv*"),
        ("--frame-gl=elg", "unknown GL context 'elg' (did you mean 'egl'?); there is: auto, egl, glfw, null, osmesa"),
        ("--frame-fit=squash", "unknown --frame-fit 'squash'; there is: crop, resize"),
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
