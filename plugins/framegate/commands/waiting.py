"""What a command does that takes long, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from framegate.work import watching

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def shown_work() -> Iterator[None]:
    """Show on standard error, if that is a terminal, what long work of the block is under way, and for how long."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress, watching(_Lines(progress)):
        yield


class _Lines:
    """A line for each work that is under way."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lines: list[TaskID] = []

    def begin(self, work: str) -> None:
        self._lines.append(self._progress.add_task(work, total=None))

    def end(self, seconds: float | None) -> None:
        del seconds
        self._progress.remove_task(self._lines.pop())
