"""Where the time goes: one row a cell, one column a stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from framegate.report.table import render_table


@dataclass(frozen=True)
class StageRow:
    """One cell: the median seconds of each stage, and of their sum."""

    cell: str
    stages_s: Mapping[str, float]
    total_s: float

    @classmethod
    def of(cls, cell: str, samples: Mapping[str, Sequence[float]]) -> StageRow:
        """The row of a cell from its samples in seconds, one list a stage and all of one length."""
        stages = {name: median(seconds) for name, seconds in samples.items()}
        return cls(cell, stages, median(map(sum, zip(*samples.values(), strict=True))))


def stage_tables(title: str, rows: Sequence[StageRow], rate: str | None = None) -> Iterator[str]:
    """Median milliseconds a stage, with each stage's share of the total; a table for each set of stages there is.

    Args:
        title: stands above each table.
        rows: the cells.
        rate: heading of a last column that says how often a second the whole fits, e.g. ``frames/s``.
    """
    stages = dict.fromkeys(tuple(row.stages_s) for row in rows)
    for names in stages:
        columns = ["", "total ms", *names] + ([rate] if rate else [])
        yield render_table(title, columns, [_cells(row, rate) for row in rows if tuple(row.stages_s) == names])


def _cells(row: StageRow, rate: str | None) -> list[str]:
    parts = [f"{milliseconds(part)} {100 * part / row.total_s:3.0f}%" for part in row.stages_s.values()]
    return [row.cell, milliseconds(row.total_s), *parts] + ([f"{1 / row.total_s:.1f}"] if rate else [])


def milliseconds(seconds: float) -> str:
    """Milliseconds to the microsecond, so that the points of a column stand under each other."""
    return f"{1000 * seconds:.3f}"
