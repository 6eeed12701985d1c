"""``--frame-window``: what is measured is what a viewer sees, on an X server whose screen is a file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from patience import until

ROOT = Path(__file__).parents[2]
SIDE = 512
TOLERANCE = 2
BENCHMARK = [
    *("suites/test_frame.py", "--benchmark-only", "--benchmark-max-time=0.1", "--benchmark-min-time=0.01"),
    *("--frame-runtime=null", "--frame-gl=glfw", "--frame-window", f"--frame-window-size={SIDE}"),
    *("--frame-renderer=gl-texture", "--frame-scaling=linear", "--frame-fit=resize"),
]
READ = "this was read: "
# Whenever the run reads back what it has drawn, it waits until someone has looked at the screen.
WAITING = f"""
import tempfile
import numpy as np
from framegate.render.base import ScreenRenderer

read = ScreenRenderer.read

def read_and_wait(renderer):
    picture = read(renderer)
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file.name, picture)
        print("\\n{READ}" + file.name, flush=True)
        input()
    return picture

ScreenRenderer.read = read_and_wait
"""

Picture = NDArray[Any]


@pytest.fixture
def screen_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An X server of this test's own is the display; the file is its screen."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("needs Xvfb: sudo apt-get install -y xvfb")
    ours, theirs = os.pipe()
    command = [program, "-displayfd", str(theirs), "-screen", "0", "800x640x24", "-fbdir", str(tmp_path)]
    with subprocess.Popen(
        [*command, "-nolisten", "tcp", "-noreset"], pass_fds=[theirs], stderr=subprocess.DEVNULL
    ) as server:
        os.close(theirs)
        try:
            with os.fdopen(ours) as answer:
                number = answer.readline().strip()
            assert number, "Xvfb does not start"
            monkeypatch.setenv("DISPLAY", f":{number}")
            monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
            yield tmp_path / "Xvfb_screen0"
        finally:
            server.terminate()


def read_xwd(path: Path) -> Picture:
    """The screen as uint8 BGR (H, W, 3): XWD is a header of big-endian words, a colour map and rows of pixels."""
    data = path.read_bytes()
    words = np.frombuffer(data, ">u4", 25)
    header, width, height, row, colours = (int(words[index]) for index in (0, 4, 5, 12, 19))
    assert words[11] == 32, "four bytes a pixel"
    pixels = np.frombuffer(data, np.uint8, height * row, header + colours * 12).reshape(height, row)
    return pixels[:, : width * 4].reshape(height, width, 4)[..., :3]


def find(picture: Picture, screen: Picture) -> tuple[float, int, int]:
    """The greatest difference of a pixel, where the picture fits the screen best, and that place's row and column."""
    fit = cv2.matchTemplate(screen, picture, cv2.TM_SQDIFF)
    column, row = cv2.minMaxLoc(fit)[2]
    there = screen[row : row + picture.shape[0], column : column + picture.shape[1]]
    return float(np.abs(there.astype(int) - picture).max()), row, column


def test_the_picture_that_is_measured_is_on_the_screen_meanwhile(
    screen_file: Path, tmp_path: Path, write_model: Callable[..., Path]
) -> None:
    (tmp_path / "waiting.py").write_text(WAITING)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "plugins"), str(tmp_path)))}
    places = []
    with (
        (tmp_path / "output.txt").open("w+") as output,
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pytest",
                "-s",
                "-p",
                "waiting",
                *BENCHMARK,
                f"--frame-model={write_model(size=128)}",
            ],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        ) as run,
    ):
        assert run.stdin is not None
        assert run.stdout is not None
        for line in run.stdout:
            output.write(line)
            if not line.startswith(READ):
                continue
            picture = np.load(line.removeprefix(READ).strip())[..., 2::-1]
            assert picture.shape == (SIDE, SIDE, 3)
            # The X server may not have come to it yet.
            until(lambda picture=picture: find(picture, read_xwd(screen_file))[0] <= TOLERANCE)  # type: ignore[misc]  # a lambda with a default
            places.append(find(picture, read_xwd(screen_file))[1:])
            print(file=run.stdin, flush=True)
    assert run.returncode == 0, (tmp_path / "output.txt").read_text()
    # Once after the rounds, at least; the window stays where it is.
    assert len(set(places)) == 1
