"""What a run of tests is doing, and how long it will take, as one line of a terminal."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from statistics import fmean
from typing import Any

from framegate.work import watching

TICK_S = 1.0


class Board:
    """What a run is at, in words.

    Args:
        names: node ids of the tests, in their order.
        past: node id -> its seconds in an earlier run.
        past_work: work -> its seconds in an earlier run.
        clock: a function that returns seconds.
        left_s: function that says how many seconds the run still takes, where somebody knows better.
    """

    def __init__(
        self,
        names: list[str],
        past: Mapping[str, float],
        past_work: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
        left_s: Callable[[], float] | None = None,
    ) -> None:
        self.seconds: dict[str, float] = {}
        self.work_seconds: dict[str, float] = {}
        self._names, self._past, self._past_work, self._clock = names, past, past_work, clock
        self._left_s = left_s
        self._test: tuple[str, float] | None = None
        self._work: list[tuple[str, float]] = []

    def start(self, name: str) -> None:
        """A test begins."""
        self._test = (name, self._clock())

    def stop(self) -> None:
        """It has ended."""
        if self._test is not None:
            name, started_s = self._test
            self.seconds[name] = self._clock() - started_s
            self._test = None

    def begin(self, work: str) -> None:
        """Work begins, perhaps within other work."""
        self._work.append((work, self._clock()))

    def end(self, seconds: float | None) -> None:
        """The latest work has ended."""
        work, _ = self._work.pop()
        if seconds is not None:
            self.work_seconds[work] = seconds

    @property
    def left_s(self) -> float | None:
        """Seconds until the run is over; None before anything is known."""
        if self._left_s is not None:
            return self._left_s()
        rest = [name for name in self._names if name not in self.seconds]
        known = {**self._past, **self.seconds}
        if not rest or not known:
            return None if rest else 0.0
        by_suite: dict[str, list[float]] = {}
        for name, seconds in known.items():
            by_suite.setdefault(_suite(name), []).append(seconds)
        typical_s = fmean(known.values())
        guess_s = {suite: fmean(seconds) for suite, seconds in by_suite.items()}
        total_s = sum(known.get(name, guess_s.get(_suite(name), typical_s)) for name in rest)
        gone_s = self._clock() - self._test[1] if self._test else 0.0
        return max(0.0, total_s - gone_s)

    def text(self, columns: int) -> str:
        """One line of at most so many columns: ``[12/67, 3 min left] converting net for litert, 5 s of about 41 s``."""
        if self._test is None:
            return self._work_text()[:columns]
        left_s = self.left_s
        left = "" if left_s is None else f", {_duration(left_s)} left"
        head = f"[{len(self.seconds) + 1}/{len(self._names)}{left}] "
        return (head + (self._work_text() or self._test[0].rpartition("::")[2]))[:columns]

    def _work_text(self) -> str:
        if not self._work:
            return ""
        work, started_s = self._work[-1]
        past_s = self._past_work.get(work)
        about = "" if past_s is None else f" of about {_duration(past_s)}"
        return f"{work}, {_duration(self._clock() - started_s)}{about}"


def _suite(name: str) -> str:
    return name.partition("[")[0]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


class StatusLine:
    """The line of the terminal below the one that pytest writes on.

    pytest captures what a test prints, and with it what its own reporter would write meanwhile: this is a way to the
    terminal of its own. The cursor goes back to where pytest left it.

    Args:
        file: number of the terminal's file, which the line closes.
        column: function that says how far pytest has written on its line.
    """

    def __init__(self, file: int, column: Callable[[], int]) -> None:
        self._file, self._column = file, column
        self._lock = threading.Lock()
        self._is_shown = False

    @property
    def columns(self) -> int:
        """How many there are."""
        with suppress(OSError):
            if columns := os.get_terminal_size(self._file).columns:
                return columns
        return shutil.get_terminal_size().columns

    def show(self, text: str) -> None:
        """Have the line say that; nothing takes it away."""
        with self._lock:
            if text:
                self._write(f"\n\x1b[2K{text}\x1b[1A{self._home()}")
            elif self._is_shown:
                self._write("\x1b[J")
            self._is_shown = bool(text)

    def close(self) -> None:
        """Take it away."""
        self.show("")
        os.close(self._file)

    def _home(self) -> str:
        return f"\x1b[{self._column() % self.columns + 1}G"

    def _write(self, text: str) -> None:
        with suppress(OSError):
            os.write(self._file, text.encode("utf-8", "replace"))


class WorkLine:
    """Says on the line what work is under way, when it begins and ends.

    In between nothing is drawn unless seconds are to be counted: other processes may measure meanwhile.

    Args:
        line: the line.
        counts: whether to count the seconds of work, by a thread of its own.
        clock: a function that returns seconds.
    """

    def __init__(self, line: StatusLine, *, counts: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._line, self._counts, self._clock = line, counts, clock
        self._work: list[tuple[str, float]] = []
        self._ended = threading.Event()

    def begin(self, work: str) -> None:
        """Work begins, perhaps within other work."""
        self._work.append((work, self._clock()))
        if self._counts and len(self._work) == 1:
            self._ended = threading.Event()
            threading.Thread(target=self._tick, args=(self._ended,), name="progress", daemon=True).start()
        self.draw()

    def end(self, seconds: float | None) -> None:
        """The latest work has ended."""
        del seconds
        self._work.pop()
        if not self._work:
            self._ended.set()
        self.draw()

    def draw(self) -> None:
        """Show the latest work that has not ended."""
        text = ""
        for work, began_s in self._work[-1:]:
            text = f"{work}, {_duration(self._clock() - began_s)}" if self._counts else work
        self._line.show(text[: self._line.columns - 1])

    def clear(self) -> None:
        """Make way for what somebody else writes."""
        self._line.show("")

    def _tick(self, ended: threading.Event) -> None:
        while not ended.wait(TICK_S):
            self.draw()


@contextmanager
def work_shown(stream: Any, column: Callable[[], int] = lambda: 0, *, counts: bool) -> Iterator[Callable[[], None]]:
    """Show the work of the block on a line of a terminal; on what is none, and in CI, nothing is shown.

    Args:
        stream: what is written on besides; None where nothing is to be shown.
        column: function that says how far its last line has been written.
        counts: whether to count the seconds of work.

    Returns:
        What makes way for lines that are written on the stream.
    """
    file = terminal_of(stream)
    if file is None:
        yield lambda: None
        return
    line = StatusLine(os.dup(file), column)
    shown = WorkLine(line, counts=counts)
    try:
        with watching(shown):
            yield shown.clear
    finally:
        line.close()


def terminal_of(stream: Any) -> int | None:
    """The number of a stream's file, if that is a terminal that may be drawn on."""
    is_dumb = os.environ.get("TERM", "dumb") == "dumb" or any(os.environ.get(name) for name in ("CI", "BUILD_NUMBER"))
    try:
        file: int = stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return file if os.isatty(file) and not is_dumb else None


class LineKeeper:
    """Keeps the line up to date: at each step of a test, and each second while work is under way."""

    def __init__(self, board: Board, line: StatusLine) -> None:
        self._board, self._line = board, line
        self._ticks = threading.Event()
        self._depth = 0

    def begin(self, work: str) -> None:
        """Work begins: count its seconds. Nothing is measured meanwhile, so a thread may do it."""
        self._board.begin(work)
        self._depth += 1
        if self._depth == 1:
            self._ticks = threading.Event()
            threading.Thread(target=self._tick, args=(self._ticks,), name="progress", daemon=True).start()
        self.draw()

    def end(self, seconds: float | None) -> None:
        """It has ended."""
        self._board.end(seconds)
        self._depth -= 1
        if not self._depth:
            self._ticks.set()
        self.draw()

    def draw(self) -> None:
        """Show what the board says."""
        self._line.show(self._board.text(self._line.columns - 1))

    def start(self, name: str) -> None:
        """A test begins."""
        self._board.start(name)
        self.draw()

    def clear(self) -> None:
        """Make way for what pytest writes."""
        self._line.show("")

    def stop(self) -> None:
        """A test has ended."""
        self._board.stop()

    def _tick(self, ended: threading.Event) -> None:
        while not ended.wait(TICK_S):
            self.draw()
