"""Where the time goes: one row a cell, one column a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from framegate.report.table import render_table


@dataclass(frozen=True)
class StageRow:
    """The stage samples of one cell: name -> seconds, one sample a round in every list."""

    cell: str
    stages_s: Mapping[str, Sequence[float]]

    @property
    def total_s(self) -> float:
        """Median over the rounds of the sum of the stages, in seconds."""
        return median(map(sum, zip(*self.stages_s.values(), strict=True)))


def stage_table(title: str, rows: Sequence[StageRow], rate: str | None = None) -> str:
    """Median milliseconds a stage, with each stage's share of the sum.

    Args:
        title: stands above the table.
        rows: cells that have the same stages.
        rate: heading of a last column that says how often a second the whole fits, e.g. ``frames/s``.
    """
    names = list(rows[0].stages_s)
    columns = ["", "total ms", *names] + ([rate] if rate else [])
    lines = []
    for row in rows:
        total = row.total_s
        cells = [row.cell, milliseconds(total)]
        for name in names:
            part = median(row.stages_s[name])
            cells.append(f"{milliseconds(part)} {100 * part / total:3.0f}%")
        lines.append(cells + ([f"{1 / total:.1f}"] if rate else []))
    return render_table(title, columns, lines)


def milliseconds(seconds: float) -> str:
    """Three significant digits or more, in milliseconds: ``212``, ``21.2``, ``2.12``, ``0.021``."""
    value = 1000 * seconds
    return (
        f"{value:.0f}"
        if value >= 100
        else f"{value:.1f}"
        if value >= 10
        else f"{value:.2f}"
        if value >= 1
        else f"{value:.3f}"
    )
