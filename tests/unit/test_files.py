"""A file is there in full or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from framegate.errors import UsageError
from framegate.files import check_can_be_written, whole_file, write_whole


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


def test_a_hidden_file_of_a_like_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".run.json").write_bytes(b"a user's")
    write_whole(tmp_path / "run.json", b"ours")
    assert (tmp_path / ".run.json").read_bytes() == b"a user's"


def test_of_two_that_write_at_once_the_last_one_holds(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with whole_file(path) as first:
        first.write(b"first")
        with whole_file(path) as second:
            second.write(b"second, and longer")
        assert path.read_bytes() == b"second, and longer"
    assert path.read_bytes() == b"first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]


def test_a_name_may_be_as_long_as_any(tmp_path: Path) -> None:
    for letter in "xé":
        path = tmp_path / (letter * (255 // len(letter.encode())))
        write_whole(path, b"there")
        assert path.read_bytes() == b"there"


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither links for everybody nor named pipes in folders")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "run.json"
    link.symlink_to(tmp_path / "elsewhere" / "kept.json")
    for content in (b"before", b"after"):
        write_whole(link, content)
        assert link.is_symlink()
        assert (tmp_path / "elsewhere" / "kept.json").read_bytes() == content


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither links for everybody nor named pipes in folders")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    check_can_be_written([pipe])
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"there")
        assert os.read(reader, 100) == b"there"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_what_can_be_written_is_known_before_there_is_anything_to_write(tmp_path: Path) -> None:
    (tmp_path / "there.json").write_bytes(b"before")
    check_can_be_written([None, tmp_path / "new.json", tmp_path / "there.json", tmp_path / ("x" * 255)])
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [("there.json", b"before")]
    with pytest.raises(
        UsageError, match=r"no/new\.json cannot be written: there is no folder .*no; make it, or name another$"
    ):
        check_can_be_written([tmp_path / "no" / "new.json"])
    with pytest.raises(UsageError, match="cannot be written: it is a folder"):
        check_can_be_written([tmp_path])


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="this system has no files in a folder without room")
def test_a_file_is_not_enough_where_its_folder_takes_no_other() -> None:
    with pytest.raises(UsageError, match=r"/proc/self/comm cannot be written: "):
        check_can_be_written([Path("/proc/self/comm")])
