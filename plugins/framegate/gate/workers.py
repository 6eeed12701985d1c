"""Fresh pytest processes, each at the end of a connection, and none of them left when the block ends."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any, Protocol

from framegate.errors import ComparisonError
from framegate.leftovers import temporary_folder

CHANNEL = "FRAMEGATE_GATE_CHANNEL"
START_S = 120.0
END_S = 10.0
_TAIL_LINES, _ERROR_LINES = 15, 3
_ERRORS = ("ERROR", "E  ")


@dataclass(frozen=True)
class Side:
    """What a worker runs.

    Attributes:
        label: what it is called in messages.
        python: the interpreter.
        folder: the worker's working directory.
        arguments: pytest's.
        paths: folders in which modules are looked for first.
    """

    label: str
    python: str
    folder: Path
    arguments: tuple[str, ...]
    paths: tuple[str, ...] = ()


class CopyPlugin(Protocol):
    """Writes the worker's plugin into a folder and returns the name of its module."""

    def __call__(self, folder: Path) -> str:
        """Write it."""
        ...


class Worker:
    """A running worker.

    Args:
        side: what it runs.
        process: the process.
        connection: to its plugin.
        log: what it has printed.
    """

    def __init__(self, side: Side, process: subprocess.Popen[bytes], connection: Connection, log: Path) -> None:
        self.side = side
        self._process = process
        self._connection = connection
        self._log = log

    def send(self, **message: Any) -> None:
        """Send one object.

        Raises:
            ComparisonError: the worker has ended.
        """
        try:
            self._connection.send_bytes(json.dumps(message).encode())
        except OSError:
            raise self._ended() from None

    def receive(self) -> dict[str, Any]:
        """Wait for one object.

        Raises:
            ComparisonError: the worker has ended.
        """
        try:
            message: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise self._ended() from None
        return message

    def wait(self) -> int:
        """Wait until it has ended by itself; the exit code of pytest."""
        return self._process.wait()

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
    """What was printed last that says something: pytest's errors, if there are any, else the last lines."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip(" =-_")]
    errors = [line for line in lines if line.startswith(_ERRORS)]
    return " | ".join(errors[-_ERROR_LINES:] or lines[-_TAIL_LINES:]) or "nothing"


@contextmanager
def workers(sides: Sequence[Side], copy_plugin: CopyPlugin) -> Iterator[list[Worker]]:
    """Start a worker for each side; all of them have ended when the block ends, however it ends.

    Raises:
        ComparisonError: one of them does not start.
    """
    with ExitStack() as opened:
        home = opened.enter_context(temporary_folder("gate"))
        module = copy_plugin(home)
        key = secrets.token_bytes(16)
        listener = opened.enter_context(Listener(("127.0.0.1", 0), authkey=key))
        port = listener.address[1]
        logs = [home / f"log-{index}.txt" for index, _ in enumerate(sides)]
        processes = []
        for index, (side, log) in enumerate(zip(sides, logs, strict=True)):
            environment = _environment(os.environ, [str(home), *side.paths]) | {CHANNEL: f"{port}:{key.hex()}:{index}"}
            basetemp = ("--basetemp", str(home / f"temporary-{index}"))
            command = [side.python, *_isolation(), "-m", "pytest", "-p", module, *side.arguments]
            command += ["--benchmark-only", "-p", "no:cacheprovider", *basetemp]
            process = _start(side, command, environment, log)
            opened.callback(end, process)
            processes.append(process)
        connections = _connections(listener, processes, sides, logs)
        for connection in connections:
            opened.callback(connection.close)
        yield [
            Worker(side, process, connection, log)
            for side, process, connection, log in zip(sides, processes, connections, logs, strict=True)
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


def _connections(
    listener: Listener, processes: Sequence[subprocess.Popen[bytes]], sides: Sequence[Side], logs: Sequence[Path]
) -> list[Connection]:
    found: dict[int, Connection] = {}
    # A listener has no deadline of its own, and a worker that ends before it connects would leave it waiting.
    listener._listener._socket.settimeout(0.2)  # type: ignore[attr-defined]  # noqa: SLF001
    until = time.monotonic() + START_S
    while len(found) < len(processes):
        try:
            connection = listener.accept()
        except TimeoutError:
            for side, process, log in zip(sides, processes, logs, strict=True):
                if process.poll() is not None:
                    raise ComparisonError(
                        f"the worker for {side.label} ended with code {process.returncode} before it began; it said"
                        f" last: {tail(log)}"
                    ) from None
            if time.monotonic() > until:
                said = tail(logs[-1])
                raise ComparisonError(f"a worker did not start within {START_S:.0f} s; it said: {said}") from None
            continue
        found[int(json.loads(connection.recv_bytes())["side"])] = connection
    return [found[index] for index, _ in enumerate(processes)]


def _environment(given: Mapping[str, str], paths: Sequence[str]) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if name not in {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"}}
    before = kept.get("PYTHONPATH")
    kept["PYTHONPATH"] = os.pathsep.join([*paths, *([before] if before else [])])
    return kept


def _isolation() -> list[str]:
    """``python -m pytest`` looks into the current folder, and ``pytest`` does not: the same as here."""
    return [] if "" in sys.path or str(Path.cwd()) in sys.path else ["-P"]
