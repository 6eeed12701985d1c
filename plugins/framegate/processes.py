"""Processes that are started together with what ends them."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import AnyStr

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Those that ask a process to end."""
_UNDER_WAY: set[subprocess.Popen[str]] = set()


def child_environment(**settings: str) -> dict[str, str]:
    """The environment in which a Python finds this copy of Framegate, and warns of nothing.

    Args:
        settings: variables of the child's own.
    """
    # What npm brings is fetched before anything is installed, so this module needs the standard library alone.
    from framegate.paths import PACKAGE

    path = filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH")))
    return os.environ | {"PYTHONPATH": os.pathsep.join(path), "PYTHONWARNINGS": "ignore"} | settings


def module_command(*words: str) -> list[str]:
    """A command that has this Python run a module, and take none from the folder in which it runs.

    Args:
        words: the module's name, and what it is told.
    """
    return [sys.executable, "-P", "-m", *words]


def end_in_order() -> None:
    """Have SIGTERM and SIGHUP end a command as Ctrl-C does: with its processes, work trees and folders gone."""

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


def completed(
    command: Sequence[str], timeout_s: float, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A program that has run to its end without an input, as ``subprocess.run`` has it, and what it said.

    It ends with this process too, where that happens meanwhile: a thread that waits for it is not waited for.

    Args:
        command: the program, and what it is told.
        timeout_s: seconds after which it is killed.
        cwd: the folder in which it runs; None is that of this process.
        env: its environment; None is that of this process.

    Raises:
        subprocess.TimeoutExpired: it was killed.
    """
    with subprocess.Popen(  # noqa: S603 # the callers' own commands, without a shell
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        _UNDER_WAY.add(process)
        try:
            output, errors = process.communicate(timeout=timeout_s)
        except BaseException:
            process.kill()
            raise
        finally:
            _UNDER_WAY.discard(process)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


@atexit.register
def _end_those_under_way() -> None:
    for process in tuple(_UNDER_WAY):
        process.kill()


@contextmanager
def running(
    start: Callable[[], subprocess.Popen[AnyStr]], end: Callable[[subprocess.Popen[AnyStr]], object]
) -> Iterator[subprocess.Popen[AnyStr]]:
    """A process that has ended when the block ends, however it ends, Ctrl-C in the very moment of its start included.

    Args:
        start: function that starts it.
        end: function that ends it, and does nothing if it has ended.
    """
    with ExitStack() as opened:
        with _signals_wait():
            process = start()
            opened.callback(end, process)
        yield process


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Signals that this process has a Python handler for reach it at the end of the block, in the main thread."""
    arrived: list[int] = []

    def keep(number: int, _: FrameType | None) -> None:
        arrived.append(number)

    is_main = threading.current_thread() is threading.main_thread()
    handlers = {number: handler for number in SIGNALS if is_main and callable(handler := signal.getsignal(number))}
    for number in handlers:
        signal.signal(number, keep)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in arrived:
            signal.raise_signal(number)
