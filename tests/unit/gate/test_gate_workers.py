"""Processes at the end of a connection: they start, they end, and they say why they did not."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from framegate.errors import ComparisonError
from framegate.gate.door import Door
from framegate.gate.worker.channel import CHANNEL, Channel
from framegate.gate.worker.messages import Hello, Outcome, encode
from framegate.gate.workers import Side, Worker, _environment, end, tail, workers

TALKS = f"""
import json, os, socket, sys

port, key, side = os.environ[{CHANNEL!r}].split(":")
connection = socket.create_connection(("127.0.0.1", int(port)))
connection.sendall(json.dumps(["Hello", {{"side": int(side), "key": key}}]).encode() + b"\\n")
"""
IT = Outcome("passed", "", "it")
Plugin = Callable[[str], Path]
ECHO = "connection.sendall(connection.recv(4096))\nconnection.recv(4096)\n"


@pytest.fixture
def plugin(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a plugin for workers that says this."""

    def write(text: str) -> Path:
        folder = tmp_path / "the_plugin"
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "plugin.py").write_text(text)
        return folder

    return write


def side(tmp_path: Path, label: str = "the candidate") -> Side:
    return Side(label, sys.executable, tmp_path, ())


def test_two_workers_talk_and_end(tmp_path: Path, plugin: Plugin) -> None:
    sides = [side(tmp_path, "base"), side(tmp_path, "candidate")]
    with workers(sides, plugin(TALKS + ECHO)) as (base, candidate):
        base.send(Outcome("base"))
        candidate.send(Outcome("candidate"))
        assert candidate.receive(Outcome) == Outcome("candidate")
        assert base.receive(Outcome) == Outcome("base")
        processes = [psutil.Process(worker._process.pid) for worker in (base, candidate)]
        assert all(process.is_running() for process in processes)
        homes = [argument for argument in processes[0].cmdline() if "framegate-gate-" in argument]
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)
    assert homes
    assert not Path(homes[0]).parent.exists()


def test_they_end_where_the_block_fails(tmp_path: Path, plugin: Plugin) -> None:
    started: list[int] = []

    def interrupted() -> None:
        with workers([side(tmp_path)], plugin(TALKS + ECHO)) as (worker,):
            started.append(worker._process.pid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(started) == 1
    assert not psutil.pid_exists(started[0])


def test_one_that_ends_before_it_begins_says_what_it_said(tmp_path: Path, plugin: Plugin) -> None:
    text = "import sys\nprint('no driver here')\nsys.stdout.flush()\nimport os\nos._exit(7)\n"
    with (
        pytest.raises(ComparisonError, match="the worker for the candidate ended with code 7 before") as caught,
        workers([side(tmp_path)], plugin(text)),
    ):
        pass
    assert "no driver here" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_that_ends_in_the_middle_says_so(tmp_path: Path, plugin: Plugin) -> None:
    text = TALKS + "connection.recv(4096)\nos._exit(9)\n"
    with workers([side(tmp_path)], plugin(text)) as (worker,):
        worker.send(IT)
        with pytest.raises(ComparisonError, match="the worker for the candidate ended with code 9"):
            worker.receive(Outcome)


@pytest.mark.skipif(os.name == "nt", reason="Windows forks no processes, and stops none")
@pytest.mark.parametrize(
    "waits", [lambda worker: worker.receive(Outcome), lambda worker: worker.wait()], ids=["receive", "wait"]
)
def test_one_that_stops_itself_is_not_waited_for(
    tmp_path: Path, plugin: Plugin, waits: Callable[[Worker], object]
) -> None:
    text = TALKS + "import signal\nconnection.recv(4096)\nos.kill(os.getpid(), signal.SIGSTOP)\n"
    with workers([side(tmp_path)], plugin(text)) as (worker,):
        worker.send(IT)
        with pytest.raises(ComparisonError, match="the worker for the candidate was stopped by SIGSTOP, and would"):
            waits(worker)
    assert worker._process.poll() == -15


@pytest.mark.skipif(os.name == "nt", reason="Windows forks no processes, and stops none")
def test_one_that_stops_itself_before_it_begins(tmp_path: Path, plugin: Plugin) -> None:
    text = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n"
    with pytest.raises(ComparisonError, match="was stopped by SIGSTOP"), workers([side(tmp_path)], plugin(text)):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows forks no processes, and stops none")
def test_one_that_dies_while_its_child_lives_is_not_waited_for(tmp_path: Path, plugin: Plugin) -> None:
    child = "if os.fork() == 0:\n    import time\n    time.sleep(60)\n"
    with workers([side(tmp_path)], plugin(TALKS + "connection.recv(4096)\n" + child + "os._exit(9)\n")) as (worker,):
        worker.send(IT)
        with pytest.raises(ComparisonError, match="the worker for the candidate ended with code 9"):
            worker.receive(Outcome)


@pytest.mark.skipif(os.name == "nt", reason="Windows forks no processes, and stops none")
def test_what_one_said_before_it_died_is_heard(tmp_path: Path, plugin: Plugin) -> None:
    dies = "if os.fork():\n    os._exit(9)\nimport time\ntime.sleep(60)\n"
    says = f"connection.sendall({encode(IT)!r})\n{dies}"
    with workers([side(tmp_path)], plugin(TALKS + says)) as (worker,):
        worker._process.wait()
        assert worker.receive(Outcome) == IT


@pytest.mark.parametrize(
    "knock",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00",
        b"\xff" * 64,
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x0a",
        b"\x7f\xff\xff\xff",
        b"{}\n",
        b"[" * 4000 + b"\n",
        b'["Hello", {"key": 1, "side": 0}]\n',
        b'["Outcome", {"outcome": "passed"}]\n',
    ],
    ids=lambda knock: repr(knock[:20]),
)
def test_who_is_no_worker_is_not_let_in_and_keeps_nobody_waiting(tmp_path: Path, plugin: Plugin, knock: bytes) -> None:
    text = f"""
import os, socket
strangers = [socket.create_connection(("127.0.0.1", int(os.environ[{CHANNEL!r}].split(":")[0]))) for _ in range(20)]
for stranger in strangers:
    stranger.sendall({knock!r})
"""
    with workers([side(tmp_path)], plugin(text + TALKS + ECHO)) as (worker,):
        worker.send(IT)
        assert worker.receive(Outcome) == IT


def knock(door: Door, words: bytes) -> socket.socket:
    guest = socket.create_connection(("127.0.0.1", int(door.address.split(":")[0])))
    guest.sendall(words)
    return guest


def next_guest(door: Door) -> tuple[int, Channel]:
    while (guest := door.next()) is None:
        pass
    return guest


@pytest.mark.parametrize("change", [lambda key: key[::-1], lambda _: "", lambda key: key.upper() + "x"])
def test_a_worker_with_another_key_is_not_let_in(change: Callable[[str], str]) -> None:
    with Door() as door:
        key = door.address.split(":")[1]
        with knock(door, encode(Hello(change(key), 0))) as stranger, knock(door, encode(Hello(key, 1))):
            assert next_guest(door)[0] == 1
            assert door.next() is None
            assert stranger.recv(1) == b""


def test_a_greeting_may_come_in_pieces_and_what_follows_it_is_kept() -> None:
    with Door() as door:
        words = encode(Hello(door.address.split(":")[1], 0)) + encode(IT)
        with knock(door, words[:10]) as guest:
            assert door.next() is None
            guest.sendall(words[10:])
            _, channel = next_guest(door)
            assert channel.receive() == IT


def test_who_says_too_much_is_not_let_in() -> None:
    with Door() as door, knock(door, b"x" * 5000) as stranger:
        assert door.next() is None
        assert stranger.recv(1) == b""


def test_an_interpreter_that_is_not_there(tmp_path: Path, plugin: Plugin) -> None:
    nowhere = Side("base", str(tmp_path / "no" / "python"), tmp_path, ())
    with (
        pytest.raises(ComparisonError, match=r"a worker for base cannot be started by .*python"),
        workers([nowhere], plugin("")),
    ):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that could be ignored")
def test_one_that_does_not_obey_is_killed(tmp_path: Path, plugin: Plugin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framegate.gate.workers.END_S", 0.2)
    text = TALKS + "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + ECHO + "time.sleep(60)\n"
    with workers([side(tmp_path)], plugin(text)) as (worker,):
        worker.send(IT)
        worker.receive(Outcome)
        process = worker._process
        end(process)
        assert process.poll() == -9
        end(process)


def test_the_last_lines_that_say_something(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(b"\n\xff first \n\n second\n")
    assert tail(log) == "\ufffd first | second"
    log.write_text("")
    assert tail(log) == "nothing"


def test_paths_come_before_the_users_own() -> None:
    given = {"PYTHONPATH": "theirs", "PYTEST_CURRENT_TEST": "x", "HOME": "h"}
    assert _environment(given, ["a", "b"]) == {"PYTHONPATH": os.pathsep.join(["a", "b", "theirs"]), "HOME": "h"}
    assert _environment({}, ["a"]) == {"PYTHONPATH": "a"}
