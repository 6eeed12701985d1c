"""The --frame-pictures option."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels, Size
from framegate.preprocess.fit import crop
from framegate.preprocess.steps import greyscale

Run = Callable[..., pytest.RunResult]


def read(path: Path) -> Pixels:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture.view(np.ndarray)


def test_each_cell_writes_what_went_in_and_what_came_to_the_screen(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pictures"
    run(f"--frame-pictures={folder}", "--frame-preprocess=none,greyscale").assert_outcomes(passed=2)
    assert sorted(path.name for path in folder.iterdir()) == [
        "test_frame-tiny-16-greyscale-null-null-null-input.png",
        "test_frame-tiny-16-greyscale-null-null-null-screen.png",
        "test_frame-tiny-16-none-null-null-null-input.png",
        "test_frame-tiny-16-none-null-null-null-screen.png",
    ]
    photo = crop(open_frames("photo")[0], Size(16, 16))
    given = read(folder / "test_frame-tiny-16-none-null-null-null-input.png")
    np.testing.assert_array_equal(given[..., ::-1], photo)
    shown = read(folder / "test_frame-tiny-16-none-null-null-null-screen.png")
    np.testing.assert_array_equal(shown[..., 2::-1], photo)
    assert (shown[..., 3] == 255).all()
    grey = read(folder / "test_frame-tiny-16-greyscale-null-null-null-input.png")
    np.testing.assert_array_equal(grey, greyscale(photo))


def test_nothing_is_written_without_it(run: Run, pytester: pytest.Pytester) -> None:
    run("--frame-preprocess=none").assert_outcomes(passed=1)
    assert not list(pytester.path.rglob("*.png"))


def test_a_folder_that_cannot_be_written_fails_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(f"--frame-pictures={tmp_path / 'file'}", "--frame-preprocess=none")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["FrameError: *file*: the picture cannot be written (*); name another folder"])
