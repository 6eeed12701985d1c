"""Messages of gate and workers, as lines."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from framegate.gate.worker.channel import LOST, Channel
from framegate.gate.worker.messages import (
    Benchmark,
    Block,
    Collect,
    Collection,
    Finished,
    Hello,
    LetGo,
    Measure,
    Message,
    Outcome,
    Ready,
    RunAll,
    Stored,
    Timings,
    decode,
    encode,
)

MESSAGES = [
    Hello("key", 1),
    Collect(),
    RunAll(),
    Measure(["a", "b"]),
    Block(5, 1),
    Block(5, 2, 0.01, "draw"),
    LetGo(),
    Collection(
        [Benchmark("it[1]", "it", {"x": "1"}, "/it.py")], ["/a"], ["/b"], "/", "/ini", {"gate_floor": []}, ["x"]
    ),
    Ready("it\n", 0.1, repeats=False, marker={"floor": 0.1}),
    Timings(1e-3, [0.1, 0.2], {"draw": [0.05, 0.06]}),
    Stored({"memory": {"peak_bytes": None}}),
    Outcome("failed", "why: ä\nb", "it"),
    Finished(5, ["/a.py"], 1.5),
]
Ends = tuple[Channel, Channel]


@pytest.fixture
def ends() -> Iterator[Ends]:
    here, there = (Channel(end) for end in socket.socketpair())
    yield here, there
    here.close()
    there.close()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_a_line_and_the_same_again(message: Message) -> None:
    line = encode(message)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == message


def test_every_kind_is_tried() -> None:
    assert {type(message) for message in MESSAGES} == set(Message.__subclasses__())


def test_what_json_does_not_know_is_text() -> None:
    assert decode(encode(Stored({"folder": Path("a")}))) == Stored({"folder": "a"})


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"3", b"\xff", b'["Hello"]', b'["Hello", {}]', b'["No", {}]', b'["Hello", 3]', b"[" * 4000],
)
def test_what_is_no_message(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # whatever its text
        decode(line)


def test_messages_come_in_order_and_in_pieces(ends: Ends) -> None:
    here, there = ends
    for message in MESSAGES:
        there.send(message)
    assert [here.receive() for _ in MESSAGES] == MESSAGES
    here._connection.sendall(encode(Collect())[:4])
    with pytest.raises(TimeoutError):
        there.receive(timeout=0)
    here._connection.sendall(encode(Collect())[4:])
    assert there.receive() == Collect()


def test_a_message_may_be_larger_than_a_socket_takes_at_once(ends: Ends) -> None:
    here, there = ends
    there._connection.settimeout(0)
    line, sent = encode(Stored({"text": "x" * 300_000})), 0
    while sent < len(line):
        try:
            sent += there._connection.send(line[sent:])
        except BlockingIOError:
            with pytest.raises(TimeoutError):
                here.receive(timeout=0)
    assert here.receive() == Stored({"text": "x" * 300_000})


def test_a_longer_message_than_is_taken(ends: Ends) -> None:
    here, there = ends
    there._connection.sendall(b"x" * 101)
    with pytest.raises(ValueError, match="more than 100 bytes"):
        here.receive(most=100)


def test_a_connection_that_has_ended(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = ends
    there.close()
    with pytest.raises(EOFError):
        here.receive()

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr("framegate.gate.worker.channel.os._exit", leave)
    with pytest.raises(SystemExit) as left:
        here.order()
    assert left.value.code == LOST
