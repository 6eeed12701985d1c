"""Tables and sections as plain text, for a terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framegate.report.section import Section

WIDER_THAN_ANY_TERMINAL = 10_000
# Plain ASCII, for logs of CI systems whose terminals know no more.
RULE_UNDER_HEAD = "    \n    \n -- \n" + "    \n" * 5


def section_text(section: Section) -> str:
    """The title, the table and, below an empty line, the notes."""
    text = section.title
    if section.columns:
        rows = [[str(cell) for cell in row] for row in section.rows]
        text = render_table(section.title, section.columns, rows, section.left)
    return "\n\n".join(filter(None, [text, "\n".join(section.notes)]))


def render_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """A table as text, every cell on one line and in full, whatever the terminal's width.

    Args:
        title: line above the table.
        columns: headings.
        rows: one string for each column.
        left: how many columns, from the first, are aligned to the left; the others are numbers.
    """
    from rich.box import Box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=Box(RULE_UNDER_HEAD, ascii=True), header_style="")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index < left else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    text = io.StringIO()
    Console(file=text, width=WIDER_THAN_ANY_TERMINAL, markup=False, highlight=False, no_color=True).print(table)
    # A title of rich's own would be wrapped to the table's width.
    return "\n".join([title, *(line.rstrip() for line in text.getvalue().splitlines())]).strip("\n")
