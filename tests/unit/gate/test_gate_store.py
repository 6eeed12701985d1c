"""Runs on the disk: names, numbers, marks, and what is wrong with a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from framegate.errors import HistoryError, UsageError
from framegate.gate.store import Store, StoredRun, check_name, find_run, read_run, write_file

RUN: dict[str, Any] = {"benchmarks": [], "machine_info": {}}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "storage" / "Linux-CPython-3.11-64bit")


def save(store: Store, name: str = "default", *, accepted: bool = True, starts: bool = False, **more: Any) -> StoredRun:
    run = store.save(name, {**RUN, **more})
    if accepted:
        store.accept(run, starts=starts)
    return run


def test_a_run_is_pytest_benchmarks_own_file(store: Store) -> None:
    run = save(store, accepted=False)
    assert run.path == store.folder / "0001_gate-default.json"
    assert read_run(run.path) == RUN
    assert b"\n" not in run.path.read_bytes()  # a line for each round would make it several times as large
    assert (run.number, run.name) == (1, "default")


def test_numbers_follow_those_of_pytest_benchmarks_own_runs(store: Store) -> None:
    store.folder.mkdir(parents=True)
    (store.folder / "0041_mine.json").write_text("{}")
    (store.folder / "10000_later.json").write_text("{}")
    assert save(store).path.name == "10001_gate-default.json"


def test_only_what_was_accepted_is_a_baseline(store: Store) -> None:
    save(store, accepted=False)
    second = save(store, order=2)
    assert [run for run, _ in store.accepted("default")] == [second]
    assert store.accepted("default")[0][1]["order"] == 2
    assert store.accepted("other") == []


def test_a_name_has_a_history_of_its_own(store: Store) -> None:
    one, other = save(store, "pr"), save(store, "pr-main")
    assert [run for run, _ in store.accepted("pr")] == [one]
    assert [run for run, _ in store.accepted("pr-main")] == [other]
    assert [run.number for run in store.runs()] == [1, 2]


def test_a_name_with_an_underscore_and_the_words_of_a_file(store: Store) -> None:
    odd = save(store, "a_gate-b.json")
    assert [run for run, _ in store.accepted("a_gate-b.json")] == [odd]
    assert store.accepted("b.json") == []


def test_a_new_beginning_hides_what_was_before(store: Store) -> None:
    save(store)
    save(store)
    third, fourth = save(store, starts=True), save(store)
    assert [run for run, _ in store.accepted("default")] == [third, fourth]


def altered(path: Path) -> None:
    path.write_text(path.read_text() + " ")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


@pytest.mark.parametrize("harm", [altered, truncated, Path.unlink])
def test_an_accepted_run_that_is_not_what_it_was_is_named(store: Store, harm: Any) -> None:
    save(store)
    hurt = save(store)
    harm(hurt.path)
    with pytest.raises(HistoryError, match=str(hurt.path)):
        store.accepted("default")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"sha256": NaN}', '{"sha256": "another"}', "{}"])
def test_a_mark_that_says_nothing_is_named(store: Store, content: str) -> None:
    run = save(store)
    run.mark.write_text(content)
    with pytest.raises(HistoryError, match=run.path.stem):
        store.accepted("default")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "cannot be read"),
        ('{"benchmarks": [', "cannot be read"),
        ('{"benchmarks": [NaN]}', "invalid number NaN"),
        ('{"benchmarks": [Infinity]}', "invalid number Infinity"),
        ("[]", "holds list, not a stored run"),
        ("null", "holds NoneType, not a stored run"),
        ("3", "holds int"),
    ],
)
def test_a_file_that_is_no_run_can_be_neither_read_nor_accepted(store: Store, content: str, why: str) -> None:
    run = save(store, accepted=False)
    run.path.write_text(content)
    for use in (lambda: read_run(run.path), lambda: store.accept(run)):
        with pytest.raises(HistoryError, match=why) as caught:
            use()
        assert run.path.name in str(caught.value)
        assert "\n" not in str(caught.value)
    assert store.accepted("default") == []


def test_bytes_that_are_no_text(store: Store) -> None:
    run = save(store, accepted=False)
    run.path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(HistoryError, match="cannot be read"):
        read_run(run.path)


def test_a_run_with_a_nan_is_not_stored(store: Store) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.save("default", {"benchmarks": [float("nan")]})
    assert store.runs() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no folder that its owner cannot write to")
def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "storage").write_text("")
    with pytest.raises(HistoryError, match="cannot be written to"):
        Store(tmp_path / "storage" / "machine").save("default", RUN)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.json").mkdir()
    with pytest.raises(HistoryError, match=r"taken\.json cannot be written"):
        write_file(tmp_path / "taken.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.json"]


@pytest.mark.parametrize("name", ["default", "a", "pr-12", "main_2.0", "A" * 64])
def test_a_baselines_name_may_be_short_or_long(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", ".hidden", "-x", "a b", "a/b", "../up", "ü", "a\n", "A" * 65, "a*"])
def test_invalid_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="--gate="):
        check_name(name)


def wanted(folders: list[Path], run: str | None) -> StoredRun:
    return find_run(folders, run, lambda each: not each.mark.exists())


def test_a_run_is_found_by_its_number_its_file_or_for_being_the_newest(store: Store) -> None:
    first, second = save(store, accepted=False), save(store, "pr", accepted=False)
    os.utime(first.path, (2e9, 2e9))
    assert wanted([store.folder], None) == second
    assert wanted([store.folder], "2") == wanted([store.folder], "0002") == second
    assert wanted([store.folder], str(second.path)) == second
    store.accept(second)
    assert wanted([store.folder], None) == first


def test_the_newest_of_several_machines_is_of_the_one_that_was_written_to_last(store: Store) -> None:
    other = Store(store.folder.parent / "Linux-CPython-3.12-64bit")
    save(store, accepted=False), save(store, accepted=False)
    newest = save(other, accepted=False)
    os.utime(newest.path, (2e9, 2e9))
    assert wanted([store.folder, other.folder], None) == newest


@pytest.mark.parametrize(
    "name", ["2026-11-25_notes.txt", "0007-a_b.json", "1e99_x", "99999999999999999999_x", "_", "³²¹⁰_x"]
)
def test_a_users_own_file_takes_no_number(store: Store, name: str) -> None:
    save(store)
    (store.folder / name).write_text("mine")
    assert save(store).number == 2
    assert (store.folder / name).read_text() == "mine"


def test_a_file_named_from_the_folder_above(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = save(store, accepted=False)
    monkeypatch.chdir(store.folder.parent)
    assert wanted([store.folder], f"{store.folder.name}/{run.path.name}") == run
    assert wanted([Path(store.folder.name)], str(run.path)).path.samefile(run.path)


def test_a_number_that_several_machines_have_says_which(store: Store) -> None:
    other = Store(store.folder.parent / "Linux-CPython-3.12-64bit")
    runs = save(store), save(other)
    with pytest.raises(UsageError, match="several runs are called '1'") as caught:
        wanted([store.folder, other.folder], "1")
    assert all(str(run.path) in str(caught.value) for run in runs)


def test_no_such_run_says_what_there_is(store: Store) -> None:
    with pytest.raises(UsageError, match="no run is called '7'; there is: none"):
        wanted([store.folder], "7")
    run = save(store)
    with pytest.raises(UsageError, match="no run is called '7'") as caught:
        wanted([store.folder], "7")
    assert str(run.path) in str(caught.value)
    with pytest.raises(UsageError, match="no run is stored here that is not accepted already"):
        wanted([store.folder], None)


def test_a_mark_is_small_and_says_when(store: Store) -> None:
    run = save(store)
    mark = json.loads(run.mark.read_text())
    assert set(mark) == {"sha256", "at", "starts"}
    assert mark["starts"] is False
