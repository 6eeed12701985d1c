"""The value range of a model's output, on its way to the screen."""

from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels, Size
from framegate.preprocess.fit import crop

Run = Callable[..., pytest.RunResult]
Show = Callable[..., tuple[Pixels, Pixels]]


@pytest.fixture
def show(run: Run, write_model: Callable[..., Path], tmp_path: Path) -> Show:
    """Runs test_frame with a model that returns its input; returns the photo and what was shown, both RGB."""
    write_model("net")

    def show_ranges(given: list[int], returned: list[int], renderer: str, *options: str) -> tuple[Pixels, Pixels]:
        spec = tmp_path / "mine.toml"
        spec.write_text(f'source = "models/net"\ninput_range = {given}\noutput_range = {returned}\n')
        result = run(
            f"--frame-model={spec}",
            f"--frame-renderer={renderer}",
            f"--frame-pictures={tmp_path / 'pictures'}",
            "--frame-preprocess=none",
            *options,
        )
        result.assert_outcomes(passed=1)
        (written,) = (tmp_path / "pictures").glob("*-screen.png")
        picture = cv2.imread(str(written))
        assert picture is not None
        return crop(open_frames("photo")[0], Size(16, 16)), picture.view(np.ndarray)[..., ::-1]

    return show_ranges


@pytest.mark.parametrize("renderer", ["null", "opencv"])
@pytest.mark.parametrize("value_range", [[0, 1], [-1, 1], [0, 255], [-3, -2]])
def test_the_output_range_is_shown_from_black_to_full(show: Show, value_range: list[int], renderer: str) -> None:
    photo, shown = show(value_range, value_range, renderer)
    np.testing.assert_array_equal(shown, photo)


@pytest.mark.parametrize("renderer", ["null", "opencv"])
def test_outputs_out_of_range_are_clamped(show: Show, renderer: str) -> None:
    photo, shown = show([-1, 1], [0, 1], renderer)
    np.testing.assert_array_equal(shown, np.maximum(2 * photo.astype(np.int32) - 255, 0))


@pytest.mark.parametrize("renderer", ["null", "opencv"])
@pytest.mark.parametrize(("high", "gain"), [(255, 1.0), (100, 2.55)])
@pytest.mark.parametrize("dtype", ["int32", "uint8", "int64", "float16"])
def test_outputs_of_other_dtypes_have_ranges_too(
    show: Show, pytester: pytest.Pytester, dtype: str, high: int, gain: float, renderer: str
) -> None:
    pytester.makeconftest(
        f"""
        from framegate.models.image_io import model_inputs
        from framegate.runtimes.null import NullModel, NullRuntime

        class Model(NullModel):
            def read(self, results):
                return [results.astype("{dtype}")]

        class Mine(NullRuntime):
            def build(self, parts):
                return Model(parts.name, model_inputs(parts.json))

        def pytest_framegate_runtimes(config):
            return {{"mine": Mine}}
        """
    )
    photo, shown = show([0, 255], [0, high], renderer, "--frame-runtime=mine")
    np.testing.assert_array_equal(shown, np.floor(photo * gain + 0.5).clip(0, 255))


def test_a_renderer_that_ignores_the_range_fails_its_benchmark(
    run: Run, pytester: pytest.Pytester, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    pytester.makeconftest(
        """
        import numpy as np
        from framegate.render.base import CPURenderer
        from framegate.render.oracle import to_pixels

        class Ignorant(CPURenderer):
            def converter(self, picture):
                return lambda tensor: to_pixels(np.clip(tensor, 0, 1))

        def pytest_framegate_renderers(config):
            return {"ignorant": Ignorant}
        """
    )
    write_model("net")
    spec = tmp_path / "mine.toml"
    spec.write_text('source = "models/net"\ninput_range = [-1, 1]\noutput_range = [-1, 1]\n')
    result = run(f"--frame-model={spec}", "--frame-renderer=ignorant", "--frame-preprocess=none")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["WrongOutput: *wrong picture: *pixels differ*"])


@pytest.mark.parametrize(
    ("given", "returned", "doubt", "instead"),
    [
        ([-1, 1], [0, 1], r"*% of the values are clamped: its output is from -* to *", "[[]-1, 1[]]"),
        ([0, 255], [0, 1], r"*% of the values are clamped*", "[[]0, 255[]]"),
        ([0, 1], [0, 255], "the picture is black*", "[[]0, 1[]]"),
        ([200, 255], [0, 1], "the picture is white*", "[[]0, 255[]]"),
    ],
)
def test_a_range_that_is_wrong_is_noted_with_what_to_write(
    stored: Callable[..., list[dict[str, Any]]],
    run: Run,
    write_model: Callable[..., Path],
    tmp_path: Path,
    given: list[int],
    returned: list[int],
    doubt: str,
    instead: str,
) -> None:
    write_model("net")
    spec = tmp_path / "mine.toml"
    spec.write_text(f'source = "models/net"\ninput_range = {given}\noutput_range = {returned}\n')
    result = run(f"--frame-model={spec}", "--frame-preprocess=none", "--frame-renderer=null,opencv")
    result.assert_outcomes(passed=2)
    (line,) = [line for line in result.outlines if "output_range" in line]
    assert fnmatch(line, f"mine: {doubt}write output_range = {instead} in a spec, and input_range if *"), line
    (cell,) = stored(f"--frame-model={spec}", "--frame-preprocess=none")
    (remark,) = cell["extra_info"]["model_remarks"]
    assert f"mine: {remark}" == line
    assert cell["extra_info"]["picture"].keys() == {"shown", "smallest", "largest", "clamped", "guessed"}


def test_a_range_that_is_right_is_not_mentioned(run: Run) -> None:
    run("--frame-preprocess=none").stdout.no_fnmatch_line("*output_range*")
