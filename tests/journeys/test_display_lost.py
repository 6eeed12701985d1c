"""The display server ends while its windows are drawn in: results so far are kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SUITES = Path(__file__).parents[2] / "suites"
KILLS = """
import os, signal
import pytest

seen = []

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    seen.append(item)
    if len(seen) == 2:
        os.kill(int(os.environ["DISPLAY_SERVER"]), signal.SIGKILL)
        os.close(os.open("killed", os.O_CREAT))
"""


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    """A display of the test's own, and the number of its process."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("there is no Xvfb: sudo apt-get install -y xvfb")
    ours, theirs = os.pipe()
    command = [program, "-displayfd", str(theirs), "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        with os.fdopen(ours) as answer:
            number = answer.readline().strip()
        yield {"DISPLAY": f":{number}", "DISPLAY_SERVER": str(server.pid), "WAYLAND_DISPLAY": ""}
        server.kill()


def test_results_so_far_are_stored_and_shown(display: dict[str, str], tmp_path: Path) -> None:
    suite = shutil.copy(SUITES / "test_render.py", tmp_path)
    (tmp_path / "conftest.py").write_text(KILLS)
    plugins = ("-p", "framegate.plugin", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
    cells = ("--frame-gl=glfw", "--frame-renderer=opencv,gl-texture,gl-upload", "--frame-size=64")
    speed = ("--benchmark-max-time=0.01", "--benchmark-min-rounds=2", "--benchmark-json=out.json")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *cells, *speed, str(suite)],
        cwd=tmp_path,
        env={**os.environ, **display},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (tmp_path / "killed").exists(), run.stdout
    assert run.returncode == 1, run.stdout + run.stderr
    assert "WindowClosed: the display server has ended, and the windows with it" in run.stdout
    assert "test_render, 64: opencv in glfw takes " in run.stdout
    stored = json.loads((tmp_path / "out.json").read_text())["benchmarks"]
    assert [each["name"] for each in stored] == ["test_render[64-opencv-glfw]"]
