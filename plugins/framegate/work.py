"""Work that takes long, announced while it is under way, for whoever shows it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class WorkWatcher(Protocol):
    """Somebody who wants to know of it."""

    def begin(self, work: str) -> None:
        """Work has begun, perhaps as a part of other work."""
        ...

    def end(self, seconds: float | None) -> None:
        """The latest work that has not ended is over; None where it failed."""
        ...


_WATCHERS: list[WorkWatcher] = []


@contextmanager
def watching(watcher: WorkWatcher) -> Iterator[None]:
    """Have a watcher told of all work that is begun in the block."""
    _WATCHERS.append(watcher)
    try:
        yield
    finally:
        _WATCHERS.remove(watcher)


@contextmanager
def long_work(work: str) -> Iterator[None]:
    """Announce the work of the block: ``converting net for onnxruntime``. It costs next to nothing without a watcher.

    What is timed has no such block in it, since a watcher may take time of its own.
    """
    watchers = [*_WATCHERS]
    for watcher in watchers:
        watcher.begin(work)
    started_s = time.monotonic()
    seconds = None
    try:
        yield
        seconds = time.monotonic() - started_s
    finally:
        for watcher in watchers:
            watcher.end(seconds)
