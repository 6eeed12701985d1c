"""A file is there in full or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from framegate.files import write_whole


def test_a_file_takes_the_place_of_another_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_whole(path, b"before")
    before = path.stat().st_ino
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert path.stat().st_ino != before
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    write_whole(path, b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]


def test_a_folder_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        write_whole(tmp_path, b"")
