"""A section of a report: a title, a table and notes, for whatever prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self


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

    def without_empty_columns(self) -> Self:
        """The same without the columns in which no row has anything."""
        filled = [at for at in range(len(self.columns)) if any(row[at] not in {"", None} for row in self.rows)]
        return replace(
            self,
            columns=[self.columns[at] for at in filled],
            rows=[tuple(row[at] for at in filled) for row in self.rows],
            left=sum(at < self.left for at in filled),
        )
