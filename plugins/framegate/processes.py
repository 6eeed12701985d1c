"""Processes that are started together with what ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import AnyStr

from framegate.paths import PACKAGE

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Those that ask a process to end."""


def child_environment(**settings: str) -> dict[str, str]:
    """The environment in which a Python finds this copy of Framegate, and warns of nothing.

    Args:
        settings: variables of the child's own.
    """
    path = filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH")))
    return os.environ | {"PYTHONPATH": os.pathsep.join(path), "PYTHONWARNINGS": "ignore"} | settings


def end_in_order() -> None:
    """Have SIGTERM and SIGHUP end a command as Ctrl-C does: with its processes, work trees and folders gone."""

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


@contextmanager
def running(
    start: Callable[[], subprocess.Popen[AnyStr]], end: Callable[[subprocess.Popen[AnyStr]], object]
) -> Iterator[subprocess.Popen[AnyStr]]:
    """A process that has ended when the block ends, however it ends, Ctrl-C in the very moment of its start included.

    Args:
        start: starts it.
        end: ends it, and does nothing if it has ended.
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
