"""Cells that take a frame the whole way, of Python and of a page, in one table at the end of the run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from framegate import browser
from framegate.hooks.describe import FrameInfo
from framegate.report.stages import StageRow
from framegate.report.ways import WayRow, ways_summary

WAY_ROWS = pytest.StashKey[list[WayRow]]()


def keep_way(
    config: pytest.Config,
    cell: FrameInfo,
    row: StageRow,
    delivered_fps: float | None = None,
    launch_medians_s: Sequence[float] = (),
) -> None:
    """Remember a cell for the table, if it has a model and comes to a screen."""
    if not (cell["model"] and cell["runtime"] and cell["renderer"]):
        return
    kept = WayRow(
        subject=(cell["model"], cell["size"], cell["preprocess"]),
        runtime=cell["runtime"],
        renderer=cell["renderer"],
        gl=cell["gl"],
        in_page=cell["runtime"] in browser.RUNTIMES,
        is_software=cell["is_software"],
        stages_s=row.stages_s,
        total_s=row.total_s,
        delivered_fps=delivered_fps,
        launch_medians_s=launch_medians_s,
    )
    config.stash.setdefault(WAY_ROWS, []).append(kept)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the table of each model that ran in a page."""
    rows: list[WayRow] = config.stash.get(WAY_ROWS, [])
    for summary in ways_summary(rows):
        for line in ["", *summary.splitlines(), ""]:
            terminalreporter.write_line(line)
