"""A line below pytest's own that says what a run is doing, and how long it will take: on a terminal only."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.limit import estimate_of
from framegate.hooks.own import is_ours

if TYPE_CHECKING:
    from framegate.progress import LineKeeper

CELLS, WORK = "framegate/cell-seconds", "framegate/work-seconds"
"""Keys of pytest's cache: seconds that a test, and that work of other kinds, took last."""


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Show the line while tests of Framegate run."""
    with _line_of(session):
        return (yield)


# Outermost, so that the line is there for whatever the others do.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """Show it for what takes long at their end, such as reading stored runs for a report."""
    with _line_of(session):
        return (yield)


@contextmanager
def _line_of(session: pytest.Session) -> Iterator[None]:
    """Show it during a block, if there is a terminal and there are tests of Framegate."""
    config = session.config
    file = _terminal(config)
    if file is None or config.option.collectonly or not any(map(is_ours, getattr(session, "items", ()))):
        yield
        return
    from framegate.progress import Board, LineKeeper, StatusLine
    from framegate.work import watching

    cache: Any = getattr(config, "cache", None)
    past, past_work = ({} if cache is None else cache.get(key, {}) for key in (CELLS, WORK))
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    board = Board([item.nodeid for item in session.items], past, past_work, left_s=estimate_of(config))
    line = StatusLine(os.dup(file), lambda: reporter._tw.width_of_current_line)  # noqa: SLF001 # plugins have no other
    progress = LineKeeper(board, line)
    hooks = _Hooks(progress)
    config.pluginmanager.register(hooks)
    try:
        with watching(progress):
            yield
    finally:
        config.pluginmanager.unregister(hooks)
        line.close()
        if cache is not None:
            cache.set(CELLS, past | board.seconds)
            cache.set(WORK, past_work | board.work_seconds)


def _terminal(config: pytest.Config) -> int | None:
    """The number of the file that pytest's reporter writes to, if that is a terminal which may be drawn on.

    None with ``-q``, but for runs with a limit, for which somebody waits; in CI, where several processes run tests, and
    with ``-s``, where tests write on it too.
    """
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    is_quiet = config.get_verbosity() < 0 and estimate_of(config) is None
    if reporter is None or is_quiet or config.getoption("capture", "fd") == "no":
        return None
    if config.getoption("dist", "no") != "no":
        return None
    from framegate.progress import terminal_of

    return terminal_of(reporter._tw._file)  # noqa: SLF001 # the reporter does not say it otherwise


class _Hooks:
    """Makes way whenever pytest writes; registered while the line is there."""

    def __init__(self, progress: LineKeeper) -> None:
        self._progress = progress

    # First, all of them: the line has to be gone before the reporter writes.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        self._progress.clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._progress.start(item.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self) -> None:
        self._progress.clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        self._progress.draw()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logfinish(self) -> None:
        self._progress.stop()
        self._progress.clear()

    @pytest.hookimpl(tryfirst=True)
    def pytest_enter_pdb(self) -> None:
        self._progress.clear()
