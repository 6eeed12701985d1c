"""A run that is asked to end keeps what it has measured."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_S, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM for others")

SUITE = """
import pathlib, time

def test_first(benchmark, frame_info):
    benchmark(sum, range(100))

def test_endless(benchmark, frame_info):
    pathlib.Path("begun").touch()
    {endless}

def test_last(benchmark, frame_info):
    benchmark(sum, range(100))
"""
SLEEPS = "time.sleep(600)"
TAKES_ALL = """
    while not pathlib.Path("ended").exists():
        try:
            time.sleep(0.05)
        except Exception:
            pathlib.Path("ended").touch()
"""


def _is_handled(process: int, number: int) -> bool:
    """Whether no signal of that number waits for the process, so that another one is not merged with it."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True
    waiting = (line for line in status.splitlines() if line.startswith(("SigPnd:", "ShdPnd:")))
    return not any(int(line.split()[1], 16) >> (number - 1) & 1 for line in waiting)


def stopped(folder: Path, number: int, endless: str = SLEEPS, times: int = 1) -> tuple[int, str, list[str]]:
    """Exit code, output and the benchmarks that were stored."""
    (folder / "test_it.py").write_text(SUITE.format(endless=endless))
    options = (
        "-p",
        "framegate.plugin",
        "-p",
        "no:hypothesispytest",
        "-p",
        "no:cacheprovider",
        "--benchmark-json=out.json",
        # As in projects, this one among them, that take no warning.
        "-Werror",
    )
    command = [sys.executable, "-m", "pytest", *options, "--benchmark-max-time=0.001", "--benchmark-min-rounds=2"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            until(lambda: (folder / "begun").exists() or process.poll() is not None)
            for _ in range(times):
                process.send_signal(number)
                until(lambda: process.poll() is not None or _is_handled(process.pid, number))
            said = process.communicate(timeout=PATIENCE_S)[0]
        finally:
            process.kill()
    return (
        process.returncode,
        said,
        [each["name"] for each in json.loads((folder / "out.json").read_text())["benchmarks"]],
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_results_so_far_are_stored_and_shown(tmp_path: Path, number: signal.Signals) -> None:
    ended, said, names = stopped(tmp_path, number)
    assert (ended, names) == (2, ["test_first"]), said
    assert ("KeyboardInterrupt" if number is signal.SIGINT else f"stopped by {number.name}") in said
    assert "\ntest_first: " in said
    assert "Benchmark fixture was not used" not in said


def test_timeout_which_signals_the_run_and_its_group_stops_it_once(tmp_path: Path) -> None:
    ended, said, names = stopped(tmp_path, signal.SIGTERM, times=2)
    assert (ended, names) == (2, ["test_first"]), said
    assert "\ntest_first: " in said


def test_code_that_takes_every_exception_for_its_own_does_not_keep_the_run_going(tmp_path: Path) -> None:
    ended, said, names = stopped(tmp_path, signal.SIGTERM, TAKES_ALL)
    assert ended != 0
    assert names == ["test_first"]
    assert "stopped by SIGTERM" in said
