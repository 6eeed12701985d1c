"""Processes that try backends: one per group, and a new one for the rest of a group whose process a backend ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from multiprocessing.connection import Connection, wait
from typing import Any

from framegate.doctor.probes import GROUPS, Diagnosis, Key, findings, probes

PROBE_S = 180.0
"""Seconds after which a backend that has not answered is taken to hang."""

Try = Callable[[Connection, str, Sequence[Key]], None]


def examine(say: Callable[[Key], None] = lambda _: None) -> Iterator[Diagnosis]:
    """Make each runtime, GL context, renderer and browser, and use it once.

    The groups run at the same time. The browser may take the machine's GPU, and says what it took.

    Args:
        say: function that is told what is being waited for.
    """
    with ExitStack() as running:
        groups = [Group(name, list(probes(name, running))) for name in GROUPS]
        for group in groups:
            running.callback(group.end)
        for group in groups:
            yield from group.findings(say)


def try_all(connection: Connection, group: str, keys: Sequence[Key]) -> None:
    """In a child: try some of a group, and send each finding."""
    _hush()
    with closing(connection):
        for finding in findings(group, keys):
            connection.send(finding)


class Group:
    """The probes of a group and the process that runs them.

    Args:
        name: name of the group.
        keys: what to try, in order.
        run: what the process does.
        patience_s: seconds that each of them may take.
    """

    def __init__(self, name: str, keys: Sequence[Key], run: Try = try_all, patience_s: float = PROBE_S) -> None:
        self._name, self._left, self._run, self._patience_s = name, list(keys), run, patience_s
        self._start()

    def findings(self, say: Callable[[Key], None]) -> Iterator[Diagnosis]:
        """A finding for each, in order, whatever becomes of the process."""
        while self._left:
            say(self._left[0])
            finding = self._next()
            del self._left[0]
            yield finding
            if finding.state == CRASHED and self._left:
                self._start()

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _start(self) -> None:
        # A fork would have what the command itself has loaded; what is tried begins with nothing.
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe(duplex=False)
        self._process: Any = context.Process(target=self._run, args=(theirs, self._name, self._left), daemon=False)
        self._process.start()
        theirs.close()

    def _next(self) -> Diagnosis:
        ready = wait([self._connection, self._process.sentinel], self._patience_s)
        if self._connection.poll():
            try:
                finding: Diagnosis = self._connection.recv()
            except EOFError:
                pass
            else:
                return finding
        reason = "it ended the process that tried it" if ready else f"no answer within {self._patience_s:.0f} s"
        self._process.join(1)
        code = self._process.exitcode
        self.end()
        return Diagnosis(*self._left[0], CRASHED, f"{reason}{'' if code is None else f', {_ending(code)}'}")


CRASHED = "crashed"


def _ending(code: int) -> str:
    return f"by signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"with code {code}"


def _hush() -> None:
    """Keep what libraries print out of the table."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
