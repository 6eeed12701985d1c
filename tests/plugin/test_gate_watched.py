"""A run under coverage or a debugger is never compared with one without."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
from gate_project import Project

TRACED = "import sys\n\ndef trace(*_):\n    return None\n\nsys.settrace(trace)\n"


def test_a_tracer_is_another_fingerprint(project: Project) -> None:
    (project.folder / "conftest.py").write_text(TRACED)
    run = project.apart().gate()
    run.says_no(14, "test_work", "other-fingerprint")
    assert run.reasons["test_work"] == "instruments: sys.settrace: conftest.trace, was none"


def test_runs_with_the_same_tracer_are_compared(new_project: Project) -> None:
    (new_project.folder / "conftest.py").write_text(TRACED)
    watched = new_project.apart()
    assert watched.gate("--gate-bootstrap").code == 0
    run = watched.gate()
    assert run.code == 0, run.output


@pytest.mark.skipif(sys.platform == "win32", reason="the wrapper is a shell script")
def test_two_environments_of_which_one_is_watched(new_project: Project) -> None:
    wrapper: Path = new_project.folder / "python-dev"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -X dev "$@"\n')
    wrapper.chmod(0o755)
    both = (f"--base-python={sys.executable}", f"--head-python={wrapper}", "--json=out.json")
    run = new_project.command("framegate", "ab", *both, "--", "-p", "no:hypothesispytest")
    assert run.returncode == 14, run.stdout + run.stderr
    (finding,) = json.loads((new_project.folder / "out.json").read_text())["findings"]
    assert finding["verdict"] == "other-fingerprint"
    assert finding["reason"].startswith("instruments: python -X dev, and on the base's side none; run both")
    assert "pair 1" not in run.stderr
