from __future__ import annotations

from pathlib import Path

import pytest

from framegate.errors import SourceError
from framegate.models.cache import filled


def write(folder: Path) -> None:
    (folder / "file").write_text("here", encoding="utf-8")


def test_a_folder_is_filled_once(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert filled(folder, write) == folder
    assert filled(folder, lambda _: pytest.fail("filled twice")) == folder
    assert [path.name for path in folder.parent.iterdir()] == ["b"]
    assert (folder / "file").read_text(encoding="utf-8") == "here"


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
    assert (tmp_path / "a" / "file").read_text(encoding="utf-8") == "here"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        filled(tmp_path / "file" / "a", write)
    assert str(error.value).startswith(f"{tmp_path / 'file'}: cannot write to the cache (")
    assert str(error.value).endswith("; set FRAMEGATE_CACHE to a folder of yours")
