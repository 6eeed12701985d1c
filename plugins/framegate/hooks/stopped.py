"""SIGTERM and SIGHUP end a run as Ctrl-C does: with its summary and the results so far, and nothing left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from framegate.hooks.gate import OPTIONS
from framegate.hooks.own import is_ours

TWIN_S = 1.0
"""Seconds within which a second signal is the first one's twin; a later one ends the process at once."""
SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Take care of the signals while tests of this plugin run, or the gate does."""
    ours = OPTIONS in session.config.stash or any(is_ours(item) for item in session.items)
    if not ours:
        return (yield)
    from framegate.gate.worker import PLUGIN as GATE_WORKER

    # The gate ends its workers itself, and they have nothing to keep.
    if session.config.pluginmanager.hasplugin(GATE_WORKER):
        return (yield)
    with _in_order(session):
        return (yield)


@contextmanager
def _in_order(session: pytest.Session) -> Iterator[None]:
    def stop(number: int, _: object) -> None:
        stopped_s = time.monotonic()

        def stop_at_once(number: int, _: object) -> None:
            # `timeout` signals the process and then its group, so one wish to stop comes as two signals.
            if time.monotonic() - stopped_s > TWIN_S:
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)

        signal.signal(number, stop_at_once)
        reason = f"stopped by {signal.Signals(number).name}"
        session.shouldstop = reason  # where code under test takes the exception below for one of its own
        pytest.exit(reason)

    is_main = threading.current_thread() is threading.main_thread()
    # One that is ignored (nohup), or that someone else takes care of, stays so.
    caught = [number for number in SIGNALS if is_main and signal.getsignal(number) is signal.SIG_DFL]
    for number in caught:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in caught:
            if signal.getsignal(number) is stop:  # else the twin of one that came may be on its way
                signal.signal(number, signal.SIG_DFL)
