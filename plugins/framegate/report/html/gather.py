"""From a stored run to what its page shows."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from framegate.analysis.inspection import Inspection
from framegate.report.answer import answer_of
from framegate.report.html.facts import (
    REALTIME_S,
    CellFacts,
    ModelFacts,
    NotMeasured,
    PageBlock,
    PictureRow,
    ReportFacts,
    StageTime,
    TraceLink,
)
from framegate.report.html.machine import machine_facts
from framegate.report.html.verdicts import besides, verdict_cards
from framegate.report.inspection import TABLE_COLUMNS, facts, notes, number_text, table_rows
from framegate.report.realtime import subject_of
from framegate.report.section import Section
from framegate.report.sections import own_sections
from framegate.report.stages import FIRST_STAGE
from framegate.results.cell import FEWEST_ROUNDS, CellResult
from framegate.results.reading import Misfit, read_as
from framegate.results.run import RunNote, words_of_test

CELL_AXES = ("model", "size", "preprocess", "runtime", "renderer", "gl", "scenario", "pipeline")
SUBJECT_AXES = ("model", "size", "preprocess")
"""Axes that cells which are compared with each other have in common."""


@dataclass(frozen=True)
class BesideRun:
    """What the page shows besides the stored run.

    Attributes:
        folder: the folder of the page, from which it links to files.
        sections: sections of other plugins.
        inspections: the models, explained.
        pictures: what was drawn.
        history: blocks of the history.
    """

    folder: Path
    sections: Sequence[Section] = ()
    inspections: Sequence[Inspection] = ()
    pictures: Sequence[PictureRow] = ()
    history: Sequence[PageBlock] = ()


class ModelKey(NamedTuple):
    """A model of a run.

    Attributes:
        name: its name.
        sha256: digest of its files; None where it is not stored.
        size: the size of the first cell that ran it, as text.
    """

    name: str
    sha256: str | None
    size: str | None


def models_of(run: Mapping[str, Any]) -> list[ModelKey]:
    """The models of a stored run, in the order in which they ran."""
    models: dict[str, ModelKey] = {}
    for _, result in _results(run):
        frame = result.frame
        if frame.model:
            models.setdefault(frame.model, ModelKey(frame.model, frame.model_sha256, frame.size))
    return list(models.values())


def _results(run: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], CellResult]]:
    """The benchmarks that use Framegate's fixtures, as they are stored and as they are read."""
    entries = [entry for entry in run.get("benchmarks") or () if isinstance(entry, Mapping)]
    read = [(entry, CellResult.read(entry)) for entry in entries]
    return [(entry, result) for entry, result in read if result.version]


def gather(run: Mapping[str, Any], beside: BesideRun) -> ReportFacts:
    """The facts of a page.

    Args:
        run: a run as pytest-benchmark stores it.
        beside: what else the page shows.
    """
    kept = _results(run)
    results = [result for _, result in kept]
    note = RunNote.read(run) or RunNote()
    budget_s = note.budget_s or REALTIME_S
    failed = {name for names in note.failed.values() for name in names}
    answer = answer_of(results, budget_s, failed)
    cells = [cell for index, (entry, result) in enumerate(kept) if (cell := _cell(index, entry, result, note, beside))]
    return ReportFacts(
        title=_title([model.name for model in models_of(run)]),
        made_at=str(run.get("datetime") or "").partition(".")[0].replace("T", " "),
        budget_s=budget_s,
        answer=verdict_cards(answer),
        besides=besides(answer),
        doubts=list(_doubts(results)),
        cells=cells,
        pictures=beside.pictures,
        history=beside.history,
        models=[model_facts(inspection) for inspection in beside.inspections],
        sections=[PageBlock.of(section) for section in [*own_sections(results, note.options), *beside.sections]],
        failed=[NotMeasured(reason, names) for reason, names in note.failed.items()],
        skipped=[NotMeasured(reason, names) for reason, names in note.skipped.items()],
        machine=machine_facts(run, results),
        command=_command((), note) if note.options or results else "",
    )


def _title(models: Sequence[str]) -> str:
    if not models:
        return "Framegate report"
    named, more = models[:3], len(models) - 3
    return f"{', '.join(named)}{f' and {more} more' if more > 0 else ''}: from frame to screen"


def _cell(
    index: int, entry: Mapping[str, Any], result: CellResult, note: RunNote, beside: BesideRun
) -> CellFacts | None:
    stats = entry.get("stats")
    rounds_s = _rounds_s(result, stats if isinstance(stats, Mapping) else {})
    total_s = result.stages.total_s if result.stages else result.median_s
    if not total_s:
        return None
    axes = {axis: value for axis in CELL_AXES if (value := getattr(result.frame, axis)) is not None}
    return CellFacts(
        anchor=f"cell-{index}",
        suite=result.suite,
        subject=subject_of(result.frame) or axes.get("size", ""),
        backends=", ".join(value for axis, value in axes.items() if axis not in SUBJECT_AXES) or result.cell,
        axes=axes,
        total_s=total_s,
        stages=[StageTime(name, seconds) for name, seconds in result.stages.medians_s.items()],
        rounds_s=rounds_s,
        rounds=result.rounds or len(rounds_s),
        spread=result.spread,
        doubt=_doubt(result),
        fault=next((reason for reason, names in note.failed.items() if result.name in names), ""),
        rate=_rate(result, total_s),
        command=_command([words_of_test(result.fullname)], note) if result.fullname else "",
        trace=None if result.trace is None else _trace(Path(result.trace.file), beside.folder),
    )


def _rounds_s(result: CellResult, stats: Mapping[str, Any]) -> Sequence[float]:
    if result.stages:
        return [sum(parts) for parts in zip(*result.stages.samples_s.values(), strict=True)]
    try:
        data: tuple[float, ...] = read_as(stats.get("data") or [], tuple[float, ...])
    except Misfit:
        return ()
    return data


def _doubt(result: CellResult) -> str:
    if result.is_noisy and result.spread is not None:
        return f"the middle half of its rounds lies {100 * result.spread:.0f} % of the median apart"
    is_few = not result.realtime and result.spread is None
    return f"of fewer than {FEWEST_ROUNDS} rounds nobody can tell how far they spread" if is_few else ""


def _rate(result: CellResult, total_s: float) -> float | None:
    if result.realtime:
        return result.realtime.delivered_per_s
    return 1 / total_s if result.page or FIRST_STAGE in result.stages.samples_s else None


def _doubts(results: Sequence[CellResult]) -> Iterator[str]:
    lines: dict[str, None] = {}
    for result in results:
        model = result.frame.model
        if model and result.shown and result.shown.reason:
            lines[f"{model} is shown as {result.shown}"] = None
        if model and result.picture:
            picture, (low, high) = result.picture, result.picture.shown
            outside = (
                f"{_share(picture.clamped)} lie outside and are clamped" if picture.clamped else "none lie outside"
            )
            values = f"values {picture.smallest:.3g} to {picture.largest:.3g}"
            lines[f"{subject_of(result.frame)}: {values}, of which {low:g} to {high:g} are shown; {outside}"] = None
        lines |= dict.fromkeys(f"{model}: {remark}" if model else remark for remark in result.remarks)
    yield from lines


def _share(share: float) -> str:
    """``0.3 %``, ``12 %``."""
    return f"{100 * share:.0f} %" if share >= 0.095 else f"{100 * share:.1g} %"


def _command(selectors: Sequence[Sequence[str]], note: RunNote) -> str:
    words = [word for selector in selectors for word in selector]
    return shlex.join(["pytest", *words, "--benchmark-only", *note.options])


def _trace(file: Path, folder: Path) -> TraceLink:
    try:
        seen = Path(os.path.relpath(file, folder))
    except ValueError:  # on Windows, another drive
        seen = file
    return TraceLink(quote(seen.as_posix()), shlex.join(["framegate", "trace", str(seen)]))


def model_facts(inspection: Inspection) -> ModelFacts:
    """The analyser's table of a model."""
    rows, left_out = table_rows(inspection)
    more = [f"… and {left_out} lighter ops; framegate inspect --json lists all"] if left_out else []
    totals = inspection.totals
    least = "" if totals.macs_exact else "at least "
    summary = f"{number_text(totals.parameters)} parameters, {least}{number_text(totals.macs)} MACs a frame"
    table = PageBlock(columns=TABLE_COLUMNS, rows=rows, left=4, notes=[*more, *notes(inspection)])
    return ModelFacts(inspection.name, summary, facts(inspection), table)
