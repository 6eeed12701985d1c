"""Ways to the screen side by side: what each moves, and how far it is from one copy of the tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framegate.measure.device import ScreenCosts
from framegate.report.stages import milliseconds
from framegate.report.table import render_table

AGAINST = ("gl-texture", "topixels-loop")
"""The renderers that the others are compared with: the original's two."""

COLUMNS = (
    "",
    "total ms",
    "upload ms",
    "draw ms",
    "present ms",
    "GPU ms",
    "in flight ms",
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
    """One row a cell; the last columns say how many times as fast it is as another, all else being equal."""
    totals = {(row.size, row.gl, row.renderer): row.total_s for row in rows}
    best = max(row.costs.tensor_bytes / row.costs.copy_s for row in rows)
    title = (
        "test_render: what moves, against one copy of the tensor"
        f" (this machine copies {best / 1e9:.1f} GB/s at best; upload, draw and present each awaited)"
    )
    # One floor for all cells of a size: each has measured it, and noise only adds to a copy.
    floors = {row.size: min(each.costs.copy_s for each in rows if each.size == row.size) for row in rows}
    table = render_table(title, COLUMNS, [_cells(row, totals, floors[row.size]) for row in rows])
    if any(row.is_software and row.costs.gpu_s for row in rows):
        table += "\n(?: the timer queries of a software rasteriser leave out most of its drawing, which is in draw ms)"
    return table


def _cells(row: CostRow, totals: dict[tuple[str, str, str], float], floor_s: float) -> list[str]:
    costs = row.costs
    ratios = []
    for name in AGAINST:
        other_s = totals.get((row.size, row.gl, name))
        ratios.append("" if other_s is None else f"{other_s / row.total_s:.1f}x")
    return [
        row.cell,
        milliseconds(row.total_s),
        *_with_shares([costs.passes_s[name] for name in ("upload", "draw", "present")]),
        "" if costs.gpu_s is None else milliseconds(sum(costs.gpu_s.values())) + ("?" if row.is_software else ""),
        milliseconds(costs.in_flight_s),
        f"{costs.uploaded_bytes / 1e6:.2f}",
        f"{costs.tensor_bytes / row.total_s / 1e9:.2f}",
        f"{row.total_s / floor_s:.1f}",
        *ratios,
    ]


def _with_shares(seconds: Sequence[float]) -> list[str]:
    return [f"{milliseconds(each)} {100 * each / sum(seconds):3.0f}%" for each in seconds]
