"""Ways to the screen side by side: what each moves, and how far it is from one copy of the tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framegate.report.stages import milliseconds
from framegate.report.table import render_table

if TYPE_CHECKING:
    from framegate.measure.device import ScreenCosts

AGAINST = ("gl-texture", "topixels-loop")
"""The renderers that the others are compared with: the original's two."""

PARTS = ("convert", "upload", "draw", "present")
COLUMNS = (
    "",
    "total ms",
    *(f"{part} ms" for part in PARTS),
    "GPU ms",
    "in flight",
    "MB up",
    "GB/s",
    "x copy",
    *(f"vs {name}" for name in AGAINST),
)


@dataclass(frozen=True)
class CostRow:
    """One cell of the render suite; ``total_s`` is the median of its rounds."""

    cell: str
    size: str
    renderer: str
    gl: str
    is_software: bool
    total_s: float
    costs: ScreenCosts


def cost_table(rows: Sequence[CostRow]) -> str:
    """One row a cell, the fastest of a size and context first; the last columns compare it with the original's ways."""
    ordered = sorted(rows, key=lambda row: (row.costs.tensor_bytes, row.size, row.gl, row.total_s))
    totals = {(row.size, row.gl, row.renderer): row.total_s for row in rows}
    # One floor for all cells of a size: each has measured it, and noise only adds to a copy.
    floors = {row.size: min(each.costs.copy_s for each in rows if each.size == row.size) for row in rows}
    title = (
        "test_render: ways to the screen, the fastest first (each part awaited; docs/screen.md explains the columns)"
    )
    table = render_table(title, COLUMNS, [_cells(row, totals, floors[row.size]) for row in ordered])
    if any(row.is_software and row.costs.gpu_s for row in rows):
        table += (
            "\n(?: the timer queries of a software rasteriser may leave out most of its drawing, which is in draw ms)"
        )
    return table


def _cells(row: CostRow, totals: dict[tuple[str, str, str], float], floor_s: float) -> list[str]:
    costs = row.costs
    whole_s = sum(costs.passes_s.values())
    against = [totals.get((row.size, row.gl, name)) for name in AGAINST]
    return [
        row.cell,
        milliseconds(row.total_s),
        *(f"{milliseconds(costs.passes_s[part])} {100 * costs.passes_s[part] / whole_s:3.0f}%" for part in PARTS),
        "" if costs.gpu_s is None else milliseconds(sum(costs.gpu_s.values())) + ("?" if row.is_software else ""),
        f"{costs.frame_s / costs.in_flight_s:.2f}x",
        _three_digits(costs.uploaded_bytes / 1e6),
        _three_digits(costs.tensor_bytes / row.total_s / 1e9),
        _three_digits(row.total_s / floor_s),
        *("" if other_s is None else f"{_three_digits(other_s / row.total_s)}x" for other_s in against),
    ]


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
