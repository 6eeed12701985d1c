"""Processes that do nothing but keep the processor busy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from framegate.gate.workers import end
from framegate.processes import running

_WORK = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""
"""Ends by itself when the process that started it has ended."""


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Keep as many cores busy for the length of a block."""
    with ExitStack() as started:
        for _ in range(count):
            started.enter_context(running(_start, end))
        yield


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _WORK], start_new_session=True)  # noqa: S603 # see _WORK
