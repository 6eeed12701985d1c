"""Ways to the screen side by side: what each moves, and how far it is from one copy of the tensor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from framegate.report.section import Section
from framegate.report.stages import about, milliseconds, noise_notes, time_and_share
from framegate.results.cell import CellResult
from framegate.results.parts import ScreenCosts

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
UNTRUSTED = "(?: the timer queries of a software rasteriser may leave out most of its drawing, which is in draw ms)"


def cost_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """One row per cell, the fastest of a size and context first; the last columns compare with two other renderers."""
    rows = [(result, result.screen) for result in results if result.screen and result.stages]
    if not rows:
        return
    rows.sort(key=lambda row: (row[1].tensor_bytes, *_size_and_gl(row[0]), row[0].stages.total_s))
    totals = {(*_size_and_gl(result), result.frame.renderer): result.stages.total_s for result, _ in rows}
    # One floor for all cells of a size: each has measured it, and noise only adds to a copy.
    floors: dict[str, float] = {}
    for result, costs in rows:
        size, _ = _size_and_gl(result)
        floors[size] = min(costs.copy_s, floors.get(size, costs.copy_s))
    yield Section(
        "test_render: ways to the screen, the fastest first (each part awaited; docs/screen.md explains the columns)",
        COLUMNS,
        [_cells(result, costs, totals, floors[str(result.frame.size)]) for result, costs in rows],
        notes=[
            *([UNTRUSTED] if any(costs.gpu_s and not costs.is_gpu_s_trusted for _, costs in rows) else ()),
            *noise_notes([result for result, _ in rows]),
        ],
    )


def _size_and_gl(result: CellResult) -> tuple[str, str]:
    return str(result.frame.size), str(result.frame.gl)


def _cells(
    result: CellResult, costs: ScreenCosts, totals: Mapping[tuple[str, str, str | None], float], floor_s: float
) -> list[str]:
    total_s = result.stages.total_s
    whole_s = sum(costs.passes_s.values())
    against = [totals.get((*_size_and_gl(result), name)) for name in AGAINST]
    return [
        result.cell,
        about(result, milliseconds(total_s)),
        *(time_and_share(costs.passes_s[part], whole_s) for part in PARTS),
        _gpu(costs),
        f"{costs.frame_s / costs.in_flight_s:.2f}x",
        _three_digits(costs.uploaded_bytes / 1e6),
        _three_digits(costs.tensor_bytes / total_s / 1e9),
        _three_digits(total_s / floor_s),
        *("" if other_s is None else f"{_three_digits(other_s / total_s)}x" for other_s in against),
    ]


def _gpu(costs: ScreenCosts) -> str:
    if costs.gpu_s is None:
        return ""
    return milliseconds(sum(costs.gpu_s.values())) + ("" if costs.is_gpu_s_trusted else "?")


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
