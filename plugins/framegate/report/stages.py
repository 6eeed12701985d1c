"""Where the time goes: one row per cell, one column per stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.report.section import Section
from framegate.results.cell import NOISY_SPREAD, CellResult

FIRST_STAGE = "preprocess"
"""The stage with which the whole way of a frame begins: how often a second it fits is of interest."""


def stage_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """Median milliseconds of each stage with its share of the total: a table for each suite and set of stages.

    Cells of a page, and those whose way to the screen was looked at closer, have tables of their own. So do the rates
    of runs against a clock, which do not follow from the stages.
    """
    timed = [
        result for result in results if result.stages and not (result.screen or (result.page and not result.realtime))
    ]
    for suite, stages in dict.fromkeys((result.suite, _stages(result)) for result in timed):
        rows = [result for result in timed if (result.suite, _stages(result)) == (suite, stages)]
        rate = ["frames/s"] if FIRST_STAGE in stages and not any(result.realtime for result in rows) else []
        yield Section(
            f"{suite}: where the time goes (median ms)",
            ["", "total ms", *stages, *rate],
            [_cells(result, with_rate=bool(rate)) for result in rows],
            notes=[*noise_notes(rows)],
        )


def _stages(result: CellResult) -> tuple[str, ...]:
    return tuple(result.stages.samples_s)


def _cells(result: CellResult, *, with_rate: bool) -> list[str]:
    total_s = result.stages.total_s
    parts = [time_and_share(part_s, total_s) for part_s in result.stages.medians_s.values()]
    return [result.cell, about(result, milliseconds(total_s)), *parts, *([f"{1 / total_s:.1f}"] if with_rate else [])]


def milliseconds(seconds: float) -> str:
    """Milliseconds to the microsecond, so that the points of a column stand under each other."""
    return f"{1000 * seconds:.3f}"


def about(result: CellResult, time: str) -> str:
    """A time of a cell, marked where its rounds lie too far apart: ``~18.287``."""
    return f"~{time}" if result.is_noisy else time


def noise_notes(results: Sequence[CellResult]) -> Iterator[str]:
    """What the mark of a noisy time means, below a table that has one."""
    if any(result.is_noisy for result in results):
        yield f"(~: noisy, the middle half of the rounds is wider than {NOISY_SPREAD:.0%} of their median)"


def time_and_share(part_s: float, total_s: float) -> str:
    """Milliseconds, and the percentage of a total: ``1.500  75%``."""
    return f"{milliseconds(part_s)} {100 * part_s / total_s:3.0f}%"
