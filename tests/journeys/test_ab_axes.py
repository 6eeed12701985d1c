"""Two renderers, models or environments of one work tree against each other, without git."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ab_project import CONFTEST, FRAME_S, OPTIONS, SETTINGS, Repository

ROOT = Path(__file__).parents[2]
WriteModel = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, write_model: WriteModel) -> Repository:
    """The project of the other journey, in a folder that git knows nothing of."""
    root = tmp_path / "project"
    (root / "suite").mkdir(parents=True)
    shutil.copy(ROOT / "suites" / "test_frame.py", root / "suite" / "test_frame.py")
    found = Repository(root, write_model(size=16))
    found.write("pytest.ini", SETTINGS)
    found.write("conftest.py", CONFTEST)
    found.write("mine/__init__.py", "")
    found.renderer(FRAME_S)
    return found


def without(*flags: str) -> tuple[str, ...]:
    return tuple(option for option in OPTIONS if option.partition("=")[0] not in flags)


def test_a_slower_renderer_has_regressed(folder: Repository) -> None:
    options = without("--frame-renderer")
    run = folder.ab("--base-renderer=null", "--head-renderer=busy", "--pairs=5", "--json=out.json", options=options)
    assert run.returncode == 1, run.stdout + run.stderr
    (finding,) = json.loads((folder.root / "out.json").read_text())["findings"]
    assert finding["benchmark"] == (
        "test_frame[tiny-16-none-null-busy-null] against test_frame[tiny-16-none-null-null-null]"
    )
    assert {shift["family"] for shift in finding["shifts"] if shift["verdict"] == "regressed"} >= {"total", "convert"}


def test_two_models_of_different_sizes(folder: Repository, write_model: WriteModel) -> None:
    models = [f"--base-model={write_model('small', size=16)}", f"--head-model={write_model('large', size=24)}"]
    command = folder.command(*models, options=without("--frame-size"))
    run = folder.run([each for each in command if not each.startswith("--frame-model")])
    assert run.returncode == 0, run.stdout + run.stderr
    assert "test_frame[large-24-none-null-busy-null] against test_frame[small-16-none-null-busy-null]" in run.stdout


def test_the_same_environment_twice(folder: Repository) -> None:
    both = (f"--base-python={sys.executable}", f"--head-python={sys.executable}")
    # Side by side they would measure each other: -n is the gate's to leave out.
    run = folder.ab(*both, options=(*OPTIONS, "-n", "2"))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "test_frame" in run.stdout
    assert "regressed" not in run.stdout
