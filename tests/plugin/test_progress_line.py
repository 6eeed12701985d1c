"""The line that says what a run is doing, on a terminal only."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest
from stored_runs import stored_run, write_run

OnTerminal = Callable[..., str]

DRAWN = re.compile(r"\r\n\x1b\[2K(.*?)\x1b\[1A\x1b\[\d+G", re.DOTALL)
ERASED = "\x1b[J"


@pytest.fixture
def on_terminal(pytester: pytest.Pytester, suites: Path, write_model: Callable[..., Path]) -> OnTerminal:
    """Runs test_frame in a terminal of 80 columns, and returns all that it wrote there."""
    model = write_model(size=None)

    def run(*options: str, **environment: str) -> str:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        plain = {name: value for name, value in os.environ.items() if name not in {"CI", "BUILD_NUMBER", "COLUMNS"}}
        command = [
            *(sys.executable, "-m", "pytest", str(suites / "test_frame.py"), "-p", "framegate.plugin"),
            *(f"--frame-model={model}", "--frame-size=16", "--frame-preprocess=none,invert", "--frame-runtime=null"),
            *("--frame-renderer=null", "--frame-gl=null", "--benchmark-max-time=0.001", "--benchmark-min-rounds=3"),
        ]
        with subprocess.Popen(
            [*command, *options],
            cwd=pytester.path,
            env={**plain, "TERM": "xterm", **environment},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        ):
            os.close(theirs)
            written = b""
            while chunk := _read(ours):
                written += chunk
        os.close(ours)
        return written.decode()

    return run


def _read(file: int) -> bytes:
    try:
        return os.read(file, 65536)
    except OSError:  # the other side of a terminal is closed
        return b""


def test_it_says_what_runs_and_leaves_nothing_behind(on_terminal: OnTerminal) -> None:
    written = on_terminal()
    drawn = DRAWN.findall(written)
    assert "[1/2] test_frame[tiny-16-none-null-null-null]" in drawn
    assert any(text.startswith("[1/2] loading tiny into null, ") for text in drawn)
    assert any(re.match(r"\[2/2, \d+ s left\] test_frame\[tiny-16-invert-null-null-null\]", text) for text in drawn)
    assert max(map(len, drawn)) < 80
    assert written.rfind(ERASED) > written.rfind("\x1b[2K")
    plain = re.sub(r"\x1b\[[\d;]*m", "", DRAWN.sub("", written).replace(ERASED, ""))
    assert "\x1b" not in plain.partition("collected 2 items")[2]
    assert re.search(r"^suites/test_frame.py \.\. +\[100%\]", plain, re.MULTILINE)
    again = DRAWN.findall(on_terminal("-v"))
    assert any(re.match(r"\[1/2, \d+ s left\] loading tiny into null, 0 s of about 0 s", text) for text in again)


def test_the_gate_says_which_launch_is_under_way(on_terminal: OnTerminal) -> None:
    written = on_terminal("--gate", "--benchmark-only", "--gate-bootstrap", "--gate-launches=2")
    drawn = DRAWN.findall(written)
    assert "gate: launch 1 of 2, 0 benchmarks done" in drawn, written
    assert any(re.fullmatch(r"gate: launch 2 of 2, about \d+ s left, 1 benchmarks done", text) for text in drawn)
    plain = DRAWN.sub("", written).replace(ERASED, "")
    assert re.search(r"^gate: launch 1 of 2: 2 benchmarks in \d+ s, about \d+ s left\r$", plain, re.MULTILINE)


def test_it_says_what_is_done_for_the_report_at_the_end(
    on_terminal: OnTerminal, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    write_run(pytester.path / ".benchmarks" / "Linux" / "0001_before.json", stored_run())
    written = on_terminal(f"--frame-report={tmp_path / 'report.html'}")
    drawn = DRAWN.findall(written)
    assert [text for text in drawn if text.startswith("reading 1 stored run, 0 s")]
    assert written.rfind(ERASED) > written.rfind("\x1b[2K")


@pytest.mark.parametrize(
    ("options", "environment"), [(["-q"], {}), (["-s"], {}), ([], {"CI": "true"}), ([], {"TERM": "dumb"})]
)
def test_who_wants_a_quiet_run_has_one(
    on_terminal: OnTerminal, options: list[str], environment: dict[str, str]
) -> None:
    assert not DRAWN.findall(on_terminal(*options, **environment))


def test_it_has_no_colours(on_terminal: OnTerminal) -> None:
    written = on_terminal(NO_COLOR="1")
    assert DRAWN.findall(written)
    assert not re.findall(r"\x1b\[[\d;]*m", written)
