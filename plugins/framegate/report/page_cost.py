"""What a model costs the page that it runs in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.report.section import Section
from framegate.results.cell import CellResult
from framegate.results.page import Beside


def page_cost_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """Two rows for each cell: what its page did alone, and with the model."""
    rows = [row for result in results for row in _rows(result)]
    if rows:
        yield Section(
            "what a model costs its page: the frames of an animation, and its answers to a mouse",
            ["", "thread", "", "frames/s", "longest gap ms", "answer p99 ms", "longest ms"],
            rows,
            left=3,
        )


def _rows(result: CellResult) -> Iterator[list[str]]:
    if result.page and result.page.cost:
        cost = result.page.cost
        yield [result.cell, result.page.thread, "alone", *_numbers(cost.alone)]
        yield ["", "", "with the model", *_numbers(cost.with_model)]


def _numbers(beside: Beside) -> Iterator[str]:
    yield f"{beside.ticks_per_s:.1f}"
    yield _milliseconds(beside.longest_gap_s)
    yield "-" if beside.delay_p99_s is None else _milliseconds(beside.delay_p99_s)
    yield _milliseconds(beside.delay_longest_s)


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"
