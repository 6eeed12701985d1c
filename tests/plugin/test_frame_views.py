"""What of a model's outputs is shown, and how."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
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


SPOT = """
    import numpy as np
    from framegate.postprocess.base import View

    class Spot(View):
        def __call__(self, outputs, frame):
            seen = outputs[self.request.outputs[0]][0].sum(axis=2)
            y, x = ((seen * (at + 0.5)).sum() / seen.sum() for at in np.indices(seen.shape))
            place = self.request.placement
            picture = np.zeros_like(frame)
            picture[int(place.top + y * place.scale_y), int(place.left + x * place.scale_x)] = 255
            return picture

    def pytest_framegate_views(config):
        return {"spot": Spot}
"""


@pytest.mark.parametrize(
    ("fit", "shown", "top"), [("letterbox", (48, 96), 38), ("resize", (48, 96), 38), ("crop", (16, 16), 24)]
)
def test_what_a_model_sees_is_mapped_back_to_the_frame(
    run: Run, pytester: pytest.Pytester, fit: str, shown: tuple[int, int], top: int
) -> None:
    pytester.makeconftest(SPOT)
    rows, columns = slice(top, top + 6), slice(48, 54)
    frame = np.zeros((48, 96, 3), np.uint8)
    frame[rows, columns] = 255
    cv2.imwrite(str(pytester.path / "frame.png"), frame)
    run(
        *("--frame-preprocess=none", "--frame-view=spot", "--frame-source=frame.png", f"--frame-fit={fit}"),
        "--frame-pictures=shots",
    ).assert_outcomes(passed=1)
    (path,) = pytester.path.glob("shots/*-screen.png")
    screen = cv2.imread(str(path))
    assert screen is not None
    assert screen.shape[:2] == shown
    ((y, x),) = np.add(np.argwhere(screen[..., 0] > 128), ((48 - shown[0]) // 2, (96 - shown[1]) // 2))
    assert rows.start <= y < rows.stop
    assert columns.start <= x < columns.stop


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
