"""Sections as text for a terminal."""

from __future__ import annotations

from framegate.report.section import Section
from framegate.report.table import render_table


def section_text(section: Section) -> str:
    """The title, the table and, below an empty line, the notes."""
    text = section.title
    if section.columns:
        rows = [[str(cell) for cell in row] for row in section.rows]
        text = render_table(section.title, section.columns, rows, section.left)
    return "\n\n".join(filter(None, [text, "\n".join(section.notes)]))
