"""``framegate live`` as a command: without a window, without a browser, and until Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

DEADLINE_S = 120.0
COMMAND = (sys.executable, "-m", "framegate", "live")


def test_a_screenshot_is_taken_without_a_window(tfjs: Path, write_model: Callable[..., Path], tmp_path: Path) -> None:
    words = [*COMMAND, str(write_model(size=32)), "--frames=5", "--screenshot=page.png"]
    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(
        r"\d+ frames were on the screen: [\d.]+ per second, .* ms old at the median, \d+ of \d+ missed;"
        r" wrote page.png\n",
        run.stdout,
    )
    picture = cv2.imread(str(tmp_path / "page.png"))
    assert picture is not None
    assert picture.shape[1] > 1000
    del tfjs


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--frames=5"], "no Chrome or Chromium is installed .*apt-get install"),
        (["--frames=0"], "--frames 0: give the number of frames"),
        (["--fit=resize", "--rate=60"], "--rate, --fit: a window takes that "),
        (["no-such-model"], "no-such-model"),
    ],
)
def test_what_cannot_be_is_one_line(tfjs: Path, tmp_path: Path, arguments: list[str], expected: str) -> None:
    environment = {**os.environ, "PATH": "", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "FRAMEGATE_CACHE": str(tfjs)}
    run = subprocess.run(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert run.returncode == 2
    assert re.search(expected, run.stderr)
    assert run.stderr.count("\n") == 1


def test_ctrl_c_ends_it(tfjs: Path, tmp_path: Path) -> None:
    words = [*COMMAND, "--no-open"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert re.match(r"http://127\.0\.0\.1:\d+/[\w-]+/live\.html ", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 130
    del tfjs
