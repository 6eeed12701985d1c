"""Temporary folders whose owner was killed go with the next run, and no other folder does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from framegate import leftovers
from framegate.errors import FramegateError
from framegate.leftovers import clear, temporary_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL, and cannot lock a folder")
KILLS = 50

# Makes one folder after another and says where the first is.
OWNER = """
import sys
from pathlib import Path
from framegate.leftovers import temporary_folder
while True:
    with temporary_folder("work", Path(sys.argv[1])) as folder:
        (folder / "below").mkdir()
        (folder / "below" / "file").write_text("kept")
        print(folder, flush=True)
        if sys.argv[2] == "stay":
            sys.stdin.read()
"""


@contextmanager
def owner(parent: Path, how: str = "stay") -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that owns a temporary folder, and the folder."""
    command = [sys.executable, "-c", OWNER, str(parent), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def names(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.iterdir())


def test_a_folder_is_its_owners_alone_and_goes_with_the_block(tmp_path: Path) -> None:
    with temporary_folder("work", tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.name.startswith("framegate-work-")
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").write_text("here", encoding="utf-8")
    assert names(tmp_path) == []


def test_it_goes_with_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), temporary_folder("work", tmp_path):
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_it_may_be_renamed_meanwhile(tmp_path: Path) -> None:
    with temporary_folder("work", tmp_path) as folder:
        folder.rename(tmp_path / "whole")
    assert names(tmp_path) == ["whole"]


def test_it_is_in_the_systems_folder_where_no_other_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with temporary_folder("work") as folder:
        assert folder.parent == tmp_path


def test_the_folder_of_a_killed_process_goes_with_the_next_one(tmp_path: Path) -> None:
    with owner(tmp_path) as (process, folder):
        process.kill()
        process.wait()
        assert (folder / "below" / "file").exists()
        with temporary_folder("other", tmp_path) as other:
            assert names(tmp_path) == [other.name]
    assert names(tmp_path) == []


def test_the_folder_of_a_living_process_stays(tmp_path: Path) -> None:
    with owner(tmp_path) as (_, folder):
        clear(tmp_path)
        with temporary_folder("work", tmp_path):
            clear(tmp_path)
        assert (folder / "below" / "file").read_text(encoding="utf-8") == "kept"


def test_our_own_stay_as_well(tmp_path: Path) -> None:
    with temporary_folder("work", tmp_path) as first, temporary_folder("work", tmp_path) as second:
        clear(tmp_path)
        assert names(tmp_path) == sorted([first.name, second.name])


def test_nothing_stays_of_fifty_kills_at_any_moment(tmp_path: Path) -> None:
    for _ in range(KILLS // 5):
        with owner(tmp_path, "go") as first, owner(tmp_path, "go") as second, owner(tmp_path) as third:
            # They make folders and clear each other's all the time; the kill comes in the midst of it.
            assert third[1].exists()
            for process, _folder in (first, second, third):
                process.kill()
        with owner(tmp_path, "go"), owner(tmp_path, "go"):
            pass
    clear(tmp_path)
    assert names(tmp_path) == []


def test_folders_that_only_look_like_ours_stay(tmp_path: Path) -> None:
    with temporary_folder("work", tmp_path) as folder:
        real = folder.name
    wrong_check = real[:-1] + ("0" if real[-1] != "0" else "1")
    kept = ["framegate-work-mine", "framegate-work", "framegate-models", wrong_check, f"{real}-copy", f"x{real}"]
    for name in kept:
        (tmp_path / name).mkdir()
    clear(tmp_path)
    assert names(tmp_path) == sorted(kept)


def test_a_link_or_a_file_of_such_a_name_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "file").write_text("here", encoding="utf-8")
    link, file = tmp_path / leftovers._name("work"), tmp_path / leftovers._name("work")
    link.symlink_to(target, target_is_directory=True)
    file.write_text("here", encoding="utf-8")
    clear(tmp_path)
    assert names(tmp_path) == sorted([link.name, file.name, "target"])
    assert names(target) == ["file"]


def test_a_link_in_a_leftover_is_removed_and_not_followed(tmp_path: Path) -> None:
    left, target = tmp_path / leftovers._name("work"), tmp_path / "target"
    for folder in (left, target):
        folder.mkdir()
    (target / "file").write_text("here", encoding="utf-8")
    (left / "link").symlink_to(target, target_is_directory=True)
    clear(tmp_path)
    assert names(tmp_path) == ["target"]
    assert names(target) == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make another's folder")
def test_another_users_folder_stays(tmp_path: Path) -> None:
    left = tmp_path / leftovers._name("work")
    left.mkdir()
    os.chown(left, 12345, 12345)
    clear(tmp_path)
    assert names(tmp_path) == [left.name]


def test_a_folder_that_cannot_be_locked_stays_for_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    old, new = tmp_path / leftovers._name("work"), tmp_path / leftovers._name("work")
    for folder in (old, new):
        folder.mkdir()
    yesterday = time.time() - 90_000
    os.utime(old, (yesterday, yesterday))
    with temporary_folder("work", tmp_path) as folder:
        assert names(tmp_path) == sorted([new.name, folder.name])


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FramegateError) as error, temporary_folder("work", tmp_path / "file"):
        pass
    assert str(error.value) == (
        f"{tmp_path / 'file'}: cannot make a temporary folder (Not a directory); free some space there, or set TMPDIR"
        " to a folder of yours"
    )
