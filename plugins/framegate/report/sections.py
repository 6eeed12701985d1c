"""The sections of the report that Framegate brings itself."""

from __future__ import annotations

from collections.abc import Sequence

from framegate.report.comparison import comparison_sections
from framegate.report.costs import cost_sections
from framegate.report.kernels import kernel_sections
from framegate.report.limits import limit_sections
from framegate.report.memory import memory_sections
from framegate.report.model_size import size_sections
from framegate.report.page_cost import page_cost_sections
from framegate.report.realtime import realtime_sections
from framegate.report.receipts import receipt_sections
from framegate.report.section import Section
from framegate.report.stages import stage_sections
from framegate.results.cell import CellResult


def short_sections(results: Sequence[CellResult]) -> list[Section]:
    """Those that are printed whether or not tables are asked for.

    They are there only where an option asked for what they show, or say in a line what several models come to.
    """
    return [*kernel_sections(results), *page_cost_sections(results), *limit_sections(results)]


def own_sections(results: Sequence[CellResult], options: Sequence[str]) -> list[Section]:
    """From what was measured to the conclusion; those of other plugins follow.

    Args:
        results: those of a run.
        options: Framegate's options that the run was given, as a command line takes them.
    """
    return [
        *size_sections(results),
        *memory_sections(results),
        *cost_sections(results),
        *stage_sections(results),
        *kernel_sections(results),
        *page_cost_sections(results),
        *receipt_sections(results),
        *comparison_sections(results, options),
        *realtime_sections(results),
        *limit_sections(results),
    ]
