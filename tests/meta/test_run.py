"""What ``scripts/tox -e test`` runs."""

from __future__ import annotations

import runpy
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

Main = Callable[[list[str]], int]


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> Main:
    monkeypatch.chdir(ROOT)
    entry: Main = runpy.run_path(str(ROOT / "tests" / "run.py"))["main"]
    return entry


def pytest_ends_with(monkeypatch: pytest.MonkeyPatch, *codes: int) -> list[list[str]]:
    """Have the runs of pytest end with these codes; returns the list that their commands go to."""
    left, commands = list(codes), []

    def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        assert not check
        commands.append(command)
        return subprocess.CompletedProcess(command, left.pop(0))

    monkeypatch.setattr(subprocess, "run", run)
    return commands


@pytest.mark.parametrize(
    ("codes", "code"),
    [((0, 0), 0), ((0, 5), 0), ((5, 0), 0), ((5, 5), 5), ((1, 0), 1), ((0, 1), 1), ((1, 5), 1), ((2,), 2), ((4,), 4)],
)
def test_a_failure_of_either_part_is_one_and_nothing_at_all_too(
    codes: tuple[int, ...], code: int, main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = pytest_ends_with(monkeypatch, *codes)
    assert main([]) == code
    assert len(commands) == len(codes)


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
    arguments: list[str], paths: list[str], main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = pytest_ends_with(monkeypatch, 0, 0)
    main(arguments)
    assert [command[command.index("-m", 3) :] for command in commands][1] == ["-m", "alone", *paths, *arguments]
    assert commands[0][-len([*paths, *arguments]) or None :] == [*paths, *arguments]


def test_the_two_parts_are_all_tests(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = pytest_ends_with(monkeypatch, 0, 0)
    main([])
    assert [command[command.index("-m", 3) + 1] for command in commands] == ["not alone", "alone"]
