"""The doctor's table: one line a row for programs, wrapped between words for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from framegate.report.table import render_table

TITLE = "framegate doctor"
HEAD = ("", "name", "", "version and device, or what to do")
NARROWEST = 24
"""Columns of the last column; on a terminal that leaves it fewer, lines are longer than the terminal."""


def doctor_table(rows: Sequence[tuple[str, str, str, str]], width: int | None = None) -> str:
    """The table as text.

    Args:
        rows: kind, name, state, detail.
        width: columns of the terminal; None for one line a row.
    """
    if width is None:
        return render_table(TITLE, HEAD, rows, left=4)
    before = sum(max(len(row[index]) for row in [HEAD, *rows]) + 3 for index in range(3)) + 4
    detail = max(NARROWEST, width - before)
    lines = []
    for kind, name, state, text in rows:
        # A path or a command that is broken in two can be neither read nor pasted.
        parts = textwrap.wrap(text, detail, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [(kind, name, state, parts[0]), *(("", "", "", part) for part in parts[1:])]
    return render_table(TITLE, (*HEAD[:3], textwrap.shorten(HEAD[3], detail, placeholder="")), lines, left=4)
