"""What ``framegate aa-check`` found, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from framegate.gate.aa import DELAYS, Rates
from framegate.report.table import render_table


def rates_table(title: str, rows: Sequence[Rates]) -> str:
    """Shares in percent: false alarms a benchmark and a run, what it cannot tell, and each delay found."""
    columns = ["", "false alarms", "in a run", "cannot tell", *(f"{delay.name} found" for delay in DELAYS)]
    return render_table(title, columns, [_row(each) for each in rows])


def _row(each: Rates) -> list[str]:
    shares = [each.alarms, each.suite_alarms, each.unsure, *(each.found[delay.name] for delay in DELAYS)]
    return [each.rule, *(f"{100 * share:.1f} %" for share in shares)]
