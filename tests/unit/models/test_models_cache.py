"""A folder of the cache is whole, or it is made again."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from harms import HARMS, Harm, full_disk

from framegate.errors import SourceError, one_line
from framegate.models import cache
from framegate.models.cache import CONTENTS, filled, is_whole

FILES = {"file": b"here", "below/more": bytes(range(256)) * 64, "below/none": b""}


def write(folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def held(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != CONTENTS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def no_second_time(_: Path) -> None:
    pytest.fail("filled twice")


def test_a_folder_is_filled_once(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert filled(folder, write) == folder
    assert filled(folder, no_second_time) == folder
    assert [path.name for path in folder.parent.iterdir()] == ["b"]
    assert held(folder) == FILES
    assert is_whole(folder)


def test_nothing_stays_of_a_failure(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        write(folder)
        raise SourceError("no luck")

    with pytest.raises(SourceError, match="no luck"):
        filled(tmp_path / "a", fail)
    assert list(tmp_path.iterdir()) == []


def test_who_comes_second_takes_what_the_first_made(tmp_path: Path) -> None:
    def slow(folder: Path) -> None:
        filled(tmp_path / "a", write)
        (folder / "file").write_text("late", encoding="utf-8")

    filled(tmp_path / "a", slow)
    assert held(tmp_path / "a") == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("name", [name for name, content in FILES.items() if content] + [CONTENTS])
@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_folder_is_made_again_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, harm: Harm
) -> None:
    folder = filled(tmp_path / "a", write)
    harm(folder / name)
    assert not is_whole(folder)
    filled(folder, write)
    assert held(folder) == FILES
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert caplog.messages[0].startswith(f"{folder}: damaged in the cache (")
    assert caplog.messages[0].endswith("), so it is made again")
    filled(folder, no_second_time)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda file: file.write_bytes(b"her3"), "file was changed"),
        (lambda file: file.unlink(), "file is missing"),
        (lambda file: (file.unlink(), file.mkdir()), "file is not a file"),
        (lambda file: (file.parent / CONTENTS).write_text("[1]"), f"its {CONTENTS} cannot be read"),
        (lambda file: (file.parent / CONTENTS).write_text("[" * 100_000), f"its {CONTENTS} cannot be read"),
        (lambda file: (file.parent.rename(f"{file.parent}-"), file.parent.write_text("")), "it is not a folder"),
    ],
)
def test_the_damage_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object], said: str
) -> None:
    folder = filled(tmp_path / "a", write)
    damage(folder / "file")
    filled(folder, write)
    assert held(folder) == FILES
    assert caplog.messages == [f"{folder}: damaged in the cache ({said}), so it is made again"]


def test_a_folder_without_hashes_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    filled(tmp_path / "a", write)
    assert held(tmp_path / "a") == FILES


def test_a_damaged_folder_stays_where_it_cannot_be_made_again(tmp_path: Path) -> None:
    def fail(_: Path) -> None:
        raise SourceError("no network")

    folder = filled(tmp_path / "a", write)
    (folder / "file").write_bytes(b"her3")
    with pytest.raises(SourceError, match="no network"):
        filled(folder, fail)
    assert (folder / "file").read_bytes() == b"her3"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_each_file_is_hashed_once_until_it_is_written_again(tmp_path: Path) -> None:
    cache._sha256.cache_clear()
    folder = filled(tmp_path / "a", write)
    for _ in range(3):
        filled(folder, no_second_time)
    assert cache._sha256.cache_info().misses == len(FILES)
    os.utime(folder / "file")
    filled(folder, no_second_time)
    assert cache._sha256.cache_info().misses == len(FILES) + 1


def test_a_bit_that_flips_under_the_same_time_is_seen_by_the_next_process(tmp_path: Path) -> None:
    folder = filled(tmp_path / "a", write)
    before = (folder / "file").stat()
    (folder / "file").write_bytes(b"her3")
    os.utime(folder / "file", ns=(before.st_atime_ns, before.st_mtime_ns))
    code = (
        f"import pathlib; from framegate.models.cache import is_whole; print(is_whole(pathlib.Path({str(folder)!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("place", "why"),
    [("file", "Not a directory"), ("x" * 300, "File name too long"), ("y/" * 2500, "File name too long")],
)
def test_a_cache_that_cannot_be_written(tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        filled(tmp_path / place / "a" / "b", write)
    message = f"{tmp_path / place / 'a'}: cannot write to the cache ({why}); set FRAMEGATE_CACHE to a folder of yours"
    assert str(error.value) == one_line(message)  # a path of 5,000 characters is cut short


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of files")
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error, full_disk(1000):
        filled(tmp_path / "a", write)
    advice = "free some space, or set FRAMEGATE_CACHE to a folder of yours"
    assert str(error.value) == f"{tmp_path}: cannot write to the cache (File too large); {advice}"
    assert list(tmp_path.iterdir()) == []
