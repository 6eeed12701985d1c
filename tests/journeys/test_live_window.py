"""``framegate live --window``: as a person drives it, and where there is nothing to show it in."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from patience import PATIENCE_S, until

NULL = ("--runtime=null", "--renderer=opencv", "--size=64")
"""A model that needs no library."""

TOYS = """
import numpy as np

from framegate.models.image_io import model_inputs
from framegate.renderers.opencv import OpenCVRenderer
from framegate.runtimes.null import NullModel, NullRuntime


class FlipModel(NullModel):
    def read(self, results):
        return [results[:, ::-1].copy()]


class Flip(NullRuntime):
    def build(self, parts):
        return FlipModel(parts.name, model_inputs(parts.json))


class Slow(OpenCVRenderer):
    pass


def ramp(locator):
    grey = np.add.outer(np.arange(96), 3 * np.arange(96)).astype(np.uint8)
    yield np.repeat(grey[..., None], 3, axis=2)


def pytest_framegate_steps(config):
    return {"mirror": lambda image: image[:, ::-1].copy()}


def pytest_framegate_runtimes(config):
    return {"flip": Flip}


def pytest_framegate_renderers(config):
    return {"slow": Slow}


def pytest_framegate_frame_sources(config):
    return {"ramp": ramp}
"""
"""A plugin of somebody else's."""

HANGS = """
import threading
from pathlib import Path

from framegate.models.image_io import model_inputs
from framegate.runtimes.null import NullModel, NullRuntime


def hang():
    Path("begun").touch()
    threading.Event().wait()


class HangingModel(NullModel):
    frames = 0

    def read(self, results):
        self.frames += 1
        if self.frames == 20:
            hang()
        return super().read(results)


class HangsAtAFrame(NullRuntime):
    def build(self, parts):
        return HangingModel(parts.name, model_inputs(parts.json))


class HangsAtItsLoad(NullRuntime):
    def build(self, parts):
        hang()


def pytest_framegate_runtimes(config):
    return {"load": HangsAtItsLoad, "frame": HangsAtAFrame}
"""
"""A plugin whose runtimes wait for nothing that comes."""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the command in a fresh folder; what is left of it at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def command(*arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "framegate", "live", "--window", *map(str, arguments)]
        environment = {**os.environ, "FRAMEGATE_CACHE": str(tmp_path / "cache"), **variables}
        process = subprocess.Popen(
            words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield command
    for process in started:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait until something is so; not for a process that has ended."""
    until(lambda: what() or process.poll() is not None)
    assert process.poll() is None, process.communicate()


class Window:
    """The window of a process, as another program sees it."""

    def __init__(self, program: str) -> None:
        self._program = program

    def is_there(self) -> str:
        """Its id; empty while there is none."""
        return self._asked("search", "--onlyvisible", "--name", "^Framegate$").strip()

    def press(self, key: str) -> None:
        """Press a key in it."""
        window = self.is_there()
        assert window, "there is no window to press a key in"
        # One that the key closes is gone when the key is released, which xdotool complains of.
        self._asked("windowfocus", window, "key", "--window", window, key)

    def becomes(self, width: int, height: int) -> None:
        """Give it another size, as its user does by its edge."""
        self._asked("windowsize", self.is_there(), str(width), str(height))

    def size(self) -> tuple[str, str]:
        """Its width and height."""
        told = dict(line.split("=") for line in self._asked("getwindowgeometry", "--shell", self.is_there()).split())
        return told["WIDTH"], told["HEIGHT"]

    def _asked(self, *words: str) -> str:
        return subprocess.run([self._program, *words], capture_output=True, text=True, check=False).stdout


@pytest.fixture
def window(need_display: Callable[[], None]) -> Window:
    """The window of the process that is started next."""
    program = shutil.which("xdotool")
    if program is None:
        lacking = pytest.fail if os.environ.get("CI") else pytest.skip
        lacking("there is no xdotool to press keys: sudo apt-get install -y xdotool")
    need_display()
    return Window(program)


def test_keys_drive_it(start: Start, window: Window, write_model: Callable[..., Path], tmp_path: Path) -> None:
    process = start(write_model(), *NULL, "--record=out.mp4")
    wait_for(window.is_there, process)
    for key in ("1", "r", "s"):
        window.press(key)
    saved = tmp_path / "live-001.json"
    wait_for(saved.exists, process)
    window.press("q")
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")
    shown = json.loads(saved.read_text())
    assert (shown["model"], shown["preprocess"], shown["runtime"]) == ("tiny", "greyscale", "null")
    assert shown["renderer"] != "opencv"
    assert (tmp_path / "live-001-input.png").is_file()
    assert (tmp_path / "live-001-screen.png").is_file()
    assert (tmp_path / "out.mp4").stat().st_size
    assert output.splitlines()[0].startswith("tiny  greyscale  null")
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_it_goes_on_in_another_size(
    start: Start, window: Window, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    process = start(write_model(), *NULL)
    wait_for(window.is_there, process)
    window.press("s")
    wait_for((tmp_path / "live-001.json").exists, process)
    window.becomes(333, 222)
    wait_for(lambda: window.size() == ("333", "222"), process)
    for key in ("1", "s"):
        window.press(key)
    wait_for((tmp_path / "live-002.json").exists, process)
    assert json.loads((tmp_path / "live-002.json").read_text())["preprocess"] == "greyscale"
    assert window.size() == ("333", "222")
    window.press("q")
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")


def test_frames_and_a_screenshot_without_a_display(
    start: Start, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    process = start(write_model(), *NULL, "--frames=5", "--screenshot=shot.png", DISPLAY="", WAYLAND_DISPLAY="")
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")
    assert output.startswith("tiny  none  null  opencv\ndelivered ")
    assert (tmp_path / "shot.png").read_bytes()[:4] == b"\x89PNG"


def test_what_a_plugin_brings_is_there_too(start: Start, write_model: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "toys.py").write_text(TOYS)
    toys = ("--preprocess=mirror", "--runtime=flip", "--renderer=slow", "--source=ramp", "--size=96")
    plugin = {"PYTEST_ADDOPTS": "-p toys", "PYTHONPATH": str(tmp_path)}
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
    process = start(write_model(), *toys, "--frames=3", "--screenshot=shot.png", **plugin, **nowhere)
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")
    assert output.startswith("tiny  mirror  flip  slow\ndelivered ")
    shot = cv2.imread(str(tmp_path / "shot.png"))
    assert shot is not None
    # Each pixel is four by four in the window.
    fed, screen = shot[:384:4, :384:4], shot[:384:4, 384:768:4]
    ramp = np.add.outer(np.arange(96), 3 * np.arange(96)).astype(np.uint8)
    # Numbers are at the top of both, and so at the bottom of what is upside down.
    middle = slice(32, 64)
    assert (fed[middle] == ramp[middle, ::-1, None]).all()
    assert (screen[middle] == fed[::-1][middle]).all()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "xvfb-run -a"),
        (["--frames=0"], "framegate: --frames 0: give a number of frames from 1 on"),
        (["--rate=0"], "framegate: --rate '0'"),
        (["--source=absent.png", "--frames=1"], "absent.png"),
        (["--renderer=absent", "--frames=1"], "framegate: unknown renderer 'absent'"),
        (
            ["--screenshot=no/where.png", "--frames=1"],
            "--screenshot no/where.png cannot be written: there is no folder",
        ),
    ],
)
def test_what_cannot_be_is_one_line(
    start: Start, write_model: Callable[..., Path], options: list[str], line: str
) -> None:
    given = [word for word in NULL if not any(word.split("=")[0] in option for option in options)]
    process = start(write_model(), *given, *options, DISPLAY="", WAYLAND_DISPLAY="")
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, output) == (2, "")
    assert line in errors
    assert errors.count("\n") == 1


def test_control_c_ends_it(start: Start, window: Window, write_model: Callable[..., Path]) -> None:
    process = start(write_model(), *NULL)
    wait_for(window.is_there, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (130, "framegate: stopped\n")


@pytest.mark.parametrize("hangs_at", ["load", "frame"])
def test_control_c_waits_neither_for_a_model_nor_for_a_frame(
    start: Start, write_model: Callable[..., Path], tmp_path: Path, hangs_at: str
) -> None:
    (tmp_path / "hangs.py").write_text(HANGS)
    plugin = {"PYTEST_ADDOPTS": "-p hangs", "PYTHONPATH": str(tmp_path)}
    options = (f"--runtime={hangs_at}", "--renderer=opencv", "--size=64", "--frames=1000", "--rate=1000")
    process = start(write_model(), *options, **plugin, DISPLAY="", WAYLAND_DISPLAY="")
    wait_for((tmp_path / "begun").exists, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (130, "framegate: stopped\n")


def test_control_c_ends_the_trial_of_a_new_model(start: Start, write_model: Callable[..., Path]) -> None:
    process = start(write_model(), "--size=64", "--frames=1", DISPLAY="", WAYLAND_DISPLAY="")
    children: list[psutil.Process] = []

    def is_tried() -> bool:
        children[:] = psutil.Process(process.pid).children()
        return any("framegate.loading.trial_child" in child.cmdline() for child in children)

    wait_for(is_tried, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (130, "framegate: stopped\n")
    until(lambda: not any(child.is_running() for child in children))
