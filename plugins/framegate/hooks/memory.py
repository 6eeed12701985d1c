"""How much memory the process of a benchmark holds: stored with each result, and shown at the end of the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from framegate.gate.worker.memory import forget_peak, peak_bytes, resident_bytes
from framegate.hooks.describe import FrameInfo
from framegate.report.memory import MemoryRow, memory_table

ROWS = pytest.StashKey[list[MemoryRow]]()


@pytest.fixture
def store_memory(pytestconfig: pytest.Config, benchmark: Any, frame_info: FrameInfo) -> Callable[[], None]:
    """Puts the process' memory into ``extra_info["memory"]``; to be called when the rounds are over.

    ``peak_bytes`` is the most since this fixture was set up, so it is asked for before what loads a model;
    ``steady_bytes`` is what is held now. None is what the system does not say. Nothing is stored with timing off.
    """
    forgotten = forget_peak()

    def store() -> None:
        if benchmark.stats is None:
            return
        memory = {"peak_bytes": peak_bytes() if forgotten else None, "steady_bytes": resident_bytes()}
        benchmark.extra_info["memory"] = memory
        if frame_info["runtime"] is not None:
            subject = (str(frame_info["model"]), str(frame_info["size"]), str(frame_info["runtime"]))
            row = MemoryRow(subject, memory["peak_bytes"], memory["steady_bytes"])
            pytestconfig.stash.setdefault(ROWS, []).append(row)

    return store


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the most that the cells of each model and runtime held."""
    rows = config.stash.get(ROWS, [])
    if rows:
        for line in ["", *memory_table(rows).splitlines()]:
            terminalreporter.write_line(line)
