"""``--frame-gl egl:1``: a device by its number."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--frame-gl=osmesa:1", "GL context 'osmesa:1': osmesa has no devices to choose from; there is: osmesa, *egl*"),
        ("--frame-gl=glfw:1", "GL context 'glfw:1': glfw has no devices to choose from; there is: glfw, *egl*"),
        ("--frame-gl=null:0", "GL context 'null:0': null has no devices to choose from; there is: null, *egl*"),
        ("--frame-gl=auto:0", "GL context 'auto:0': auto has no devices to choose from; there is: auto, *egl*"),
        ("--frame-gl=egl,egl:x", "GL context 'egl:x': 'x' is not the number of a device; there is: *egl*"),
        ("--frame-gl=egl:", "GL context 'egl:': '' is not the number of a device; there is: *egl*"),
        ("--frame-gl=elg:0", "unknown GL context 'elg' (did you mean 'egl'?); there is: *"),
        ("--frame-require=egl:x", "GL context 'egl:x': 'x' is not the number of a device; there is: *egl*"),
        ("--frame-require=opencv:0", "unknown GL context 'opencv'; there is: *egl*"),
    ],
)
def test_a_device_that_cannot_be_ends_the_run_and_says_what_there_is(run: Run, option: str, message: str) -> None:
    result = run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_the_first_device_is_in_the_id_and_draws(run: Run) -> None:
    result = run("--frame-gl=egl:0", "--frame-renderer=gl-texture", "--frame-preprocess=none")
    result.stdout.fnmatch_lines(["*?tiny-16-none-null-gl-texture-egl:0?*"])
    assert result.ret == 0


@pytest.mark.parametrize(
    ("require", "outcome"), [("", "skipped"), ("egl", "errors"), ("egl:99", "errors"), ("egl:0", "skipped")]
)
def test_requiring_a_context_requires_each_of_its_devices(run: Run, require: str, outcome: str) -> None:
    options = [f"--frame-require={require}"] if require else []
    result = run("--frame-gl=egl:99", "--frame-preprocess=none", *options)
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*GL context 'egl:99': E*"])


def test_a_gl_context_of_ones_own_with_devices(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.contexts.null import NullContext

        class Mine(NullContext):
            def __init__(self, request):
                super().__init__(request)
                self.name = f"mine:{request.device}"

            @staticmethod
            def devices():
                return ["Fast", "Slow"]

        def pytest_framegate_gl_contexts(config):
            return {"mine": Mine}
        """
    )
    result = run("--frame-gl=mine:1", "--frame-preprocess=none", "--benchmark-json=out.json", timing=True)
    result.assert_outcomes(passed=1)
    assert '"gl": "mine:1"' in (pytester.path / "out.json").read_text()
    result = run("--frame-gl=mine:x")
    result.stderr.fnmatch_lines(["ERROR: GL context 'mine:x': 'x' is not *; there is: mine:0 (Fast), mine:1 (Slow)"])
