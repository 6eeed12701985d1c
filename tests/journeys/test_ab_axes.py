"""Two renderers or models of one work tree against each other, without git."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ab_project import CONFTEST, FRAME_S, OPTIONS, RENDERER, SETTINGS, Repository

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


BOTH = """
from mine import busier, renderer


def pytest_framegate_renderers(config):
    return {"busy": renderer.BusyRenderer, "busier": busier.BusyRenderer}
"""


def test_a_slower_renderer_is_slower(folder: Repository) -> None:
    # By so little that one pair of launches settles it; what becomes of more is in the other journey.
    folder.write("mine/busier.py", RENDERER.replace("SECONDS", repr(1.01 * FRAME_S)))
    folder.write("conftest.py", BOTH)
    options = without("--frame-renderer")
    run = folder.ab("--base-renderer=busy", "--head-renderer=busier", "--json=out.json", options=options)
    assert run.returncode == 0, run.stdout + run.stderr
    (finding,) = json.loads((folder.root / "out.json").read_text())["findings"]
    assert finding["benchmark"] == (
        "test_frame[tiny-16-none-null-busier-null] against test_frame[tiny-16-none-null-busy-null]"
    )
    changes = {shift["family"]: shift["change"] for shift in finding["shifts"]}
    assert changes["convert"] == pytest.approx(0.01, abs=0.001)
    assert 0 < changes["total"] < 0.01


def test_two_models_of_different_sizes(folder: Repository, write_model: WriteModel) -> None:
    models = [f"--base-model={write_model('small', size=16)}", f"--head-model={write_model('large', size=24)}"]
    command = folder.command(*models, options=without("--frame-size"))
    run = folder.run([each for each in command if not each.startswith("--frame-model")])
    assert run.returncode == 0, run.stdout + run.stderr
    assert "test_frame[large-24-none-null-busy-null] against test_frame[small-16-none-null-busy-null]" in run.stdout
