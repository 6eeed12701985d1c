"""The answer at the end of a run: is each model real-time, with what, and what limits it?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from framegate.report.realtime import backends_of
from framegate.report.stages import FIRST_STAGE
from framegate.results.cell import CellResult

COLUMNS = 80
MOST_LINES = 25
ALL_RUNTIMES = 3
"""Runtimes of one kind from which on nobody is told to try the others."""
ADVICE = {
    "preprocess": "fewer steps, or --frame-fit=crop",
    "postprocess": "a view that does less, or --frame-fit=crop, which shows less of the frame",
    "convert": "the other renderers: --frame-renderer=all",
    "draw": "the other renderers: --frame-renderer=all",
    "present": "the other renderers: --frame-renderer=all",
}
"""Stage that takes most of a frame -> what makes it shorter."""


def answer_text(results: Sequence[CellResult], budget_s: float) -> str:
    """For each model that was taken to a screen, whether it is real-time; empty if there is none.

    Readable at 80 columns, and at most 25 lines.

    Args:
        results: the cells of a run.
        budget_s: seconds that a frame may take.
    """
    subjects: dict[str, list[CellResult]] = {}
    for result in results:
        if {FIRST_STAGE, "inference"} <= result.stages.samples_s.keys() and not result.realtime:
            subjects.setdefault(_subject(result), []).append(result)
    if not subjects:
        return ""
    lines = [f"Real-time means {_ms(budget_s)} ms a frame here (--frame-budget={1 / budget_s:.4g}fps)."]
    for number, (subject, cells) in enumerate(subjects.items()):
        entry = [line for text in _entry(subject, cells, budget_s) for line in _wrapped(text)]
        if len(lines) + len(entry) > MOST_LINES - 1:
            lines.append(f"… and {len(subjects) - number} more, whose times stand in the tables above.")
            break
        lines += entry
    return "\n".join(lines)


def _subject(result: CellResult) -> str:
    size = f" at {result.frame.size}" if result.frame.size else ""
    return f"{result.frame.model}{size}" if result.frame.model else result.cell


def _entry(subject: str, cells: Sequence[CellResult], budget_s: float) -> Iterator[str]:
    """The best cell of this process and of a page, the better one first, and what to try where both are too slow."""
    kinds = [[cell for cell in cells if (cell.page is not None) == in_page] for in_page in (False, True)]
    best, *others = sorted((min(kind, key=_total_s) for kind in kinds if kind), key=_total_s)
    stage, share = _longest_stage(best)
    fits = _total_s(best) <= budget_s
    verdict = "real-time" if fits else "not real-time"
    where = _where(best)
    whole_ms = _ms(_total_s(best))
    yield f"{subject}: {verdict}{where}. {whole_ms} ms a frame{backends_of(best.frame)}; {share:.0%} is {stage}."
    for other in others:
        yield f"  {_where(other).strip().capitalize()}: {_ms(_total_s(other))} ms{backends_of(other.frame)}."
    if not fits:
        yield f"  Try {_advice(stage, best, cells)}."


def _where(cell: CellResult) -> str:
    return " in a browser" if cell.page is not None else " in Python"


def _advice(stage: str, best: CellResult, cells: Sequence[CellResult]) -> str:
    if stage in ADVICE:
        return ADVICE[stage]
    tried = {cell.frame.runtime for cell in cells if (cell.page is None) == (best.page is None)}
    smaller = "a smaller input or model (docs/model-size.md)"
    return smaller if len(tried) >= ALL_RUNTIMES else f"--frame-runtime=all, or {smaller}"


def _longest_stage(cell: CellResult) -> tuple[str, float]:
    stage, stage_s = max(cell.stages.medians_s.items(), key=lambda item: item[1])
    return stage, stage_s / sum(cell.stages.medians_s.values())


def _total_s(cell: CellResult) -> float:
    return cell.stages.total_s


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}" if seconds >= 0.1 else f"{1000 * seconds:.3g}"


def _wrapped(text: str) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    return textwrap.wrap(text.strip(), COLUMNS, initial_indent=indent, subsequent_indent="  ", break_on_hyphens=False)
