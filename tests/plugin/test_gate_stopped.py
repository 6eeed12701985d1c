"""A run of the gate that is stopped leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gate_project import NOT_INHERITED, QUICK, Project
from gate_workers import ENDLESS, workers
from patience import PATIENCE_S, until

from framegate.leftovers import clear

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither SIGINT for others nor SIGKILL")


@contextmanager
def running(project: Project, temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """The gate, with a worker that will not end by itself."""
    project.write(ENDLESS)
    temporary.mkdir()
    kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    command = [sys.executable, "-m", "pytest", "-p", "framegate.plugin", *QUICK, "--benchmark-only", "--gate"]
    with subprocess.Popen(
        command,
        cwd=project.folder,
        env={**kept, "TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            until(lambda: workers(temporary) or process.poll() is not None)
            assert process.poll() is None
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_worker_no_folder_and_no_run(
    new_project: Project, tmp_path: Path, number: signal.Signals
) -> None:
    with running(new_project, tmp_path / "temporary") as process:
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 2
    assert workers(tmp_path / "temporary") == []
    assert [path.name for path in (tmp_path / "temporary").glob("framegate-*")] == []
    assert new_project.stored() == []


def test_a_worker_ends_with_a_gate_that_is_killed(new_project: Project, tmp_path: Path) -> None:
    with running(new_project, tmp_path / "temporary") as process:
        process.kill()
        process.wait()
    until(lambda: not workers(tmp_path / "temporary"))
    assert new_project.stored() == []
    assert list((tmp_path / "temporary").glob("framegate-*"))
    clear(tmp_path / "temporary")  # as the next run does before it makes its own
    assert [path.name for path in (tmp_path / "temporary").glob("framegate-*")] == []
