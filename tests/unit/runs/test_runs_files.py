"""Stored runs by number, file or folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from stored_runs import stored_run, write_run

from framegate.errors import UsageError
from framegate.runs.files import run_files, run_number


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    for name in ("Linux/0002_b", "Linux/0010_c", "Linux/0001_a", "Mac/0010_d", "Mac/0003_gate-default"):
        write_run(tmp_path / f"{name}.json", stored_run())
    (tmp_path / "Mac" / "0003_gate-default.accepted").write_text("{}")
    return tmp_path


def names(storage: Path, *named: str) -> list[str]:
    return [file.stem for file in run_files(named, storage)]


def test_all_runs_of_the_storage_by_machine_and_number(storage: Path) -> None:
    assert names(storage) == ["0001_a", "0002_b", "0010_c", "0003_gate-default", "0010_d"]


def test_runs_by_number_file_and_folder_once_each(storage: Path) -> None:
    assert names(storage, "3", "0002", str(storage / "Linux" / "0010_c.json"), str(storage / "Linux")) == [
        *("0003_gate-default", "0002_b", "0010_c", "0001_a")
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("10", "several runs are called '10'.*Linux/0010_c.json.*Mac/0010_d.json"),
        ("4", "no run is called '4'.*0001_a"),
        ("nothing.json", "no run is called 'nothing.json'"),
        ("²", "no run is called"),
    ],
)
def test_a_name_of_no_run_is_answered_with_those_there_are(storage: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run_files([name], storage)


def test_an_empty_storage_says_how_to_store_a_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--benchmark-autosave stores one"):
        run_files([], tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"no \.json file is in this folder"):
        run_files([str(tmp_path / "empty")], tmp_path)


def test_the_number_is_what_a_name_begins_with() -> None:
    assert [run_number(Path(name)) for name in ("0012_a.json", "12_a.json", "out.json", "0001_.json")] == [
        *(12, None, None, None)
    ]
