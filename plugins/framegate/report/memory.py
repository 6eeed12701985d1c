"""How much memory each model takes in each runtime."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from framegate.report.table import render_table

UNKNOWN = "not known"


@dataclass(frozen=True)
class MemoryRow:
    """What the process of a cell held.

    Attributes:
        subject: model, size and runtime.
        peak_bytes: the most, while the model was loaded and run; None where the system does not say.
        steady_bytes: after the rounds.
    """

    subject: tuple[str, str, str]
    peak_bytes: int | None
    steady_bytes: int | None


def memory_table(rows: Sequence[MemoryRow]) -> str:
    """The most of all cells of a model, size and runtime, in megabytes: one row for each such three."""
    subjects = dict.fromkeys(row.subject for row in rows)
    title = "memory: what the process held (MB, its libraries included)"
    return render_table(
        title,
        ["model", "size", "runtime", "at most", "after the rounds"],
        [
            [
                *subject,
                _most(row.peak_bytes for row in rows if row.subject == subject),
                _most(row.steady_bytes for row in rows if row.subject == subject),
            ]
            for subject in subjects
        ],
        left=3,
    )


def _most(sizes: Iterable[int | None]) -> str:
    known = [size for size in sizes if size is not None]
    return f"{max(known) / 1e6:.0f}" if known else UNKNOWN
