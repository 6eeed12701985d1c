"""Fresh pytest processes, each at the end of a connection, all of which have ended when the block ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar, overload

from framegate.errors import ComparisonError
from framegate.gate import options, worker
from framegate.gate.door import Door
from framegate.gate.worker.channel import CHANNEL, OFF_VARIABLE, Channel
from framegate.gate.worker.messages import Message
from framegate.leftovers import temporary_folder
from framegate.processes import running

_PACKAGE = Path(worker.__file__).parent
"""The workers' plugin."""
START_S = 120.0
END_S = 10.0
LOOK_S = 1.0
"""How often a worker that says nothing is looked after."""
_TAIL_LINES, _ERROR_LINES = 15, 3
_ERRORS = ("ERROR", "E  ")


@dataclass(frozen=True)
class Side:
    """What a worker runs.

    Attributes:
        label: name of the side in messages.
        python: the interpreter.
        folder: the worker's working directory.
        arguments: arguments of pytest.
        paths: folders in which modules are looked for first.
    """

    label: str
    python: str
    folder: Path
    arguments: tuple[str, ...]
    paths: tuple[str, ...] = ()


A = TypeVar("A", bound=Message)
B = TypeVar("B", bound=Message)
C = TypeVar("C", bound=Message)


class Worker:
    """A running worker.

    Args:
        side: the side that it runs.
        process: the process.
        channel: the connection to its plugin.
        log: the file with what it has printed.
    """

    def __init__(self, side: Side, process: subprocess.Popen[bytes], channel: Channel, log: Path) -> None:
        self.side = side
        self._process = process
        self._channel = channel
        self._log = log

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            ComparisonError: the worker has ended.
        """
        try:
            self._channel.send(message)
        except OSError:
            raise self._ended() from None

    @overload
    def receive(self, kind: type[A], /) -> A: ...
    @overload
    def receive(self, kind: type[A], second: type[B], /) -> A | B: ...
    @overload
    def receive(self, kind: type[A], second: type[B], third: type[C], /) -> A | B | C: ...

    def receive(self, *kinds: type[Message]) -> Message:
        """Wait for a message of these kinds; those of others are passed over.

        Raises:
            ComparisonError: the worker has ended.
        """
        while True:
            message = self._receive()
            if isinstance(message, kinds):
                return message

    def _receive(self) -> Message:
        while True:
            # Its end closes the connection only if no child that it has forked holds it as well.
            has_ended = self._process.poll() is not None
            try:
                return self._channel.receive(timeout=0 if has_ended else LOOK_S)
            except TimeoutError:
                if has_ended:
                    raise self._ended() from None
            except (EOFError, OSError):
                raise self._ended() from None
            check_not_stopped(self.side, self._process)

    def wait(self) -> int:
        """Wait for its end, and return pytest's exit code.

        Raises:
            ComparisonError: it was stopped, and would never end.
        """
        while True:
            try:
                return self._process.wait(LOOK_S)
            except subprocess.TimeoutExpired:
                check_not_stopped(self.side, self._process)

    def said(self) -> str:
        """The last lines that it has printed."""
        return tail(self._log)

    def _ended(self) -> ComparisonError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_S)
        return ComparisonError(
            f"the worker for {self.side.label} ended with code {self._process.poll()}; it said last: {self.said()}"
        )


def tail(log: Path) -> str:
    """The part of the output that explains the end: pytest's errors, if there are any, or else the last lines."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip(" =-_")]
    errors = [line for line in lines if line.startswith(_ERRORS)]
    return " | ".join(errors[-_ERROR_LINES:] or lines[-_TAIL_LINES:]) or "nothing"


@contextmanager
def workers(sides: Sequence[Side], package: Path = _PACKAGE) -> Iterator[list[Worker]]:
    """Start a worker for each side; all of them have ended when the block ends, however it ends.

    Args:
        sides: the sides that they run.
        package: the package with the workers' plugin, of which they get a copy.

    Raises:
        ComparisonError: one of them does not start.
    """
    with ExitStack() as opened:
        home = opened.enter_context(temporary_folder("gate"))
        shutil.copytree(package, home / worker.NAME, ignore=shutil.ignore_patterns("__pycache__"))
        door = opened.enter_context(Door())
        logs = [home / f"log-{index}.txt" for index, _ in enumerate(sides)]
        processes = []
        for index, (side, log) in enumerate(zip(sides, logs, strict=True)):
            environment = _environment(os.environ, [str(home), *side.paths])
            environment |= {CHANNEL: f"{door.address}:{index}", OFF_VARIABLE: json.dumps(dict(options.SWITCHED_OFF))}
            basetemp = ("--basetemp", str(home / f"temporary-{index}"))
            command = [side.python, *_isolation(), "-m", "pytest", "-p", worker.PLUGIN, *side.arguments]
            command += ["--benchmark-only", "-p", "no:cacheprovider", *basetemp]
            start = partial(_start, side, command, environment, log)
            processes.append(opened.enter_context(running(start, end)))
        channels = _channels(door, processes, sides, logs)
        yield [
            Worker(side, process, channel, log)
            for side, process, channel, log in zip(sides, processes, channels, logs, strict=True)
        ]


def _start(side: Side, command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    try:
        with log.open("wb") as output:
            return subprocess.Popen(  # noqa: S603 # pytest, with the user's own arguments
                command,
                cwd=side.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise ComparisonError(f"a worker for {side.label} cannot be started by {side.python}: {error}") from error


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it has started, by force if it does not obey."""
    if process.poll() is not None:
        # It may have died and left what it had started.
        _signal(process, "SIGKILL")
        return
    _signal(process, "SIGTERM")
    _signal(process, "SIGCONT")  # one that is stopped gets no signal before
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        _signal(process, "SIGKILL")
        process.wait()


def _signal(process: subprocess.Popen[bytes], name: str) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, getattr(signal, name))


def check_not_stopped(side: Side, process: subprocess.Popen[bytes]) -> None:
    """Check that a process has not stopped itself (SIGSTOP, or reading from a terminal), for nobody would wake it.

    Raises:
        ComparisonError: it has.
    """
    if not hasattr(os, "waitid"):
        return
    try:
        state = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:  # it has ended
        return
    if state is not None:
        name = signal.Signals(state.si_status).name
        raise ComparisonError(f"the worker for {side.label} was stopped by {name}, and would wait for ever")


def _channels(
    door: Door, processes: Sequence[subprocess.Popen[bytes]], sides: Sequence[Side], logs: Sequence[Path]
) -> list[Channel]:
    channels: dict[int, Channel] = {}
    until = time.monotonic() + START_S
    while len(channels) < len(processes):
        # Before the door, as one that has ended may have come to it.
        codes = [process.poll() for process in processes]
        arrived = door.next()
        if arrived is not None:
            channels[arrived[0]] = arrived[1]
            continue
        for side, process, code, log in zip(sides, processes, codes, logs, strict=True):
            if code is not None:
                raise ComparisonError(
                    f"the worker for {side.label} ended with code {code} before it began; it said last: {tail(log)}"
                )
            check_not_stopped(side, process)
        if time.monotonic() > until:
            raise ComparisonError(f"a worker did not start within {START_S:.0f} s; it said: {tail(logs[-1])}")
    return [channels[index] for index, _ in enumerate(processes)]


def _environment(inherited: Mapping[str, str], paths: Sequence[str]) -> dict[str, str]:
    dropped = {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"}
    kept = {name: value for name, value in inherited.items() if name not in dropped}
    before = kept.get("PYTHONPATH")
    kept["PYTHONPATH"] = os.pathsep.join([*paths, *([before] if before else [])])
    return kept


def _isolation() -> list[str]:
    """``python -m pytest`` looks into the current folder, and ``pytest`` does not: the same as here."""
    return [] if "" in sys.path or str(Path.cwd()) in sys.path else ["-P"]
