"""The --frame-source and --frame-fit options."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

Run = Callable[..., pytest.RunResult]


def write_png(path: Path, height: int, width: int) -> Path:
    path.write_bytes(cv2.imencode(".png", np.zeros((height, width, 3), np.uint8))[1].tobytes())
    return path


@pytest.mark.parametrize("source", ["photo", "clip"])
def test_packaged_sources_run(run: Run, source: str) -> None:
    run(f"--frame-source={source}", "--frame-preprocess=none").assert_outcomes(passed=1)


def test_ones_own_picture_runs(run: Run, tmp_path: Path) -> None:
    picture = write_png(tmp_path / "mine.png", 20, 30)
    run(f"--frame-source={picture}", "--frame-preprocess=none").assert_outcomes(passed=1)


def test_a_missing_file_fails_in_one_line(run: Run) -> None:
    result = run("--frame-source=nope.png", "--frame-preprocess=none")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["FrameError: frame source 'nope.png' is no file; give an image or video file, *"])


def test_an_unreadable_picture_fails_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    result = run(f"--frame-source={tmp_path / 'bad.png'}", "--frame-preprocess=none")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["FrameError: frame source *bad.png: OpenCV reads it neither as a picture nor*"])


def test_a_small_picture_needs_frame_fit_resize(run: Run, tmp_path: Path) -> None:
    picture = write_png(tmp_path / "small.png", 8, 8)
    options = (f"--frame-source={picture}", "--frame-preprocess=none")
    result = run(*options)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["FrameError: the frame is 8x8 pixels*or --frame-fit resize"])


def test_frame_fit_resize_takes_a_small_picture(run: Run, tmp_path: Path) -> None:
    picture = write_png(tmp_path / "small.png", 8, 8)
    result = run(f"--frame-source={picture}", "--frame-preprocess=none", "--frame-fit=resize")
    result.assert_outcomes(passed=1)
