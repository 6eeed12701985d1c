"""Runs the tests, a file at a time in each of a few workers.

Usage: ``python tests/run.py [pytest's options] [paths below tests/]``; no path means all. Exits as pytest does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MOST_WORKERS = 4
"""Each may hold a TensorFlow of its own, and grows to 1.6 GB."""
WAITING = 2
"""Workers more than there are cores: some wait for a browser's frames, or for a process to end."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def names_a_test(argument: str) -> bool:
    path = Path(argument.partition("::")[0])
    return path.exists() and "tests" in path.parts[:-1]


def options(arguments: list[str]) -> list[str]:
    """What pytest is given."""
    # A file stays with one worker, which makes its fixtures once; long files come first as they are collected.
    workers = (f"--numprocesses={min(cores() + WAITING, MOST_WORKERS)}", "--dist=loadfile", "--no-loadscope-reorder")
    # After the death of a worker xdist can wait forever for tests that the worker had done; so the run ends there.
    deaths = ("--max-worker-restart=0",)
    paths = [] if any(map(names_a_test, arguments)) else ["tests"]
    return [*workers, *deaths, *paths, *arguments]


if __name__ == "__main__":
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", *options(sys.argv[1:])], check=False).returncode)
