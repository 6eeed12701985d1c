"""--frame-window-size, --frame-scaling and --frame-out-of-range."""

from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

Run = Callable[..., pytest.RunResult]
WriteModel = Callable[..., Path]


def shape(picture: Path) -> tuple[int, ...]:
    pixels = cv2.imread(str(picture))
    assert pixels is not None
    return tuple(pixels.shape)


@pytest.mark.parametrize("scaling", ["nearest", "linear"])
@pytest.mark.parametrize("suite", ["test_render.py", "test_frame.py"])
def test_pictures_are_scaled_to_a_window_and_compared_there(
    run: Run, suite: str, scaling: str, pytester: pytest.Pytester
) -> None:
    result = run(
        *(
            "--frame-window-size=40x24",
            f"--frame-scaling={scaling}",
            "--frame-renderer=null,opencv,gl-texture,gl-upload",
        ),
        *("--frame-gl=egl", "--frame-pictures=shots", "--frame-preprocess=none"),
        suite=suite,
    )
    result.assert_outcomes(passed=4)
    shots = sorted((pytester.path / "shots").glob("*screen.png"))
    assert [shape(shot) for shot in shots] == [(24, 40, 3)] * 4


def test_an_ini_file_can_say_it(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nframe_window_size = 8\nframe_scaling = linear\nframe_out_of_range = strict\n")
    run("--frame-renderer=opencv", "--frame-pictures=shots", suite="test_render.py").assert_outcomes(passed=1)
    (shot,) = (pytester.path / "shots").glob("*screen.png")
    assert shape(shot) == (8, 8, 3)


@pytest.mark.parametrize("renderer", ["opencv", "gl-texture"])
def test_values_out_of_range_are_clamped_unless_the_run_is_strict(
    run: Run, write_model: WriteModel, renderer: str
) -> None:
    spec = write_model("bright").parent / "bright.toml"
    spec.write_text('source = "path:bright"\ninput_range = [0, 2]\noutput_range = [0, 1]\n')
    options = [f"--frame-model={spec}", f"--frame-renderer={renderer}", "--frame-gl=egl", "--frame-preprocess=none"]
    run(*options).assert_outcomes(passed=1)
    result = run(*options, "--frame-out-of-range=strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["WrongOutput: Tensor values for a float32 Tensor must be in the range [[]0 - 1[]] but encountered *"]
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--frame-window-size=big", "--frame-window-size: size 'big' is not a size; write 256 or 640x480*"),
        ("--frame-window-size=", "--frame-window-size is empty; give it a value*"),
        ("--frame-scaling=cubic", "unknown frame scaling 'cubic'; there is: linear, nearest"),
        ("--frame-out-of-range=wrap", "unknown frame out-of-range 'wrap'*; there is: clamp, strict"),
    ],
)
def test_what_cannot_be_read_is_refused(run: Run, option: str, message: str) -> None:
    result = run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{message}"])
