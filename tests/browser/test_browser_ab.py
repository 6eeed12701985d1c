"""Two versions of TF.js are compared by `framegate ab`, each in launches of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from framegate.browser.tfjs import tfjs_files
from framegate.errors import BackendUnavailable, SourceError

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join(map(str, (ROOT / "plugins", ROOT / "tests" / "helpers")))
OTHER, KNOWN = "4.20.0", "4.22.0"
# How fast either is says nothing here: one pair of launches is enough.
ONE_PAIR = """
import sys
from framegate.commands import cli
from framegate.gate import decide

measure = decide.measure
decide.measure = lambda run_pair, floors, **_: measure(run_pair, floors, first=1, more=0)
sys.exit(cli.main())
"""
# What each launch has run, as it says itself.
NOTED = """
import os
from framegate.browser.session import TFJSPage

rounds = TFJSPage.rounds

def noted(page, *arguments, **named):
    with open("ran", "a") as ran:
        ran.write(f"{os.getpid()} {page.info['tfjs']}\\n")
    return rounds(page, *arguments, **named)

TFJSPage.rounds = noted
"""


@pytest.fixture
def two_versions(tfjs: Path) -> Path:
    """The cache, with the files of another version than the one that Framegate knows."""
    try:
        tfjs_files(tfjs, OTHER)
    except (BackendUnavailable, SourceError) as error:
        pytest.skip(f"npm does not bring TF.js {OTHER}: {error}")
    return tfjs


def test_two_versions_of_tfjs_are_run_and_compared(
    two_versions: Path, write_model: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(ROOT / "suites" / "test_browser.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(NOTED)
    done = subprocess.run(
        [
            *(sys.executable, "-c", ONE_PAIR, "ab", f"--base-tfjs={OTHER}", f"--head-tfjs={KNOWN}", "--json=out.json"),
            *("--", "test_browser.py", "-p", "framegate.plugin", "-p", "no:hypothesispytest", "--frame-size=16"),
            *(f"--frame-model={write_model(size=None)}", "--frame-runtime=tfjs-cpu", "--frame-renderer=topixels"),
            *("--frame-preprocess=none", "-p", "no_tensorflow", "-p", "quick_pages"),
        ],
        cwd=folder,
        env={**os.environ, "FRAMEGATE_CACHE": str(two_versions), "PYTHONPATH": PATH, "CI": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    # One pair may call one of them slower.
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    (finding,) = json.loads((folder / "out.json").read_text("utf-8"))["findings"]
    before = f"test_browser[tiny-16-none-tfjs-cpu@{OTHER}-topixels]"
    assert finding["benchmark"] == f"test_browser[tiny-16-none-tfjs-cpu-topixels] against {before}"
    ran = [line.split() for line in (folder / "ran").read_text("utf-8").splitlines()]
    assert {version for _, version in ran} == {OTHER, KNOWN}
    # No launch has run both, and each has run several rounds.
    assert len({process for process, _ in ran}) == len({tuple(each) for each in ran}) >= 2
    assert len(ran) >= 4
