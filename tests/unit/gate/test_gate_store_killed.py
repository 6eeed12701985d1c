"""Storage survives kill -9 at any moment, and several runs at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from patience import PATIENCE_S

from framegate.gate.store import Store

KILLS = 40
# Long enough that writing takes a while; says when it has begun.
SAVER = """
import sys
from pathlib import Path
from framegate.gate.store import Store
store = Store(Path(sys.argv[1]))
content = {"benchmarks": [], "filling": ["0123456789" * 100] * 200, "saver": sys.argv[2]}
print("ready", flush=True)
for _ in range(int(sys.argv[3])):
    run = store.save("default", content)
    store.accept(run)
"""
ENDLESS = 10**9


@contextmanager
def saver(folder: Path, name: str, times: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SAVER, str(folder), name, str(times)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_forty_kills_leave_whole_runs_only(tmp_path: Path) -> None:
    chance = np.random.default_rng(100)
    killed = 0
    while killed < KILLS:
        # Two at a time, so that there is also one that waits for the lock when it is its turn.
        with saver(tmp_path, "a", ENDLESS) as first, saver(tmp_path, "b", ENDLESS) as second:
            for process in (first, second):
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
            for process in (first, second):
                # The moment is the point: somewhere in a save, which takes a few milliseconds.
                time.sleep(chance.uniform(0, 0.01))
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
        for path in tmp_path.glob("[0-9]*"):
            assert isinstance(json.loads(path.read_text()), dict)
    store = Store(tmp_path)
    run = store.save("default", {"benchmarks": []})
    assert not [path.name for path in tmp_path.glob(".*") if path.name != ".gate.lock"]
    runs = store.runs("default")
    assert [each.number for each in runs] == list(range(1, len(runs) + 1))
    assert runs[-1] == run
    assert len(store.accepted("default")) >= len(runs) - killed - 1


def test_four_processes_at_once_lose_nothing_and_share_no_number(tmp_path: Path) -> None:
    names, each = ("a", "b", "c", "d"), 12
    processes = []
    for name in names:
        command = [sys.executable, "-c", SAVER, str(tmp_path), name, str(each)]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert [process.wait(PATIENCE_S) for process in processes] == [0] * 4
    runs = Store(tmp_path).runs("default")
    assert [run.number for run in runs] == list(range(1, 4 * each + 1))
    savers = [json.loads(run.path.read_text())["saver"] for run in runs]
    assert {name: savers.count(name) for name in names} == dict.fromkeys(names, each)
    assert len(Store(tmp_path).accepted("default")) == 4 * each
