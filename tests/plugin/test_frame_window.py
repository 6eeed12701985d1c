"""--frame-window and --frame-vsync."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., pytest.RunResult]

WITH_WINDOW = """
    from dataclasses import replace

    from framegate.errors import WindowClosed
    from framegate.contexts.null import MemoryScreen, NullContext

    class Closing(MemoryScreen):
        shown = 0

        def present(self):
            Closing.shown += 1
            if Closing.shown > 2:
                raise WindowClosed("the window was closed")
            super().present()

    class Mine(NullContext):
        name = "mine"
        has_window = True

        def __init__(self, request):
            super().__init__(request)
            self.request = request
            print("ASKED", request)

        def info(self):
            return replace(super().info(), vsync=self.request.vsync)

    class ClosedSoon(Mine):
        def screen(self, size, drawing):
            return Closing(size, drawing)

    def pytest_framegate_gl_contexts(config):
        return {"mine": Mine, "closed-soon": ClosedSoon}
"""
WAITS = "With vertical synchronisation `present` waits for the display*"


def frame_of(pytester: pytest.Pytester) -> dict[str, Any]:
    (cell,) = json.loads((pytester.path / "out.json").read_text())["benchmarks"]
    found: dict[str, Any] = cell["extra_info"]["frame"]
    return found


@pytest.mark.parametrize(
    ("options", "request_"),
    [
        ([], "device=None, window=False, vsync=False"),
        (["--frame-window"], "device=None, window=True, vsync=False"),
        (["--frame-window", "--frame-vsync"], "device=None, window=True, vsync=True"),
    ],
)
def test_contexts_are_asked_for_what_the_user_wants(
    run: Run, pytester: pytest.Pytester, options: list[str], request_: str
) -> None:
    pytester.makeconftest(WITH_WINDOW)
    result = run("--frame-gl=mine", "--frame-preprocess=none", "-s", *options)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*ASKED GLRequest({request_})"])


def test_an_ini_file_can_say_it(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WITH_WINDOW)
    pytester.makeini("[pytest]\nframe_window = true\nframe_vsync = true\n")
    result = run("--frame-gl=mine", "--frame-preprocess=none", "-s")
    result.stdout.fnmatch_lines(["*ASKED GLRequest(device=None, window=True, vsync=True)"])
    run("--frame-gl=null", "--frame-preprocess=none").assert_outcomes(passed=1)


@pytest.mark.parametrize("flag", ["--frame-window", "--frame-vsync"])
def test_contexts_without_a_window_are_refused(run: Run, flag: str) -> None:
    result = run("--frame-gl=egl:0,null", flag)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: {flag} needs a context with a window, and got --frame-gl egl:0,null; add glfw"]
    )


@pytest.mark.parametrize("gl", ["auto", "all", "null,glfw", "null,mine"])
def test_one_context_that_has_a_window_is_enough(run: Run, pytester: pytest.Pytester, gl: str) -> None:
    pytester.makeconftest(WITH_WINDOW)
    assert run(f"--frame-gl={gl}", "--frame-window", "--collect-only").ret == 0


def test_suites_that_draw_nothing_take_the_flags(run: Run) -> None:
    run("no --frame-gl", "--frame-window", "--frame-vsync", suite="test_load.py").assert_outcomes(passed=1)


@pytest.mark.parametrize("vsync", [False, True])
def test_a_result_says_whether_it_waited_for_the_display_and_so_does_the_end(
    run: Run, pytester: pytest.Pytester, *, vsync: bool
) -> None:
    pytester.makeconftest(WITH_WINDOW)
    options = ["--frame-vsync"] if vsync else []
    result = run("--frame-gl=mine", "--frame-preprocess=none", "--benchmark-json=out.json", *options, timing=True)
    assert frame_of(pytester)["vsync"] is vsync
    assert result.stdout.str().count(WAITS[:-1]) == vsync


def test_closing_the_window_ends_the_run_and_keeps_what_was_measured(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WITH_WINDOW)
    result = run(
        "--frame-gl=null,closed-soon",
        "--frame-renderer=opencv",
        "--frame-size=8",
        "--frame-preprocess=none,invert,greyscale",
        "--frame-tables",
        timing=True,
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "WindowClosed: the window was closed",
            "*test_frame: where the time goes*",
            "*tiny-8-none-null-opencv-null *",
            "!*the window was closed during *-8-none-*-closed-soon?; benchmarks not run after it: 4 !*",
        ]
    )


@pytest.mark.skipif("DISPLAY" not in os.environ, reason="needs a display: xvfb-run -a")
def test_closing_a_real_window_ends_the_run(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import glfw
        swaps = []
        swap = glfw.swap_buffers

        def swap_and_close(window):
            swap(window)
            swaps.append(window)
            if len(swaps) == 4:
                glfw.set_window_should_close(window, True)

        glfw.swap_buffers = swap_and_close
        """
    )
    options = ("--frame-gl=auto", "--frame-renderer=opencv", "--frame-window", "--frame-preprocess=none,invert")
    result = run(*options, timing=True, subprocess=True)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["!*the window was closed during test_frame?tiny-*; benchmarks not run after it: 1 !*"])


def test_a_display_that_cannot_wait_is_said(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WITH_WINDOW.replace("vsync=self.request.vsync", "vsync=False"))
    result = run("--frame-gl=mine", "--frame-vsync", suite="test_render.py")
    result.stdout.fnmatch_lines(["--frame-vsync changed nothing: this display does not let a swap wait."])


def test_an_ini_file_that_says_neither_is_refused(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nframe_window = maybe\n")
    result = run("--frame-renderer=null")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: frame_window in *: *maybe*; write true or false"])
