"""The answer of a run, as data: is each model real-time, with what, and what limits it?

`answer_text` in `framegate.report.answer_text` makes lines of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from framegate.report.realtime import best_runs, run_doubts
from framegate.report.stages import FIRST_STAGE
from framegate.results.cell import CellResult
from framegate.results.parts import Cell
from framegate.results.realtime import Realtime

Awaited = Literal["model", "frame", "rounds"]
"""What a page is waited for: its model, a first frame of it, or the frames that are measured."""
ALL_RUNTIMES = 3
"""Runtimes of one kind from which on nobody is told to try the others."""
MODEL_STAGE = "inference"
SMALLER = "a smaller input or model (docs/model-size.md)"
OTHER_RENDERERS = "the other renderers: --frame-renderer=all{after}"
ADVICE = {
    "preprocess": "fewer steps, or --frame-fit=crop{after}",
    "upload": "a smaller input (docs/model-size.md)",
    "readback": "a renderer that leaves the output where it is: --frame-renderer=all{after}",
    "postprocess": "a view that does less, or --frame-fit=crop{after}, which shows less of the frame",
    "convert": OTHER_RENDERERS,
    "draw": OTHER_RENDERERS,
    "present": OTHER_RENDERERS,
}
"""Stage that takes most of a frame -> what makes it shorter; ``{after}`` is that of the command's words."""
NEARLY = 0.995
"""What of a rate counts as that rate: 29.97 frames a second are 30."""
MOST_CLAMPED = 0.001
"""Share of the picture's values that may lie outside of what is shown before it is said."""


@dataclass(frozen=True)
class CommandWords:
    """How the command that was run is told to do something else.

    Attributes:
        after: what is said behind an option that the command hands on to pytest.
        limit: its option for the time that it may take.
        tries_all: whether it tries all runtimes that are installed, without being told.
    """

    after: str = ""
    limit: str = "--frame-run-limit"
    tries_all: bool = False


PYTEST = CommandWords()
BENCH = CommandWords(after=" after --", limit="--limit", tries_all=True)
"""Those of ``framegate bench``."""


@dataclass(frozen=True)
class CellTime:
    """A cell that takes frames of a model to the screen, and how long a frame takes.

    Attributes:
        result: the cell.
        frame_s: median seconds of a frame, all stages together.
        late: share of its frames that took longer than the budget, from 0 to 1.
        limits: stages by their share of the frame, the longest first.
    """

    result: CellResult
    frame_s: float
    late: float
    limits: Sequence[tuple[str, float]]

    @property
    def is_page(self) -> bool:
        """Whether it is in a browser."""
        return self.result.page is not None

    @property
    def rate(self) -> float:
        """Frames per second, where each waits for the one before."""
        return 1 / self.frame_s


@dataclass(frozen=True)
class ClockRun:
    """The best run of a model against a clock, for one scenario.

    Attributes:
        result: the cell.
        part: its numbers.
        holds: whether it keeps up with frames that come as often as the budget says; None where that was not tried.
    """

    result: CellResult
    part: Realtime
    holds: bool | None


@dataclass(frozen=True)
class Glimpse:
    """One frame of a model that there was no time to measure.

    Attributes:
        frame: the cell.
        frame_s: seconds that the frame took, or was waited for.
        is_page: whether it was in a browser.
        lacking: what was not there by then; None where the frame was.
    """

    frame: Cell
    frame_s: float
    is_page: bool
    lacking: Awaited | None = None


@dataclass(frozen=True)
class ModelAnswer:
    """What a run says of one model at one size.

    Attributes:
        subject: the model and its size: ``esrgan-slim-x2 at 128``.
        is_realtime: whether the fastest cell, or else a run against a clock, keeps to the budget.
        fastest: the fastest cell in Python and that in a browser, the faster one first; those that were measured.
        cells: count of the cells that took its frames to a screen.
        clock: the best runs against a clock.
        advice: what to try where it is not real-time; empty where it is.
        doubts: what may be wrong with the numbers or the picture, a sentence each without a full stop.
        glimpse: what is known of a model of which nothing was measured.
    """

    subject: str
    is_realtime: bool
    fastest: tuple[CellTime, ...] = ()
    cells: int = 0
    clock: tuple[ClockRun, ...] = ()
    advice: str = ""
    doubts: tuple[str, ...] = ()
    glimpse: Glimpse | None = None


@dataclass(frozen=True)
class SuiteAnswer:
    """What a run says of cells of a suite that take no frames of a model to a screen.

    Attributes:
        suite: its name: ``test_render``.
        subject: the model and its size, or the size alone, that the cells have in common; empty without any.
        cells: count of the cells.
        fastest: the cell with the shortest median.
        slowest: the cell with the longest.
    """

    suite: str
    subject: str
    cells: int
    fastest: CellResult
    slowest: CellResult


@dataclass(frozen=True)
class RunAnswer:
    """What a run says.

    Attributes:
        budget_s: seconds that a frame may take.
        models: one entry for each model and size whose frames were taken to a screen, in the order in which they ran.
        suites: what was measured besides, by suite and subject.
        doubts: what holds for the whole run, a sentence each without a full stop.
        words: how the command is told more.
    """

    budget_s: float
    models: tuple[ModelAnswer, ...] = ()
    suites: tuple[SuiteAnswer, ...] = ()
    doubts: tuple[str, ...] = ()
    words: CommandWords = PYTEST

    def __bool__(self) -> bool:
        return bool(self.models or self.suites)

    def noise(self, *, with_suites: bool = True) -> tuple[str, ...]:
        """What the mark of a noisy time means, once for all that have it; nothing where no time has it.

        Args:
            with_suites: whether the times of ``suites`` are shown.
        """
        shown = [time.result for model in self.models for time in model.fastest]
        if with_suites:
            shown += [result for suite in self.suites for result in (suite.fastest, suite.slowest)]
        by_cell = {id(result): result.spread for result in shown if result.is_noisy}
        spreads = [spread for spread in by_cell.values() if spread is not None]
        if not spreads:
            return ()
        up_to = "up to " if len(spreads) > 1 else ""
        return (f"~: noisy, the rounds are {up_to}{max(spreads):.0%} apart; run it again on a quiet machine",)


def answer_of(
    results: Sequence[CellResult],
    budget_s: float,
    failed: Collection[str] = (),
    words: CommandWords = PYTEST,
    glimpses: Sequence[Glimpse] = (),
) -> RunAnswer:
    """The answer; false where nothing was measured.

    Args:
        results: the cells of a run.
        budget_s: seconds that a frame may take.
        failed: names of the tests that failed, whose times do not count: a wrong picture may well be a fast one.
        words: how the command that was run is told more.
        glimpses: frames of cells that there was no time to measure.
    """
    wrong = sum(result.name in failed for result in results)
    results = [result for result in results if result.name not in failed]
    framed = {id(result) for result in results if result.realtime or _is_frame(result)}
    subjects: dict[str, list[CellResult]] = {}
    for result in results:
        if id(result) in framed:
            subjects.setdefault(_subject(result.frame), []).append(result)
    runs: dict[str, list[ClockRun]] = {}
    for result, part in best_runs(results):
        runs.setdefault(_subject(result.frame), []).append(ClockRun(result, part, _holds(part, budget_s)))
    suites = tuple(_suites([result for result in results if id(result) not in framed]))
    models = [_model(subject, cells, runs.get(subject, []), budget_s, words) for subject, cells in subjects.items()]
    return RunAnswer(
        budget_s,
        (*models, *_glimpsed([glimpse for glimpse in glimpses if _subject(glimpse.frame) not in subjects], budget_s)),
        suites,
        tuple(_run_doubts(results, wrong)),
        words,
    )


def _is_frame(result: CellResult) -> bool:
    """Whether it took whole frames to a screen; a page gets its pictures preprocessed."""
    stages = result.stages.samples_s
    return MODEL_STAGE in stages and (FIRST_STAGE in stages or result.page is not None)


def _subject(frame: Cell) -> str:
    return " at ".join(filter(None, (frame.model, frame.size)))


def _glimpsed(glimpses: Sequence[Glimpse], budget_s: float) -> Iterator[ModelAnswer]:
    """What the fastest of these frames says of each model; a page that did not load it says the least."""
    for subject in dict.fromkeys(_subject(glimpse.frame) for glimpse in glimpses):
        of_model = [glimpse for glimpse in glimpses if _subject(glimpse.frame) == subject]
        best = min(of_model, key=lambda glimpse: (glimpse.lacking == "model", glimpse.frame_s))
        fits = best.lacking is None and best.frame_s <= budget_s
        yield ModelAnswer(subject, fits, advice="" if fits else SMALLER, glimpse=best)


def _model(
    subject: str, results: Sequence[CellResult], clock: Sequence[ClockRun], budget_s: float, words: CommandWords
) -> ModelAnswer:
    cells = [result for result in results if not result.realtime]
    times = _fastest([_cell_time(cell, budget_s) for cell in cells])
    fits = times[0].frame_s <= budget_s if times else any(run.holds for run in clock)
    return ModelAnswer(
        subject=subject,
        is_realtime=fits,
        fastest=times,
        cells=len(cells),
        clock=tuple(clock),
        advice="" if fits else _advice(times, cells, words),
        doubts=tuple(_doubts(times, clock)),
    )


def _cell_time(cell: CellResult, budget_s: float) -> CellTime:
    totals_s = [*map(sum, zip(*cell.stages.samples_s.values(), strict=True))]
    medians_s = cell.stages.medians_s
    whole_s = sum(medians_s.values())
    limits = sorted(((stage, part_s / whole_s) for stage, part_s in medians_s.items()), key=lambda item: -item[1])
    late = sum(total_s > budget_s for total_s in totals_s) / len(totals_s)
    return CellTime(cell, cell.stages.total_s, late, tuple(limits))


def _fastest(times: Sequence[CellTime]) -> tuple[CellTime, ...]:
    """The fastest cell of each kind, the faster first.

    One that ran parts of a model elsewhere, or a page's whose GPU is software, only if there is no other.
    """
    bests = []
    for in_page in (False, True):
        kind = [time for time in times if time.is_page is in_page]
        if kind:
            bests.append(min(kind, key=_place))
    return tuple(sorted(bests, key=_place))


def _place(time: CellTime) -> tuple[bool, bool, float]:
    """The most telling cells come first: those that ran as asked for, with no GPU's work done by the CPU."""
    page = time.result.page
    is_stand_in = page is not None and page.device is not None and bool(time.result.frame.is_software)
    return _is_partial(time.result), is_stand_in, time.frame_s


def _is_partial(result: CellResult) -> bool:
    return bool(result.page and result.page.receipt and result.page.receipt.is_partial)


def _holds(part: Realtime, budget_s: float) -> bool | None:
    """Whether frames that come as often as the budget says reached the screen; None where none came so often."""
    needed = NEARLY / budget_s
    if part.search:
        fails = part.search.failed is not None and part.search.failed <= needed
        return True if (part.search.rate or 0) >= needed else False if fails else None
    if part.scenario != "camera" or part.rate is None:
        return None
    if part.dropped_count:
        return False if part.rate <= 1 / (NEARLY * budget_s) else None
    return True if part.rate >= needed else None


def _advice(times: Sequence[CellTime], cells: Sequence[CellResult], words: CommandWords) -> str:
    if not times:
        return SMALLER
    best, (stage, _) = times[0], times[0].limits[0]
    if stage in ADVICE:
        return ADVICE[stage].format(after=words.after)
    tried = {cell.frame.runtime for cell in cells if (cell.page is not None) is best.is_page}
    return SMALLER if words.tries_all or len(tried) >= ALL_RUNTIMES else f"--frame-runtime=all, or {SMALLER}"


def _doubts(times: Sequence[CellTime], clock: Sequence[ClockRun]) -> Iterator[str]:
    for run in clock:
        yield from (f"its run {doubt}" for doubt in run_doubts(run.part))
    for time in times:
        if _is_partial(time.result):
            yield f"{time.result.frame.runtime} ran a part of it elsewhere"
    results = [*(time.result for time in times), *(run.result for run in clock)]
    yield from next(filter(None, map(_picture_doubts, results)), [])


def _picture_doubts(result: CellResult) -> list[str]:
    picture, doubts = result.picture, []
    if picture and picture.clamped > MOST_CLAMPED:
        low, high = picture.shown
        doubts.append(f"{picture.clamped:.1%} of its values lie outside of {low:g} to {high:g} and were clamped")
    if picture and picture.guessed:
        keys = [f"{key} [{low:g}, {high:g}]" for key, (low, high) in picture.guessed.items()]
        doubts.append(f"guessed: {', '.join(keys)}")
    if result.shown and result.shown.reason:
        doubts.append(f"shown as {result.shown.view}: {result.shown.reason}")
    return doubts


def _run_doubts(results: Sequence[CellResult], wrong: int) -> Iterator[str]:
    if wrong:
        yield f"{wrong} {'cell' if wrong == 1 else 'cells'} failed, whose times do not count"
    if any(result.frame.is_software for result in results):
        yield "the CPU did a GPU's work here: with a GPU, drawing and WebGL take other times"


def _suites(results: Sequence[CellResult]) -> Iterator[SuiteAnswer]:
    timed = [result for result in results if result.median_s is not None]
    for suite, subject in dict.fromkeys((result.suite, _subject(result.frame)) for result in timed):
        cells = [result for result in timed if (result.suite, _subject(result.frame)) == (suite, subject)]
        ordered = sorted(cells, key=lambda result: result.median_s or 0)
        yield SuiteAnswer(suite, subject, len(cells), ordered[0], ordered[-1])
