"""Commands whose standard output is closed, full, or not read to its end."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")

FRAMEGATE = f"{shlex.quote(sys.executable)} -m framegate"


@pytest.fixture
def commands(write_model: Callable[..., Path], tmp_path: Path) -> dict[str, str]:
    """A line of shell for each command that prints, and is quick."""
    (tmp_path / "examined.py").write_text(
        "import sys\nfrom framegate.commands import cli, doctor\nfrom framegate.doctor import Diagnosis\n"
        "both = (Diagnosis('runtime', 'keras', 'ok', 'x'), Diagnosis('renderer', 'numpy', 'ok', ''))\n"
        "doctor.examine = lambda _: iter(both)\nsys.exit(cli.main(['doctor']))\n"
    )
    model = shlex.quote(str(write_model()))
    return {
        "inspect": f"{FRAMEGATE} inspect {model}",
        "inspect --json": f"{FRAMEGATE} inspect {model} --json",
        "doctor": f"{shlex.quote(sys.executable)} {shlex.quote(str(tmp_path / 'examined.py'))}",
    }


def run(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["/bin/bash", "-c", line], capture_output=True, text=True, check=False, env=os.environ)


@pytest.mark.parametrize("command", ["inspect", "inspect --json", "doctor"])
def test_where_output_cannot_go(commands: dict[str, str], command: str) -> None:
    closed = run(f"{commands[command]} >&-")
    assert (closed.returncode, closed.stdout, closed.stderr) == (0, "", "")
    both = run(f"{commands[command]} >&- 2>&-")
    assert both.returncode == 0
    full = run(f"{commands[command]} > /dev/full")
    assert full.returncode == 2
    assert full.stderr == "framegate: standard output cannot be written to: No space left on device\n"
    unread = run(f"{commands[command]} | true; exit ${{PIPESTATUS[0]}}")
    assert unread.returncode in {0, 141}
    assert unread.stderr == ""
