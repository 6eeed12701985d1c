"""Runs the tests: those that may share the machine side by side, then each that measures it, alone.

Usage: ``python tests/run.py [pytest's options] [paths below tests/]``; no path means all. Exits as pytest does, but one
of the two parts may have nothing to run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NO_TESTS = 5
MOST_WORKERS = 4
"""Each may hold a TensorFlow of its own."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def names_a_test(argument: str) -> bool:
    path = Path(argument.partition("::")[0])
    return path.exists() and "tests" in path.parts[:-1]


def main(arguments: list[str]) -> int:
    # A file stays with one worker, which makes its fixtures once; long files come first as they are collected.
    workers = min(cores(), MOST_WORKERS)
    together = ("-m", "not alone", f"--numprocesses={workers}", "--dist=loadfile", "--no-loadscope-reorder")
    alone = ("-m", "alone")
    paths = [] if any(map(names_a_test, arguments)) else ["tests"]
    codes = []
    for part in (together, alone):
        done = subprocess.run([sys.executable, "-m", "pytest", *part, *paths, *arguments], check=False)
        codes.append(done.returncode)
        if done.returncode not in {0, 1, NO_TESTS}:
            break
    ran = [code for code in codes if code != NO_TESTS]
    return max(ran, key=abs, default=NO_TESTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
