"""A model that nobody vouches for meets another process first, and what becomes of that process is one error here."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import Node, op, placeholder, write, write_graph
from patience import PATIENCE_S

import framegate
from framegate.errors import ModelError
from framegate.interfaces import ModelSpec, ResolvedModel
from framegate.loading import trial
from framegate.models import specs

X = np.ones((1, 4, 4, 3), np.float32)
IMAGE = placeholder("x", (-1, 4, 4, 3))
FLOATS = {"list": {"type": ["DT_FLOAT"]}}
READY = "import os, sys, time; sys.stdin.readline(); print('ready', flush=True); "


@pytest.fixture(autouse=True)
def nothing_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(trial, "_PASSED", set())
    yield
    monkeypatch.undo()
    trial.close()


def endless(folder: Path) -> ResolvedModel:
    """A loop whose condition is always true."""
    ends: dict[str, Any] = {
        "inputArg": [{"name": "x", "type": "DT_FLOAT"}],
        "outputArg": [{"name": "y", "type": "DT_FLOAT"}],
    }
    same: Node = {"name": "same", "op": "Identity", "input": ["x"], "attr": {"T": {"type": "DT_FLOAT"}}}
    body = {"signature": {"name": "body", **ends}, "nodeDef": [same], "ret": {"y": "same:output:0"}}
    yes = {"dtype": "DT_BOOL", "tensorShape": {}, "boolVal": [True]}
    always: Node = {"name": "yes", "op": "Const", "attr": {"dtype": {"type": "DT_BOOL"}, "value": {"tensor": yes}}}
    ends = ends | {"outputArg": [{"name": "y", "type": "DT_BOOL"}]}
    cond = {"signature": {"name": "cond", **ends}, "nodeDef": [always], "ret": {"y": "yes:output:0"}}
    calls = {name: {"func": {"name": name}} for name in ("body", "cond")}
    loop: Node = {"name": "y", "op": "StatelessWhile", "input": ["x"], "attr": {"T": FLOATS, **calls}}
    return write(folder, {"node": [IMAGE, loop], "library": {"function": [body, cond]}}, {})


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("os.abort()", r"ended its process \(signal 6, SIGABRT\); it is not run here"),
        ("os._exit(0)", r"ended its process \(exit status 0\); it is not run here"),
        ("os.kill(os.getpid(), 11)", r"ended its process \(signal 11, SIGSEGV\); it is not run here"),
        ("time.sleep(600)", r"did not end within 0.5 s; give it more time \(--frame-trial, trial_s\)"),
        # It ends itself where nobody could look, as this process was busy until its time was over.
        ("os.kill(os.getpid(), 14)", r"did not end within [\d.]+ s; give it more time"),
        ("print('nonsense', flush=True); os._exit(3)", r"ended its process \(exit status 3\)"),
    ],
)
def test_whatever_becomes_of_the_process_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, complaint: str
) -> None:
    monkeypatch.setattr(trial, "PROGRAM", ("-c", READY + code))
    trial.close()
    model = write_graph(tmp_path / "m", [IMAGE, op("Neg", "y", ["x"])], {})
    with pytest.raises(ModelError, match=f"m/model.json: in a trial, in a process of its own, the model {complaint}"):
        trial.vet(model, "tensorflow", 0.5 if "sleep" in code else PATIENCE_S)


def test_a_model_that_takes_all_of_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "available_bytes", lambda: 10 << 20)
    monkeypatch.setattr(trial, "PROGRAM", ("-c", READY + "kept = bytearray(b'x') * (64 << 20); time.sleep(600)"))
    trial.close()
    with pytest.raises(ModelError, match=r"needed more than 0\.0 GB of memory"):
        trial.vet(write_graph(tmp_path / "m", [IMAGE], {}), "tensorflow", PATIENCE_S)


def test_nothing_is_tried_where_nothing_could_run_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "has_library", lambda _: False)
    monkeypatch.setattr(trial, "PROGRAM", ("-c", "import os; os.abort()"))
    trial.close()
    trial.vet(write_graph(tmp_path / "m", [IMAGE], {}), "tensorflow")


def test_a_model_is_tried_once_and_what_passed_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = tmp_path / "count"
    code = f"open({str(count)!r}, 'a').write('x'); print('done', flush=True); sys.stdin.readline()"
    monkeypatch.setattr(trial, "PROGRAM", ("-c", READY + code))
    trial.close()
    model = ResolvedModel("m", tmp_path, "graph", "some hash")
    for _ in range(2):
        trial.vet(model, "tensorflow")
        trial.vet(model, "tensorflow")
        monkeypatch.setattr(trial, "_PASSED", set())  # as in the next process
    assert count.read_text() == "x"
    trial.vet(model, "tensorflow", None)
    trial.vet(model, "null")
    trial.vet(model, "a runtime of a plugin")
    assert count.read_text() == "x"


@pytest.mark.parametrize(
    ("spec", "trusted"),
    [
        (ModelSpec("m", "path", "some/folder"), False),
        (ModelSpec("m", "npm", "name@1.0.0"), False),
        (ModelSpec("m", "npm", "name@1.0.0", {"sha512": "…"}), True),
        (ModelSpec("m", "pix2pix", "64-f4"), True),
        (specs.find_spec("colour-128-f8"), True),
    ],
)
def test_who_vouches_for_a_model(spec: ModelSpec, *, trusted: bool) -> None:
    assert trial.is_trusted(spec) is trusted


def test_an_endless_loop_and_what_a_model_raises_itself(tmp_path: Path) -> None:
    fine = write_graph(tmp_path / "fine", [IMAGE, op("Neg", "y", ["x"])], {})
    with framegate.load_model(fine.path) as model:
        np.testing.assert_array_equal(model.run(X)["y"], -X)
    with pytest.raises(ModelError, match="in a process of its own, the model did not end within 1 s"):
        framegate.load_model(endless(tmp_path / "endless").path, trial_s=1)
    broken = write_graph(tmp_path / "broken", [IMAGE, op("Neg", "y", ["nowhere"])], {})
    with pytest.raises(ModelError, match="takes 'nowhere', which the graph lacks"):
        framegate.load_model(broken.path)


def test_no_process_outlives_the_one_that_is_killed(tmp_path: Path) -> None:
    model = endless(tmp_path / "endless")
    code = f"""
import os, signal, framegate
from framegate.loading import trial

waited = trial._CHILD._wait

def end_once_it_loops(process, model, word, seconds):
    if word == "done":
        print(process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    waited(process, model, word, seconds)

trial._CHILD._wait = end_once_it_loops
framegate.load_model({str(model.path)!r}, trial_s={PATIENCE_S})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with contextlib.suppress(ProcessLookupError):
        left = os.pidfd_open(int(done.stdout))
        assert select.select([left], [], [], PATIENCE_S)[0]
        os.close(left)
