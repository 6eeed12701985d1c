"""Sections as text for a terminal."""

from __future__ import annotations

from framegate.report.section import Section
from framegate.report.table import render_table


def section_text(section: Section) -> str:
    """The title, the table and, below an empty line, the notes."""
    table = (
        render_table(section.title, section.columns, section.rows, section.left) if section.columns else section.title
    )
    return "\n\n".join([table, "\n".join(section.notes)]) if section.notes else table
