"""What watches a process, or changes how it runs, is part of what makes times comparable."""

from __future__ import annotations

import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from framegate.gate.worker import instruments as module
from framegate.gate.worker.instruments import VARIABLES, instruments
from framegate.results.fingerprint import differences, fingerprint


class Tracer:
    def __call__(self, *_: object) -> None:
        return None


def profile(*_: object) -> None:
    return None


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if nothing watched these tests themselves."""
    before = sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()
    sys.settrace(None)
    monkeypatch.setattr(sys, "monitoring", None, raising=False)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    yield
    sys.settrace(before[0])
    sys.setprofile(before[1])
    threading.settrace(before[2])
    threading.setprofile(before[3])


def test_an_ordinary_process_has_none() -> None:
    assert instruments() == []


def test_tracers_and_profilers_are_named() -> None:
    sys.settrace(Tracer())
    assert instruments() == [f"sys.settrace: {__name__}.Tracer"]
    sys.settrace(None)
    sys.setprofile(profile)
    assert instruments() == [f"sys.setprofile: {__name__}.profile"]
    sys.setprofile(None)
    threading.setprofile(profile)
    assert instruments() == [f"threading.setprofile: {__name__}.profile"]


def test_tools_that_monitor_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = {0: "debugpy", 1: "coverage"}
    monkeypatch.setattr(sys, "monitoring", SimpleNamespace(get_tool=tools.get))
    assert instruments() == ["sys.monitoring: debugpy", "sys.monitoring: coverage"]


def test_tracing_of_allocations_is_named() -> None:
    tracemalloc.start()
    try:
        assert instruments() == ["tracemalloc"]
    finally:
        tracemalloc.stop()


def test_settings_of_the_interpreter_are_named() -> None:
    code = "from framegate.gate.worker.instruments import instruments; print(instruments())"
    said = subprocess.run([sys.executable, "-X", "dev", "-OO", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "['python -X dev', 'python -OO']\n"


@pytest.mark.parametrize("name", VARIABLES)
def test_variables_of_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "it")
    assert instruments() == [f"{name}=it"]


def test_a_debugger_that_is_attached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status = tmp_path / "status"
    monkeypatch.setattr(module, "STATUS", status)
    assert instruments() == []
    status.write_text("Name:\tpython\nTracerPid:\tself\n")
    assert instruments() == [f"traced by {Path('/proc/self/comm').read_text().strip()}"]


def test_they_are_in_the_fingerprint_only_where_there_are_any() -> None:
    plain = fingerprint({}, {})
    assert fingerprint({"instruments": []}, {}) == plain
    covered = fingerprint({"instruments": ["sys.monitoring: coverage", "tracemalloc"]}, {})
    assert differences(covered, plain) == "instruments: sys.monitoring: coverage, tracemalloc, was none"
