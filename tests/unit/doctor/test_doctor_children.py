"""The doctor's processes: what crashes, hangs or ends early is a row, and takes none from the others."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection

import pytest
from patience import PATIENCE_S

from framegate.commands import doctor as command
from framegate.doctor.children import CRASHED, Group
from framegate.doctor.probes import Diagnosis, Key
from framegate.errors import UnknownName

KEYS = [("runtime", name) for name in ("good", "bad", "late", "last")]


def do(what: str) -> None:
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "leave":
        os._exit(0)
    if what == "hang":
        time.sleep(600)


def run(connection: Connection, group: str, keys: Sequence[Key]) -> None:
    """In a child: ``bad`` does what the group is called."""
    for key in keys:
        if key[1] == "bad":
            do(group)
        connection.send(Diagnosis(*key, "ok", f"{os.getpid()}"))


def rows(what: str, keys: Sequence[Key] = KEYS, patience_s: float = PATIENCE_S) -> dict[str, Diagnosis]:
    group = Group(what, keys, run, patience_s)
    said: list[Key] = []
    found = list(group.findings(said.append))
    group.end()
    assert said == [(each.kind, each.name) for each in found] == list(keys)
    return {each.name: each for each in found}


def test_all_are_tried_in_one_process() -> None:
    found = rows("nothing")
    assert {each.state for each in found.values()} == {"ok"}
    assert len({each.detail for each in found.values()}) == 1


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("crash", "it ended the process that tried it, by signal 11 (SIGSEGV)"),
        ("leave", "it ended the process that tried it, with code 0"),
    ],
)
def test_one_that_ends_its_process_is_a_row(what: str, says: str) -> None:
    found = rows(what)
    assert (found["bad"].state, found["bad"].detail) == (CRASHED, says)
    assert [found[name].state for name in ("good", "late", "last")] == ["ok", "ok", "ok"]
    assert found["good"].detail != found["late"].detail == found["last"].detail


def test_one_that_hangs_is_a_row() -> None:
    found = rows("hang", [("runtime", "bad")], 0.05)
    assert (found["bad"].state, found["bad"].detail) == (CRASHED, "no answer within 0 s")


def found_by(monkeypatch: pytest.MonkeyPatch, *states: tuple[str, str, str]) -> None:
    monkeypatch.setattr(command, "examine", lambda _: iter([Diagnosis(*state, "a detail") for state in states]))


RUNS, DRAWS = ("runtime", "keras", "ok"), ("renderer", "opencv", "ok")
PAGE = (("browser", "chromium", "ok"), ("browser", "tfjs", "ok"))
MISSING = ("GL context", "glfw", "missing")
NOTHING = (("runtime", "auto", "ok"), ("runtime", "null", "ok"), ("renderer", "null", "ok"))


@pytest.mark.parametrize(
    ("states", "required", "code"),
    [
        ((RUNS, DRAWS, MISSING), (), 0),
        ((RUNS, DRAWS, MISSING), ("keras", "opencv"), 0),
        ((RUNS, DRAWS, MISSING), ("glfw",), 1),
        ((RUNS, DRAWS, ("runtime", "openvino", "crashed")), ("openvino",), 1),
        ((*NOTHING, DRAWS), (), 1),
        ((*NOTHING, RUNS), (), 1),
        ((*NOTHING, *PAGE), (), 0),
        ((*NOTHING, PAGE[0], DRAWS), (), 1),
    ],
)
def test_the_exit_code_says_whether_a_model_can_be_run_and_what_is_asked_for_is_there(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    states: Sequence[tuple[str, str, str]],
    required: Sequence[str],
    code: int,
) -> None:
    found_by(monkeypatch, *states)
    assert command.run(required) == code
    said = capsys.readouterr()
    assert bool(said.err) == bool(code)
    assert all(line.startswith("framegate: ") for line in said.err.splitlines())
    assert all(name in said.out for _, name, _ in states)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_on_a_terminal_it_says_what_it_waits_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_terminal: bool,  # noqa: FBT001
) -> None:
    seen = []

    def examine(say: Callable[[Key], None]) -> Iterator[Diagnosis]:
        for state in (RUNS, DRAWS):
            say(state[:2])
            seen.append(capsys.readouterr())
            yield Diagnosis(*state, "a detail")

    monkeypatch.setattr(command, "examine", examine)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    assert command.run(()) == 0
    shown = [said.err.removeprefix("\r\x1b[K") for said in seen]
    waits = ["framegate doctor: trying runtime keras …", "framegate doctor: trying renderer opencv …"]
    assert shown == (waits if is_terminal else ["", ""])
    assert [said.out for said in seen] == ["", ""]


def test_what_no_row_is_called_cannot_be_required(monkeypatch: pytest.MonkeyPatch) -> None:
    found_by(monkeypatch, RUNS, DRAWS)
    with pytest.raises(UnknownName, match="kers"):
        command.run(["kers"])
