"""What ``scripts/tox -e test`` runs."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_S

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ([], ["tests"]),
        (["-k", "tests"], ["tests"]),
        (["-k", "meta"], ["tests"]),
        (["tests/meta"], []),
        (["-q", "tests/meta/test_docs.py::test_links_lead_somewhere"], []),
    ],
)
def test_all_tests_are_meant_unless_a_path_is_named(
    arguments: list[str], paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    options = runpy.run_path(str(ROOT / "tests" / "run.py"))["options"](arguments)
    given = [*paths, *arguments]
    assert options[4:] == given
    assert [option.partition("=")[0] for option in options[:4]] == [
        "--numprocesses",
        "--dist",
        "--no-loadscope-reorder",
        "--max-worker-restart",
    ]


def test_a_worker_that_dies_ends_the_run_and_its_test_is_named(tmp_path: Path) -> None:
    dies, others = tmp_path / "tests" / "test_dies.py", tmp_path / "tests" / "test_others.py"
    dies.parent.mkdir()
    others.write_text("def test_one(): pass\ndef test_two(): pass\n")
    dies.write_text("import os\ndef test_before(): pass\ndef test_dying(): os._exit(1)\ndef test_after(): pass\n")
    command = [sys.executable, str(ROOT / "tests" / "run.py"), "-c", os.devnull, str(others), str(dies)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"crashed while running '.*test_dies.py::test_dying'", run.stdout)
    assert "test_after" not in run.stdout
