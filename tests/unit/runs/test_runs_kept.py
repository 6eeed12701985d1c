"""A file is parsed once: the second time its columns come from the cache, and are the same."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stored_runs import FRAME, stored_entry, stored_run, write_run

from framegate.errors import HistoryError
from framegate.runs import kept
from framegate.runs.columns import RunColumns, columns_of
from framegate.runs.kept import open_run, open_runs, readable_runs

ENTRIES = (
    stored_entry("test_frame[a]", (0.5, 0.25), {"draw": (0.25, 0.125)}, frame=FRAME),
    stored_entry("test_mine", (float("nan"), 1.0)),
    stored_entry("test_saved", None, rounds=3),
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "runs"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were parsed."""
    paths: list[Path] = []

    def count(content: object, path: Path, sha256: str) -> RunColumns:
        paths.append(path)
        return columns_of(content, path, sha256)

    monkeypatch.setattr("framegate.runs.kept.columns_of", count)
    return paths


def content_of(run: RunColumns) -> Any:
    """All that a run holds, in a form that can be compared."""
    rounds = run.rounds and [replace(run.rounds, seconds=None), run.rounds.seconds.tobytes()]  # type: ignore[arg-type] # compared by its bytes
    numbers = {name: values.tobytes() for name, values in run.numbers.items()}
    return run.path, run.sha256, run.head, run.texts, numbers, run.stages, repr(rounds)


def test_files_are_parsed_once_and_read_the_same_ever_after(tmp_path: Path, parsed: list[Path]) -> None:
    files = [write_run(tmp_path / f"{number:04}_x.json", stored_run(*ENTRIES, number=number)) for number in range(5)]
    first = [content_of(run) for run in open_runs(files, with_rounds=True)]
    assert parsed == files
    assert [content_of(run) for run in open_runs(files, with_rounds=True)] == first
    assert [run.head["number"] for run in open_runs(files)] == [0, 1, 2, 3, 4]
    assert parsed == files


@pytest.mark.parametrize("python", [sys.executable, "no-python-here"])
def test_many_new_files_are_parsed_by_processes_where_those_can_be_had(
    python: str, tmp_path: Path, parsed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "BATCH", 2)
    monkeypatch.setattr(sys, "executable", python)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "numpy.py").write_text("raise ImportError('a module of the user')")
    monkeypatch.chdir(tmp_path / "here")
    files = [write_run(tmp_path / f"{number:04}_é.json", stored_run(*ENTRIES, number=number)) for number in range(5)]
    bad = tmp_path / "0005_bad.json"
    bad.write_text("{")
    runs, (error,) = readable_runs([*files, bad])
    assert [run.path for run in runs] == files
    assert str(bad) in str(error)
    assert [content_of(run) for run in runs] == [content_of(open_run(path)) for path in files]
    assert parsed == (files if python == "no-python-here" else [])


def test_rounds_are_there_where_they_are_asked_for(tmp_path: Path, parsed: list[Path]) -> None:
    file = write_run(tmp_path / "a.json", stored_run(*ENTRIES))
    assert open_run(file).rounds is None
    run = open_run(file, with_rounds=True)
    assert run.rounds is not None
    assert run.rounds.of(0)["draw"].tolist() == [0.25, 0.125]
    assert np.array_equal(run.rounds.of(1)[""], [np.nan, 1.0], equal_nan=True)
    assert (run.rounds.of(2), len(parsed)) == ({}, 1)


def test_columns_that_nobody_has_read_for_long_are_removed(tmp_path: Path, cache: Path, parsed: list[Path]) -> None:
    read, unread, new = (
        write_run(tmp_path / f"{number:04}_x.json", stored_run(*ENTRIES, number=number)) for number in range(3)
    )
    list(open_runs([read, unread]))
    half = cache / ".half-of-a-killed-process"
    half.touch()
    for file in cache.iterdir():
        os.utime(file, (0, 0))
    list(open_runs([read]))
    list(open_runs([new]))
    assert len(list(cache.iterdir())) == 2
    assert not half.exists()
    list(open_runs([read, new]))
    assert parsed == [read, unread, new]


def test_a_copy_is_the_same_run_under_its_own_name(tmp_path: Path, parsed: list[Path]) -> None:
    names = [open_run(write_run(tmp_path / name, stored_run(*ENTRIES))).name for name in ("a.json", "b.json")]
    assert (names, len(parsed)) == (["a", "b"], 1)


def test_a_file_that_has_changed_is_parsed_again(tmp_path: Path, parsed: list[Path]) -> None:
    file = tmp_path / "a.json"
    lengths = [len(open_run(write_run(file, stored_run(*ENTRIES[:count]))).keys) for count in (1, 3)]
    assert (lengths, len(parsed)) == ([1, 3], 2)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and no more", b"\x00" * 400])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, cache: Path, parsed: list[Path], damage: bytes) -> None:
    file = write_run(tmp_path / "a.json", stored_run(*ENTRIES))
    first = content_of(open_run(file, with_rounds=True))
    (entry,) = cache.iterdir()
    entry.write_bytes(damage)
    assert content_of(open_run(file, with_rounds=True)) == first
    assert content_of(open_run(file, with_rounds=True)) == first
    assert len(parsed) == 2


def test_a_cache_that_is_cut_off_anywhere_is_made_anew(tmp_path: Path, cache: Path) -> None:
    file = write_run(tmp_path / "a.json", stored_run(*ENTRIES))
    first = content_of(open_run(file, with_rounds=True))
    (entry,) = cache.iterdir()
    whole = entry.read_bytes()
    for length in range(0, len(whole), 97):
        entry.write_bytes(whole[:length])
        assert content_of(open_run(file, with_rounds=True)) == first


def test_a_cache_whose_bits_have_turned_is_made_anew(tmp_path: Path, cache: Path, parsed: list[Path]) -> None:
    file = write_run(tmp_path / "a.json", stored_run(*ENTRIES))
    first = content_of(open_run(file, with_rounds=True))
    (entry,) = cache.iterdir()
    damaged = bytearray(entry.read_bytes())
    damaged[damaged.index(b"PK\x01\x02") + 10] = 99  # how its first part is packed
    entry.write_bytes(damaged)
    assert content_of(open_run(file, with_rounds=True)) == first
    assert len(parsed) == 2


def test_other_columns_are_other_files(tmp_path: Path, parsed: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_run(tmp_path / "a.json", stored_run(*ENTRIES))
    open_run(file)
    monkeypatch.setattr("framegate.runs.kept._LAYOUT", 10_000)
    open_run(file)
    assert len(parsed) == 2


def test_without_a_cache_a_run_is_read_all_the_same(
    tmp_path: Path, parsed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FRAMEGATE_CACHE", str(tmp_path / "file" / "cache"))
    file = write_run(tmp_path / "a.json", stored_run(*ENTRIES))
    assert [open_run(file).keys, open_run(file).keys] == [["test_frame[a]", "test_mine", "test_saved"]] * 2
    assert len(parsed) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[]", b'{"benchmarks": 3}'])
def test_a_file_that_is_no_run_is_named(tmp_path: Path, cache: Path, content: bytes) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content)
    with pytest.raises(HistoryError, match=r"a\.json"):
        open_run(file)
    assert not cache.exists()


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"gone\.json cannot be read"):
        list(open_runs([tmp_path / "gone.json"]))


def test_the_cache_holds_nothing_but_numbers_and_json(tmp_path: Path, cache: Path) -> None:
    open_run(write_run(tmp_path / "a.json", stored_run(*ENTRIES)))
    (entry,) = cache.iterdir()
    with np.load(entry, allow_pickle=False) as file:
        assert json.loads(bytes(file["facts"]))["names"] == ["", "draw"]
        assert file["seconds"].dtype == np.float64
