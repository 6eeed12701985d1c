"""What of a model's outputs is shown, and how."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from framegate.measure.frame import FRAME_STAGES

Run = Callable[..., pytest.RunResult]
MEASURED = ("--frame-preprocess=none", "--benchmark-enable", "--benchmark-max-time=0.001", "--benchmark-min-rounds=3")

MIRRORED = """
    from framegate.postprocess.base import View

    class Mirrored(View):
        def __call__(self, outputs, frame):
            return outputs[self.request.outputs[0]][0, :, ::-1]

    def pytest_framegate_views(config):
        return {"mirrored": Mirrored}
"""


def stored(path: Path) -> dict[str, object]:
    (benchmark,) = json.loads(path.read_text())["benchmarks"]
    extra_info: dict[str, object] = benchmark["extra_info"]
    return extra_info


def test_a_view_of_ones_own(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(MIRRORED)
    result = run(*MEASURED, "--frame-view=mirrored", "--frame-tables", "--benchmark-json=out.json")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*preprocess*inference*readback*postprocess*convert*draw*present*"])
    info = stored(pytester.path / "out.json")
    assert info["shown"] == {"view": "mirrored", "outputs": ["image"], "reason": None}


def test_a_delay_in_a_view_is_in_its_stage(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import time
        from framegate.views.image import ImageView

        class Slow(ImageView):
            def __call__(self, outputs, frame):
                until = time.perf_counter() + 0.005
                while time.perf_counter() < until:
                    pass
                return super().__call__(outputs, frame)

        def pytest_framegate_views(config):
            return {"slow": Slow}
        """
    )
    result = run(*MEASURED, "--frame-view=slow", "--benchmark-json=out.json")
    result.assert_outcomes(passed=1)
    stages_s = stored(pytester.path / "out.json")["stages_s"]
    assert isinstance(stages_s, dict)
    assert list(stages_s) == list(FRAME_STAGES)
    assert min(stages_s["postprocess"]) >= 0.005


def test_a_view_that_shows_an_earlier_picture_fails_its_benchmark(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from framegate.views.image import ImageView

        class Late(ImageView):
            last = None

            def __call__(self, outputs, frame):
                picture = super().__call__(outputs, frame).copy()
                before, self.last = self.last, picture
                return picture if before is None else before

        def pytest_framegate_views(config):
            return {"late": Late}
        """
    )
    result = run("--frame-view=late", "--frame-preprocess=none")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*WrongOutput: after the last frame the screen does not show the picture*"])


def test_a_guess_is_stated_with_its_reason(run: Run) -> None:
    result = run("--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*tiny is shown as image of image: *"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--frame-view=mosk"], "*unknown view 'mosk' (did you mean 'mask'[?]); there is: *"),
        (["--frame-output=nothing"], "*unknown output of tiny 'nothing'; *"),
        (["--frame-view="], "*--frame-view is empty*"),
    ],
)
def test_what_is_not_there_is_named(run: Run, arguments: list[str], message: str) -> None:
    result = run("--frame-preprocess=none", *arguments)
    assert result.ret != pytest.ExitCode.OK
    (result.stdout if "output of" in message else result.stderr).fnmatch_lines([message])
