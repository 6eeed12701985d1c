"""A GL context that breaks, or in which something is left, fails its own cell and no other."""

import re
from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

COUNTED = """
    from framegate.errors import GLError
    from framegate.contexts.null import MemoryScreen, NullContext

    opened = []

    class Breaks(MemoryScreen):
        def present(self):
            if len(opened) == 1:
                raise GLError("the device fell off the bus")

    class Mine(NullContext):
        name = "mine"

        def __init__(self, request):
            super().__init__(request)
            opened.append(self)
            self.number = len(opened)
            print("OPENED", self.number)

        def release(self):
            super().release()
            print("RELEASED", self.number)

    class BreaksAtPresent(Mine):
        def screen(self, size, drawing):
            return Breaks(size, drawing)

        def release(self):
            super().release()
            if self.number == 1:
                raise OSError("the driver is gone too")

    class BreaksAtScreen(Mine):
        def screen(self, size, drawing):
            if len(opened) == 1:
                raise GLError("the device fell off the bus")
            return super().screen(size, drawing)

    class BreaksAtCurrent(Mine):
        def current(self):
            if len(opened) == 1:
                raise GLError("the device fell off the bus")
            return super().current()

    def pytest_framegate_gl_contexts(config):
        return {
            "mine": Mine, "at-present": BreaksAtPresent, "at-screen": BreaksAtScreen, "at-current": BreaksAtCurrent
        }
"""
THREE = ("--frame-renderer=opencv", "--frame-preprocess=none,invert,greyscale", "-s")


def said(result: pytest.RunResult) -> list[str]:
    return re.findall(r"(?:OPENED|RELEASED) \d", result.stdout.str())


def test_a_context_is_opened_once_a_session_and_the_newest_is_released_first(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(
        COUNTED.replace('{"', '{"other": Mine, "', 1).replace('"mine": Mine', '"mine": Mine, "b": Mine')
    )
    result = run("--frame-gl=mine,b", *THREE)
    result.assert_outcomes(passed=6)
    assert said(result) == ["OPENED 1", "OPENED 2", "RELEASED 2", "RELEASED 1"]


@pytest.mark.parametrize(("name", "outcome"), [("present", "failed"), ("screen", "errors"), ("current", "errors")])
def test_a_context_that_breaks_fails_its_cell_by_name_and_the_next_gets_a_new_one(
    run: Run, pytester: pytest.Pytester, name: str, outcome: str
) -> None:
    pytester.makeconftest(COUNTED)
    result = run(f"--frame-gl=at-{name}", *THREE)
    result.assert_outcomes(passed=2, **{outcome: 1})
    result.stdout.fnmatch_lines([f"GLError: GL context 'at-{name}': the device fell off the bus"])
    assert said(result) == ["OPENED 1", "RELEASED 1", "OPENED 2", "RELEASED 2"]


def test_an_error_that_is_not_opengls_leaves_the_context(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(COUNTED.replace("raise GLError", "raise ZeroDivisionError"))
    result = run("--frame-gl=at-screen", "--frame-renderer=opencv", "--frame-preprocess=none,invert", "-s")
    result.assert_outcomes(errors=2)
    assert said(result) == ["OPENED 1", "RELEASED 1"]


LEFT = """
    import ctypes

    from framegate.renderers.opencv import OpenCVRenderer

    class Leaves(OpenCVRenderer):
        cells = 0
        drawn = False

        def __init__(self, context):
            super().__init__(context)
            self._gl = context.functions
            Leaves.cells += 1

        def prepare(self, *shape_and_dtype, **settings):
            super().prepare(*shape_and_dtype, **settings)
            self.drawn = True

        def close(self):
            super().close()
            if self.drawn and Leaves.cells == 1:
                {leave}

    def pytest_framegate_renderers(config):
        return {{"leaves": Leaves}}
"""


@pytest.mark.parametrize("suite", ["test_render.py", "test_frame.py"])
@pytest.mark.parametrize(
    ("leave", "message"),
    [
        (
            "self._gl.glGenTextures(2, (ctypes.c_uint * 2)())",
            "OpenGL objects are left behind (Textures +2); delete in close() what prepare() makes",
        ),
        ("self._gl.glCreateProgram()", "OpenGL objects are left behind (Program +1); delete in close() *"),
        (
            "self._gl.glEnable(0)",
            "OpenGL failed at a call of this cell that nobody asked about: GL_INVALID_ENUM (0x0500)",
        ),
    ],
)
def test_a_renderer_that_leaves_something_fails_its_cell(
    run: Run, pytester: pytest.Pytester, suite: str, leave: str, message: str
) -> None:
    pytester.makeconftest(LEFT.format(leave=leave))
    result = run(
        "--frame-gl=egl", "--frame-renderer=leaves", "--frame-size=8,16", "--frame-preprocess=none", suite=suite
    )
    if "skipped" in result.parseoutcomes():
        pytest.skip("needs EGL")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines([f"GLError: GL context 'egl': {message}"])


LOST = """
    from framegate.renderers.opencv import OpenCVRenderer

    class Loses(OpenCVRenderer):
        contexts = []
        drawn = False

        def __init__(self, context):
            super().__init__(context)
            Loses.contexts.append(context)
            print("CONTEXT", len(set(map(id, Loses.contexts))))

        def lose(self):
            if len(Loses.contexts) == 1 and self.drawn:
                Loses.contexts[0].functions.glGetError = lambda: 0x0507

        def stages(self):
            *before, last = super().stages()

            def present_and_lose(drawn):
                result = last.call(drawn)
                self.drawn = True
                {in_draw}
                return result

            return (*before, last._replace(call=present_and_lose))

        def close(self):
            super().close()
            {in_close}

    def pytest_framegate_renderers(config):
        return {{"loses": Loses}}
"""


@pytest.mark.parametrize(
    ("in_draw", "in_close", "outcomes"),
    [("self.lose()", "pass", {"passed": 1, "failed": 1}), ("pass", "self.lose()", {"passed": 2, "errors": 1})],
    ids=["while-drawing", "after-the-test"],
)
def test_a_lost_context_is_replaced_for_the_next_cell(
    run: Run, pytester: pytest.Pytester, in_draw: str, in_close: str, outcomes: dict[str, int]
) -> None:
    pytester.makeconftest(LOST.format(in_draw=in_draw, in_close=in_close))
    result = run("--frame-gl=egl", "--frame-renderer=loses", "--frame-size=8,16,24", "-s", suite="test_render.py")
    if "skipped" in result.parseoutcomes():
        pytest.skip("needs EGL")
    result.assert_outcomes(**outcomes | {"passed": outcomes["passed"] + 1})
    result.stdout.fnmatch_lines(["GLError: GL context 'egl': OpenGL failed at *: GL_CONTEXT_LOST (0x0507)"])
    assert re.findall(r"CONTEXT (\d)", result.stdout.str()) == ["1", "2", "2"]


def test_a_renderer_that_fails_to_close_costs_its_own_cell_only(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.errors import GLError
        from framegate.contexts.null import NullContext
        from framegate.renderers.opencv import OpenCVRenderer

        opened = []

        class Counted(NullContext):
            def __init__(self, request):
                super().__init__(request)
                opened.append(self)

        class FailsOnce(OpenCVRenderer):
            def close(self):
                super().close()
                if len(opened) == 1 and self._context is opened[0] and self._was_prepared:
                    raise GLError("the driver refused")

            def prepare(self, *given):
                self._was_prepared = False
                super().prepare(*given)
                self._was_prepared = True

        def pytest_framegate_gl_contexts(config):
            return {"counted": Counted}

        def pytest_framegate_renderers(config):
            return {"fails-once": FailsOnce}

        def pytest_terminal_summary(terminalreporter):
            terminalreporter.write_line(f"opened {len(opened)}")
        """
    )
    result = run("--frame-gl=counted", "--frame-renderer=fails-once", "--frame-size=8,16,24", suite="test_render.py")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*GL context 'counted': the driver refused*", "opened 2"])
