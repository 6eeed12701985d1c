"""Each hook, implemented in a user's conftest the way the documentation shows it."""

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]


def test_a_step_of_ones_own(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        def mirror(image):
            return image[:, ::-1].copy()

        def pytest_framegate_steps(config):
            return {"mirror": mirror}
        """
    )
    result = run("--frame-preprocess=mirror+invert,all")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*?tiny-16-invert+mirror-null-*PASSED*"])


def test_a_renderer_of_ones_own(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.render.null import NullRenderer

        class Mine(NullRenderer):
            tolerance = 0

        def pytest_framegate_renderers(config):
            return {"mine": Mine}
        """
    )
    result = run("--frame-renderer=mine", "--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*?tiny-16-none-null-mine-null?*PASSED*"])


def test_a_renderer_that_draws_a_wrong_picture_fails_its_benchmark(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.render.null import NullRenderer

        class Wrong(NullRenderer):
            def read(self):
                return super().read()[::-1]

        def pytest_framegate_renderers(config):
            return {"wrong": Wrong}
        """
    )
    for suite in ("test_frame.py", "test_render.py"):
        result = run("--frame-renderer=wrong", "--frame-preprocess=none", suite=suite)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["WrongOutput: *pixels*"])


def test_a_runtime_of_ones_own(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.runtimes.null import NullRuntime

        class Mine(NullRuntime):
            def describe(self):
                return "mine 1.0"

        def pytest_framegate_runtimes(config):
            return {"mine": Mine}
        """
    )
    for suite in ("test_load.py", "test_inference.py", "test_frame.py"):
        result = run("--frame-runtime=mine", "--frame-preprocess=none", suite=suite)
        result.assert_outcomes(passed=1)


def test_a_runtime_that_is_not_installed_is_a_named_skip(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.errors import BackendUnavailable

        def absent():
            raise BackendUnavailable("the mine package is not installed", "pip install mine")

        def pytest_framegate_runtimes(config):
            return {"mine": absent}
        """
    )
    result = run("--frame-runtime=mine", "--frame-preprocess=none")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*runtime 'mine': the mine package is not installed; pip install mine*"])
    result = run("--frame-runtime=mine", "--frame-preprocess=none", "--frame-require=mine")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["RequiredBackendUnavailable: required runtime 'mine': the mine package is not*"])


def test_a_gl_context_of_ones_own(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.gl.null import NullContext

        class Mine(NullContext):
            name = "mine"

        def pytest_framegate_gl_contexts(config):
            return {"mine": Mine}
        """
    )
    result = run("--frame-gl=mine", "--frame-renderer=opencv", "--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*?tiny-16-none-null-opencv-mine?*PASSED*"])


def test_a_model_source_of_ones_own(run: Run, pytester: pytest.Pytester, write_model: Callable[..., object]) -> None:
    folder = write_model("zoo-model")
    pytester.makeconftest(
        f"""
        from dataclasses import replace
        from framegate.models.sources.path import PathSource

        class Zoo:
            def resolve(self, spec, cache):
                assert spec.locator == "net"
                return PathSource().resolve(replace(spec, locator={str(folder)!r}), cache)

            def input_size(self, spec):
                return None

        def pytest_framegate_model_sources(config):
            return {{"zoo": Zoo}}
        """
    )
    result = run("--frame-model=zoo:net", "--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*?zoo-net-16-none-null-null-null?*PASSED*"])


@pytest.mark.parametrize(
    ("hook", "kind", "name"),
    [
        ("model_sources", "model source", "npm"),
        ("runtimes", "runtime", "keras"),
        ("steps", "preprocessing step", "invert"),
        ("renderers", "renderer", "opencv"),
        ("gl_contexts", "GL context", "egl"),
    ],
)
def test_a_name_that_is_taken_ends_the_run(
    run: Run, pytester: pytest.Pytester, hook: str, kind: str, name: str
) -> None:
    pytester.makeconftest(f"def mine(*_): ...\ndef pytest_framegate_{hook}(config): return {{{name!r}: mine}}")
    result = run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {kind} '{name}' is provided twice (by *mine*); rename one of them"])
