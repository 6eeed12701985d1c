"""What ``scripts/tox -e test`` runs."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

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
    assert options[3:] == given
    assert [option.partition("=")[0] for option in options[:3]] == [
        "--numprocesses",
        "--dist",
        "--no-loadscope-reorder",
    ]
