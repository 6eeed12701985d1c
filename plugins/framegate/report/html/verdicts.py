"""The answer of a run as the page shows it: a card for each model, and lines for what has no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.report.answer import CellTime, ModelAnswer, RunAnswer, SuiteAnswer
from framegate.report.html.facts import CellTimeFacts, StageTime, VerdictCard
from framegate.report.html.svg import three_digits
from framegate.report.realtime import backends_of, clock_verdict
from framegate.results.cell import CellResult

WHOLE = 0.6
"""Share of a frame from which on one stage is all that is said to limit it."""
LATE = 0.01
"""Share of frames that are longer than the budget from which on it is said."""


def verdict_cards(answer: RunAnswer) -> list[VerdictCard]:
    """A card for each model."""
    return [
        VerdictCard(
            subject=model.subject,
            is_realtime=model.is_realtime,
            fastest=[_time_facts(time, model, answer.budget_s) for time in model.fastest],
            clock=[_sentence(clock_verdict(run.part) + backends_of(run.result.frame)) for run in model.clock],
            advice=model.advice,
            doubts=[_sentence(doubt) for doubt in model.doubts],
        )
        for model in answer.models
    ]


def besides(answer: RunAnswer) -> list[str]:
    """What was measured besides, and what holds for all of it."""
    return [*map(_suite, answer.suites), *(_sentence(doubt) for doubt in (*answer.noise(), *answer.doubts))]


def _time_facts(time: CellTime, model: ModelAnswer, budget_s: float) -> CellTimeFacts:
    return CellTimeFacts(
        where="in a browser" if time.is_page else "in Python",
        backends=backends_of(time.result.frame).strip(),
        frame_s=time.frame_s,
        is_rough=time.result.is_noisy,
        stages=[StageTime(name, seconds) for name, seconds in time.result.stages.medians_s.items()],
        remarks=[*_remarks(time, model, budget_s)],
    )


def _remarks(time: CellTime, model: ModelAnswer, budget_s: float) -> Iterator[str]:
    (stage, share), *others = time.limits
    second = f" and {others[0][1]:.0%} {others[0][0]}" if share < WHOLE and others else ""
    yield f"{share:.0%} of it is {stage}{second}"
    if time is model.fastest[0] and model.cells > 1:
        yield f"the fastest of {model.cells} cells"
    if time.late > LATE and time.frame_s <= budget_s:
        yield f"{time.late:.0%} of its frames took longer than {three_digits(budget_s)} ms"


def _suite(suite: SuiteAnswer) -> str:
    about = ", ".join(filter(None, (suite.suite, suite.subject)))
    if suite.cells == 1:
        return f"{about}: {_cell_time(suite.fastest)}."
    others = f"the fastest of {suite.cells}; the slowest is {_cell_time(suite.slowest)}"
    return f"{about}: {_cell_time(suite.fastest)}, {others}."


def _cell_time(result: CellResult) -> str:
    frame = result.frame
    toggles = frame.preprocess if frame.preprocess != "none" else None
    names: Sequence[str | None] = (frame.runtime, frame.renderer, frame.gl, toggles)
    name = ", ".join(filter(None, names)) or result.cell
    about = "~" if result.is_noisy else ""
    return f"{name} {about}{three_digits(result.median_s or 0)} ms".strip()


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
