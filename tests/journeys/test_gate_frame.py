"""The stored mode on a frame: the stage that got slower is named, and so is the field that makes runs incomparable."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ab_project import CONFTEST, FRAME_S, OPTIONS, SETTINGS, Repository

ROOT = Path(__file__).parents[2]
BENCHMARK = "test_frame[tiny-16-none-null-busy-null]"
WriteModel = Callable[..., Path]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test keeps what it has stored, for the others."""
    return tmp_path_factory.mktemp("stored") / ".benchmarks"


@pytest.fixture
def folder(tmp_path: Path, write_model: WriteModel, stored: Path) -> Repository:
    """A suite with a renderer that takes two milliseconds to convert, and an accepted run of it."""
    root = tmp_path / "project"
    (root / "suite").mkdir(parents=True)
    shutil.copy(ROOT / "suites" / "test_frame.py", root / "suite" / "test_frame.py")
    found = Repository(root, write_model(size=16))
    found.write("pytest.ini", SETTINGS)
    found.write("conftest.py", CONFTEST)
    found.write("mine/__init__.py", "")
    found.renderer(FRAME_S)
    if not stored.exists():
        first = gate(found, "--gate-bootstrap", launches=3)
        assert first.returncode == 0, first.stdout + first.stderr
        shutil.copytree(root / ".benchmarks", stored)
    shutil.copytree(stored, root / ".benchmarks", dirs_exist_ok=True)
    return found


def gate(folder: Repository, *more: str, launches: int = 1) -> subprocess.CompletedProcess[str]:
    plugins = ("-p", "framegate.plugin", "-p", "no:hypothesispytest")
    speed = ("--benchmark-only", "--benchmark-max-time=0.1")
    gated = ("--gate", f"--gate-launches={launches}", "--gate-json=out.json")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "suite",
        *plugins,
        *speed,
        *gated,
        f"--frame-model={folder.model}",
        *OPTIONS,
    ]
    return folder.run([*command, *more])


def finding(folder: Repository) -> dict[str, Any]:
    (found,) = json.loads((folder.root / "out.json").read_text())["findings"]
    return dict(found)


def test_the_slower_stage_is_named(folder: Repository) -> None:
    folder.renderer(10 * FRAME_S)  # more than a wait for the processor could explain
    run = gate(folder, launches=3)
    assert run.returncode == 1, run.stdout + run.stderr
    found = finding(folder)
    assert (found["benchmark"], found["verdict"]) == (BENCHMARK, "regressed")
    worse = {shift["family"] for shift in found["shifts"] if shift["verdict"] == "regressed"}
    assert {"total", "convert"} <= worse <= {"total", "convert", "p95"}
    assert "convert +" in run.stdout


def test_another_model_under_the_same_name_is_another_fingerprint(folder: Repository, write_model: WriteModel) -> None:
    write_model(size=16, gain=0.5)
    run = gate(folder)
    assert run.returncode == 14, run.stdout + run.stderr
    assert finding(folder)["reason"].startswith("model_sha256: ")


def test_another_frame_source_is_named(folder: Repository) -> None:
    run = gate(folder, "--frame-fit=resize")
    assert run.returncode == 14, run.stdout + run.stderr
    assert finding(folder)["reason"] == "frames fit: resize, was crop"


def test_a_wrong_picture_is_no_time(folder: Repository) -> None:
    wrong = "\n\nclass Wrong(BusyRenderer):\n    def read(self):\n        return 255 - super().read()\n"
    folder.renderer(FRAME_S, more=f"{wrong}\n\nBusyRenderer = Wrong\n")
    run = gate(folder, "--gate-accept")
    assert run.returncode == 15, run.stdout + run.stderr
    assert finding(folder)["verdict"] == "failed"
    assert len(list(folder.root.glob(".benchmarks/*/*.accepted"))) == 1
