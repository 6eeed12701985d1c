"""Commands in the process of the tests, where all that they import is there already."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from framegate.commands.cli import main
from framegate.gate import launches
from framegate.processes import SIGNALS

TICK_S = 1e-6
"""What passes in virtual time between two looks at the clock."""


@contextmanager
def as_its_own(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Give this process the folder and the environment of one in virtual time; what it changes ends with the block.

    Only what is started in the block is in virtual time, and is what measures.
    """
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        # Which Python has looked up by now, once for all.
        patch.setattr(tempfile, "tempdir", None)
        patch.setattr(launches, "canary_seconds", lambda: TICK_S)
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)


def framegate(folder: Path, environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """``framegate`` in a folder and an environment."""
    said, complained = io.StringIO(), io.StringIO()
    with as_its_own(folder, environment), redirect_stdout(said), redirect_stderr(complained):
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(words, code, said.getvalue(), complained.getvalue())
