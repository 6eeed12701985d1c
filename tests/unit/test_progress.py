"""What a run is at, in one line of a terminal, and the bytes that draw it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from framegate.progress import Board, LineKeeper, StatusLine, WorkLine, work_shown
from framegate.work import long_work, watching


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


NAMES = ["s/test_a.py::test_a[x]", "s/test_a.py::test_a[y]", "s/test_b.py::test_b"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_before_anything_is_known_there_is_no_estimate(clock: Clock) -> None:
    board = Board(NAMES, {}, {}, clock)
    assert board.text(80) == ""
    board.start(NAMES[0])
    assert board.left_s is None
    assert board.text(80) == "[1/3] test_a[x]"
    assert board.text(8) == "[1/3] te"


def test_a_test_that_ran_says_how_long_its_like_take_and_others_too_for_want_of_better(clock: Clock) -> None:
    board = Board(NAMES, {}, {}, clock)
    board.start(NAMES[0])
    clock.now_s += 10
    board.stop()
    assert board.seconds == {NAMES[0]: 10}
    assert board.left_s == 20
    board.start(NAMES[1])
    clock.now_s += 4
    assert board.text(80) == "[2/3, 16 s left] test_a[y]"
    clock.now_s += 1000
    assert board.left_s == 0


def test_an_earlier_run_is_known_better(clock: Clock) -> None:
    board = Board(NAMES, {NAMES[0]: 1.0, NAMES[2]: 300.0, "gone": 5.0}, {}, clock)
    board.start(NAMES[0])
    assert board.left_s == 1 + 1 + 300
    assert board.text(80) == "[1/3, 5 min left] test_a[x]"


def test_work_that_is_under_way_stands_in_place_of_the_test_and_what_is_within_it_first(clock: Clock) -> None:
    board = Board(NAMES[:1], {}, {"converting net": 41.2}, clock)
    board.start(NAMES[0])
    board.begin("loading net")
    board.begin("converting net")
    clock.now_s += 5
    assert board.text(80) == "[1/1] converting net, 5 s of about 41 s"
    board.end(7.0)
    assert board.text(80) == "[1/1] loading net, 5 s"
    board.end(None)
    assert board.text(80) == "[1/1] test_a[x]"
    assert board.work_seconds == {"converting net": 7.0}


def test_work_after_the_last_test_stands_alone(clock: Clock) -> None:
    board = Board(NAMES[:1], {}, {}, clock)
    assert board.text(80) == ""
    board.begin("reading 7 stored runs")
    assert board.text(80) == "reading 7 stored runs, 0 s"
    assert board.text(12) == "reading 7 st"


@pytest.fixture
def drawn() -> Iterator[tuple[StatusLine, int]]:
    ours, theirs = os.pipe()
    yield StatusLine(theirs, lambda: 21), ours
    os.close(ours)


def test_the_line_is_written_below_and_the_cursor_goes_back(
    drawn: tuple[StatusLine, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    line, ours = drawn
    monkeypatch.setenv("COLUMNS", "80")
    assert line.columns == 80
    line.show("hello")
    assert os.read(ours, 100) == b"\n\x1b[2Khello\x1b[1A\x1b[22G"
    line.show("")
    line.show("")
    line.close()
    assert os.read(ours, 100) == b"\x1b[J"
    assert os.read(ours, 100) == b""


def test_a_line_that_pytest_has_wrapped_is_returned_to_where_it_is(
    drawn: tuple[StatusLine, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    line, ours = drawn
    monkeypatch.setenv("COLUMNS", "20")
    line.show("x")
    assert os.read(ours, 100).endswith(b"\x1b[2G")
    line.close()


def test_while_work_is_under_way_its_seconds_are_counted_and_afterwards_no_thread_is_left(
    drawn: tuple[StatusLine, int], monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    line, ours = drawn
    monkeypatch.setattr("framegate.progress.TICK_S", 0.001)
    monkeypatch.setenv("COLUMNS", "80")
    board = Board(NAMES, {}, {}, clock)
    progress = LineKeeper(board, line)
    board.start(NAMES[0])
    before = threading.active_count()
    with watching(progress), long_work("converting net"):
        text = os.read(ours, 100).decode()
        clock.now_s += 3
        while "converting net, 3 s" not in text:
            text += os.read(ours, 100).decode()
    os.read(ours, 65536)
    for thread in threading.enumerate():
        if thread.daemon and thread.name.startswith("progress"):
            thread.join(10)
    assert threading.active_count() == before
    line.close()


def test_while_other_processes_measure_work_is_drawn_only_where_it_begins_and_ends(
    drawn: tuple[StatusLine, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    line, ours = drawn
    monkeypatch.setenv("COLUMNS", "80")
    before = threading.active_count()
    with watching(WorkLine(line, counts=False)), long_work("pair 1 of 5"):
        with long_work("building net"):
            assert threading.active_count() == before
        assert os.read(ours, 1000).decode().count("\x1b[2K") == 3  # the pair, the model, and the pair again
    line.close()
    assert os.read(ours, 100) == b"\x1b[J"


def test_work_of_a_command_is_counted(
    drawn: tuple[StatusLine, int], monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    line, ours = drawn
    monkeypatch.setattr("framegate.progress.TICK_S", 0.001)
    monkeypatch.setenv("COLUMNS", "80")
    with watching(WorkLine(line, counts=True, clock=clock)), long_work("building net"):
        text = os.read(ours, 100).decode()
        clock.now_s += 7
        while "building net, 7 s" not in text:
            text += os.read(ours, 100).decode()
    line.close()


def test_what_is_no_terminal_is_shown_nothing() -> None:
    ours, theirs = os.pipe()
    with os.fdopen(theirs, "w") as stream, work_shown(stream, counts=False) as make_way, long_work("building net"):
        make_way()
    with work_shown(None, counts=False) as make_way:
        make_way()
    assert os.read(ours, 100) == b""
    os.close(ours)


def test_nobody_is_told_of_work_after_watching() -> None:
    with watching(LineKeeper(Board([], {}, {}), StatusLine(os.open(os.devnull, os.O_WRONLY), lambda: 0))):
        pass
    with long_work("something"):
        pass


def test_work_that_fails_has_no_seconds(clock: Clock) -> None:
    board = Board(NAMES, {}, {}, clock)
    with pytest.raises(ZeroDivisionError), watching(board), long_work("dividing"):
        raise ZeroDivisionError
    assert board.work_seconds == {}
    with watching(board), long_work("dividing"):
        pass
    assert list(board.work_seconds) == ["dividing"]


def test_who_knows_better_says_how_long_it_takes(clock: Clock) -> None:
    board = Board(NAMES, {}, {}, clock, left_s=lambda: 42.0)
    board.start(NAMES[0])
    assert board.text(80) == "[1/3, 42 s left] test_a[x]"
