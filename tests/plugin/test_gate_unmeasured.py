"""A launch that did not run everything to its end has not shown that nothing is slower."""

from __future__ import annotations

from gate_project import SUITE, Project

IN_THE_SECOND_LAUNCH = """
import sys
from pathlib import Path

import pytest

COUNT = Path(__file__).with_name("launches.txt")
if "framegate_gate_worker" in sys.modules:
    COUNT.write_text(COUNT.read_text() + "x" if COUNT.exists() else "x")


def is_second():
    return COUNT.exists() and len(COUNT.read_text()) >= 2
"""


def test_a_run_that_was_interrupted_in_its_launches(new_project: Project) -> None:
    new_project.write(SUITE + "    raise KeyboardInterrupt\n\n\ndef test_after(benchmark):\n    benchmark(len, '')\n")
    run = new_project.gate("--gate-bootstrap")
    run.says_no(15, "the run", "failed")
    assert "exit code 2" in run.output
    assert new_project.accepted() == []


def test_a_launch_that_cannot_collect(project: Project) -> None:
    (project.folder / "conftest.py").write_text(
        IN_THE_SECOND_LAUNCH
        + "\n\ndef pytest_collection_modifyitems():\n    if is_second():\n        raise ImportError\n"
    )
    run = project.gate("--gate-accept", launches=3)
    assert run.code == 15, run.output
    assert len(project.accepted()) == 1


def test_a_launch_that_leaves_a_benchmark_out(project: Project) -> None:
    (project.folder / "conftest.py").write_text(
        IN_THE_SECOND_LAUNCH
        + "\n\ndef pytest_collection_modifyitems(items):\n    if is_second():\n        del items[1:]\n"
    )
    run = project.gate("--gate-accept", launches=2)
    run.says_no(12, "test_other", "nothing-measured")
    assert "only 1 of 2 launches ran it" in run.output


def test_what_else_went_wrong_is_not_overruled(project: Project) -> None:
    (project.folder / "conftest.py").write_text(
        "def pytest_sessionfinish(session):\n    if session.config.option.gate:\n        session.exitstatus = 7\n"
    )
    run = project.gate()
    assert run.code == 7, run.output
    assert set(run.verdicts.values()) == {"same"}


BROKEN_REPORTER = """
import sys


def pytest_runtest_logreport(report):
    is_worker = "framegate_gate_worker" in sys.modules
    if report.nodeid.endswith("other") and report.when == "call" and not is_worker:
        raise OSError("full")
"""


def test_a_reporter_that_breaks_is_no_pass(project: Project) -> None:
    (project.folder / "conftest.py").write_text(BROKEN_REPORTER)
    assert project.gate().code == 3
