"""A cell that shows, or computes, another picture than the one fed last fails, with timing on and off."""

from collections.abc import Callable
from pathlib import Path

import cv2  # here, for runs inside of this one cannot import it twice
import numpy as np
import pytest
from late_renderers import LATE_RENDERERS

Run = Callable[..., pytest.RunResult]

RENDERERS = f"""{LATE_RENDERERS}

class TwoLate(Mutant):
    def chosen(self, drawn):
        return drawn[-3:][0]


class Never(Mutant):
    def chosen(self, drawn):
        return np.zeros_like(drawn[0])


class Turned(Mutant):
    def chosen(self, drawn):
        return drawn[-1][::-1, ::-1]


class Mirrored(Mutant):
    def chosen(self, drawn):
        return drawn[-1][:, ::-1]


class TurnedLater(Mutant):
    def chosen(self, drawn):
        return drawn[-1] if len(drawn) < 3 else drawn[-1][::-1]


class BehindOnScreen(NullRenderer):
    # What is drawn comes to the screen with the next frame.
    def stages(self):
        convert, draw, _ = super().stages()
        return (convert, Stage("draw", self._late), Stage("present", lambda _: None))

    def _late(self, rgba):
        self._shown = self._drawn.copy()
        self._keep(rgba)


MUTANTS = [Right, Previous, TwoLate, Once, Never, Turned, Mirrored, TurnedLater, BehindOnScreen]


def pytest_framegate_renderers(config):
    return {{each.__name__.lower(): each for each in MUTANTS}}
"""

RUNTIMES = """
from framegate.models.image_io import model_inputs
from framegate.runtimes.null import NullModel, NullRuntime


class Mutant(NullModel):
    def __init__(self, *given):
        super().__init__(*given)
        self.fed = []

    def infer(self, arrays):
        self.fed.append(arrays[0].copy())
        return self.chosen(self.fed)


class Right(Mutant):
    def chosen(self, fed):
        return fed[-1]


class Previous(Mutant):
    def chosen(self, fed):
        return fed[-2:][0]


class TwoLate(Mutant):
    def chosen(self, fed):
        return fed[-3:][0]


class Uploaded(Mutant):
    # One upload, and another for whoever warms up.
    def chosen(self, fed):
        return fed[:2][-1]


class Turned(Mutant):
    def chosen(self, fed):
        return fed[-1] if len(fed) < 3 else fed[-1][:, ::-1, ::-1]


class Dark(Mutant):
    def chosen(self, fed):
        return fed[-1] if len(fed) < 3 else fed[-1] * 0


def runtime_of(model):
    class Mine(NullRuntime):
        def build(self, parts):
            return model(parts.name, model_inputs(parts.json))
    return Mine


def pytest_framegate_runtimes(config):
    return {f"{each.__name__.lower()}": runtime_of(each) for each in [Right, Previous, TwoLate, Uploaded, Turned, Dark]}
"""

STEPS = """
fed = []


def previous(image):
    fed.append(image.copy())
    return fed[-2:][0]


def cached(image):
    fed.append(image.copy())
    return fed[0]


def pytest_framegate_steps(config):
    return {"previous": previous, "cached": cached}
"""


WITH_TIMING = pytest.mark.parametrize("timing", [{"timing": True}, {"timing": False}], ids=["timed", "untimed"])


@WITH_TIMING
@pytest.mark.parametrize("suite", ["test_frame.py", "test_render.py"])
def test_a_renderer_that_shows_another_picture_fails_each_of_its_cells(
    run: Run, pytester: pytest.Pytester, suite: str, timing: dict[str, bool]
) -> None:
    pytester.makeconftest(RENDERERS)
    wrong = ["previous", "twolate", "once", "never", "turned", "mirrored", "turnedlater", "behindonscreen"]
    result = run(f"--frame-renderer=right,{','.join(wrong)}", "--frame-preprocess=none", suite=suite, **timing)
    result.assert_outcomes(passed=1, failed=len(wrong))
    result.stdout.fnmatch_lines(["*-right-* PASSED*", *["WrongOutput: *wrong picture: *"] * len(wrong)])


@WITH_TIMING
@pytest.mark.parametrize("suite", ["test_frame.py", "test_inference.py"])
def test_a_runtime_that_returns_what_comes_of_another_picture_fails(
    run: Run, pytester: pytest.Pytester, suite: str, timing: dict[str, bool]
) -> None:
    pytester.makeconftest(RUNTIMES)
    wrong = ["previous", "twolate", "uploaded", "turned", "dark"]
    result = run(f"--frame-runtime=right,{','.join(wrong)}", "--frame-preprocess=none", suite=suite, **timing)
    result.assert_outcomes(passed=1, failed=len(wrong))
    result.stdout.fnmatch_lines(
        ["*-right* PASSED*", *["WrongOutput: output 'image' differs from that of *"] * len(wrong)]
    )


@pytest.mark.parametrize("suite", ["test_frame.py", "test_preprocess.py"])
def test_a_step_that_returns_an_earlier_picture_fails(run: Run, pytester: pytest.Pytester, suite: str) -> None:
    pytester.makeconftest(STEPS)
    result = run("--frame-preprocess=previous,cached,none", suite=suite, timing=True)
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 1, result.stdout.str()
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 2
    result.stdout.fnmatch_lines(["WrongOutput: preprocessing step 'cached' returns the same picture whatever it is*"])


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_of_one_colour_does_as_well(run: Run, pytester: pytest.Pytester, tmp_path: Path, level: int) -> None:
    pytester.makeconftest(RENDERERS)
    (tmp_path / "plain.png").write_bytes(cv2.imencode(".png", np.full((16, 16, 3), level, np.uint8))[1].tobytes())
    result = run(
        f"--frame-source={tmp_path / 'plain.png'}", "--frame-renderer=right,previous,once", "--frame-preprocess=none"
    )
    result.assert_outcomes(passed=1, failed=2)


def test_a_model_that_looks_at_nothing_is_noted(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        RUNTIMES.replace("class Right(Mutant):", "class Blind(Mutant):")
        .replace("return fed[-1]\n", "return fed[-1] * 0\n", 1)
        .replace("[Right,", "[Blind,")
    )
    result = run("--frame-runtime=blind", "--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*tiny returns the same for different pictures: a late one could not be told from it.*"]
    )


def test_a_model_that_throws_dice_is_compared_with_nobody(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        RUNTIMES.replace("class Right(Mutant):", "import numpy as np\n\n\nclass Dice(Mutant):")
        .replace("return fed[-1]\n", "return np.random.default_rng().random(fed[-1].shape, np.float32)\n", 1)
        .replace("[Right,", "[Dice,")
    )
    result = run("--frame-runtime=dice", "--frame-preprocess=none")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*tiny returns other outputs each time that it runs: they were compared with none.*"])
