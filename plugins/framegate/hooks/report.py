"""Keep the samples of each stage with the stored result, and show at the end where the time went."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from framegate.hooks.describe import FrameInfo
from framegate.hooks.outcome import UNAVAILABLE
from framegate.hooks.ways import keep_way
from framegate.measure.stages import StageTimer
from framegate.report.stages import StageRow, stage_tables

STAGE_ROWS = pytest.StashKey[dict[str, list[StageRow]]]()
"""Rows of the summary by the test function they come from."""

NOTES = pytest.StashKey[dict[str, None]]()

RATES = {"test_frame": "frames/s"}


class _Remarks(logging.Handler):
    """Shows what Framegate's own code warns of, wherever it does, at the end of the run."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(logging.WARNING)
        self._config = config

    def emit(self, record: logging.LogRecord) -> None:
        note(self._config, record.getMessage())


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the package's logger until the end of the run."""
    remarks = _Remarks(config)
    logger = logging.getLogger("framegate")
    logger.addHandler(remarks)
    config.add_cleanup(lambda: logger.removeHandler(remarks))


def note(config: pytest.Config, line: str) -> None:
    """Have a line shown at the end of the run, once, however many cells ask for it."""
    config.stash.setdefault(NOTES, {})[line] = None


@pytest.fixture
def keep_stages(request: pytest.FixtureRequest, benchmark: Any) -> Callable[..., StageRow | None]:
    """Puts a timer's samples of the benchmark's rounds into ``extra_info["stages_s"]``: name -> list of seconds.

    Nothing is stored with timing off, when there are no rounds, nor with ``--benchmark-cprofile``, which calls the
    function under a profiler after the rounds.
    """

    def keep(timer: StageTimer, calls_after: int = 1) -> StageRow | None:
        if benchmark.stats is None or request.config.getoption("benchmark_cprofile"):
            return None
        samples = timer.rounds(benchmark.stats.stats.rounds * benchmark.stats.iterations, calls_after)
        benchmark.extra_info["stages_s"] = samples
        return StageRow.of(request.node.callspec.id, samples)

    return keep


@pytest.fixture
def store_stages(
    request: pytest.FixtureRequest, keep_stages: Callable[..., StageRow | None], frame_info: FrameInfo
) -> Callable[..., None]:
    """Keeps a timer's samples, and shows them in the tables at the end of the run."""

    def store(timer: StageTimer, calls_after: int = 1) -> None:
        row = keep_stages(timer, calls_after)
        if row is not None:
            tables = request.config.stash.setdefault(STAGE_ROWS, {})
            tables.setdefault(request.node.originalname, []).append(row)
            keep_way(request.config, frame_info, row)

    return store


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After pytest-benchmark's tables: median milliseconds a stage, and which cells did not run and why."""
    for suite, rows in config.stash.get(STAGE_ROWS, {}).items():
        title = f"{suite}: where the time goes (median ms)"
        for table in stage_tables(title, rows, RATES.get(suite)):
            for line in ["", *table.splitlines()]:
                terminalreporter.write_line(line)
    for line in config.stash.get(NOTES, {}):
        terminalreporter.write_line("")
        terminalreporter.write_line(line)
    reasons = Counter(
        getattr(report, UNAVAILABLE)
        for report in terminalreporter.stats.get("skipped", ())
        if hasattr(report, UNAVAILABLE)
    )
    if reasons:
        terminalreporter.write_line("")
        terminalreporter.write_line("Not run:")
        for reason, count in reasons.items():
            terminalreporter.write_line(f"  {count} cell{'s' if count > 1 else ''}: {reason}")
        terminalreporter.write_line("  (--frame-require NAME makes a missing backend an error)")
    if reasons or STAGE_ROWS in config.stash or NOTES in config.stash:
        terminalreporter.write_line("")
