"""A section of a report: a title, a table and notes, for whatever prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One table of a report.

    Attributes:
        title: line above the table; none where there are notes only.
        columns: headings; none where there is no table.
        rows: one text or number for each column.
        left: count of the columns, from the first, that are aligned to the left; the others are numbers.
        notes: lines below the table.
    """

    title: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    left: int = 1
    notes: Sequence[str] = ()
