"""Each hook, implemented in a user's conftest the way the documentation shows it."""

from collections.abc import Callable
from pathlib import Path

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
        from framegate.renderers.null import NullRenderer

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
        from framegate.renderers.null import NullRenderer

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
        from framegate.contexts.null import NullContext

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


def test_a_renderer_that_draws_only_its_first_picture_fails_its_benchmark(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.render.base import CPURenderer
        from framegate.render.oracle import to_pixels

        class First(CPURenderer):
            def converter(self, picture):
                kept = []
                def convert(tensor):
                    if not kept:
                        kept.append(to_pixels(tensor))
                    return kept[0]
                return convert

        def pytest_framegate_renderers(config):
            return {"first": First}
        """
    )
    for suite in ("test_frame.py", "test_render.py"):
        result = run("--frame-renderer=first", "--frame-preprocess=none", suite=suite)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["WrongOutput: *wrong picture*"])


def test_a_step_that_changes_the_size_fails_before_the_model_is_fed(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_framegate_steps(config): return {'half': lambda image: image[::2, ::2].copy()}")
    result = run("--frame-preprocess=half")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["WrongOutput: preprocessing step 'half' returned uint8 (8, 8, 3); it must return *"])


def test_a_step_that_writes_into_the_frame_fails(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        def darken(image):
            image //= 2
            return image

        def pytest_framegate_steps(config):
            return {"darken": darken}
        """
    )
    result = run("--frame-preprocess=darken", suite="test_preprocess.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*read-only*"])


def test_a_step_that_depends_on_more_than_its_input_fails(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import itertools
        count = itertools.count()

        def pytest_framegate_steps(config):
            return {"flicker": lambda image: image + next(count) % 7}
        """
    )
    result = run("--frame-preprocess=flicker", suite="test_preprocess.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["WrongOutput: preprocessing one frame twice gave two pictures*"])


NAN_RUNTIME = """
    import numpy as np
    from framegate.runtimes.null import NullModel, NullRuntime

    class NaNModel(NullModel):
        def read(self, results):
            return [np.full_like(results, np.nan)]

    class NaN(NullRuntime):
        def build(self, parts):
            model = super().build(parts)
            model.__class__ = NaNModel
            return model

    def pytest_framegate_runtimes(config):
        return {"nan": NaN}
"""


@pytest.mark.parametrize("suite", ["test_load.py", "test_inference.py", "test_frame.py"])
def test_a_model_that_returns_nan_fails_in_every_suite(run: Run, pytester: pytest.Pytester, suite: str) -> None:
    pytester.makeconftest(NAN_RUNTIME)
    result = run("--frame-runtime=nan", "--frame-preprocess=none", suite=suite)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["WrongOutput: output 'image' has 768 values of 768 that are NaN or infinite"])


def test_runtimes_with_stages_of_their_own_have_a_table_of_their_own(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.interfaces import Stage
        from framegate.runtimes.null import NullRuntime

        class Mine(NullRuntime):
            def stages(self):
                stages = super().stages()
                return (Stage("read", lambda model: stages[1].call(stages[0].call(model))), stages[2])

        def pytest_framegate_runtimes(config):
            return {"mine": Mine}
        """
    )
    result = run("--frame-runtime=null,mine", "--frame-tables", suite="test_load.py", timing=True)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*total ms*parse*weights*build*first-run*", "*total ms*read*build*first-run*"])


def test_each_model_is_loaded_once_a_runtime_and_once_more_a_size_to_compare(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(
        """
        from framegate.runtimes.null import NullRuntime

        class Counted(NullRuntime):
            def load(self, model):
                print("LOADED")
                return super().load(model)

        def pytest_framegate_runtimes(config):
            return {"a": Counted, "b": Counted}
        """
    )
    result = run(
        "--frame-runtime=a,b", "--frame-size=16,32", "--frame-renderer=null,topixels", "--frame-preprocess=none", "-s"
    )
    result.assert_outcomes(passed=8)
    assert result.stdout.str().count("LOADED") == 2 + 4


def test_a_cell_that_measures_nothing_is_warned_about(run: Run, suites: Path) -> None:
    (suites / "test_mine.py").write_text("def test_mine(benchmark, cell_pipeline): pass")
    result = run("--frame-preprocess=none", "-W", "default", suite="test_mine.py")
    result.stdout.fnmatch_lines(["*Benchmark fixture was not used at all in this test!*"])
