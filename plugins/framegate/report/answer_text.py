"""The answer of a run as lines: at most 25, readable at 80 columns, and through a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from framegate.report.answer import CellTime, ClockRun, Glimpse, ModelAnswer, RunAnswer, SuiteAnswer
from framegate.report.realtime import backends_of, clock_verdict
from framegate.results.cell import CellResult

COLUMNS = 80
MOST_LINES = 25
LATE = 0.01
"""Share of frames that are longer than the budget from which on it is said."""
WHOLE = 0.6
"""Share of a frame from which on one stage is all that is said to limit it."""

Entry = list[str]


def answer_text(answer: RunAnswer, most_lines: int = MOST_LINES, *, brief: bool = False) -> str:
    """The lines, none for an answer that says nothing.

    Where there is no room, cells of other suites are counted only; then less is said of each model, and at last the
    first ones are named and the others counted.

    Args:
        answer: what is said.
        most_lines: how many lines there may be.
        brief: whether there is one line at most for each model.
    """
    if not answer:
        return ""
    suites = [_suite(suite) for suite in answer.suites]
    if not answer.models:
        return "\n".join(_fitting([], [_cut([suite]) for suite in suites], _closing(answer), most_lines, _see(answer)))
    head = [f"Real-time means {_ms(answer.budget_s)} ms a frame here (--frame-budget={1 / answer.budget_s:.4g}fps)."]
    saying = (_line,) if brief else (_full, _short, _line)
    levels = [[_cut(say(model, answer.budget_s)) for model in answer.models] for say in saying]
    tails = [[*_cut(suites), *_closing(answer)], [*_cut(_also(answer)), *_closing(answer, with_suites=False)]]
    versions = [(levels[0], tails[0]), *((level, tails[1]) for level in levels)][brief:]
    entries, tail = next((version for version in versions if _count(*version) <= most_lines - len(head)), versions[-1])
    return "\n".join(_fitting(head, entries, tail, most_lines, _see(answer)))


def _closing(answer: RunAnswer, *, with_suites: bool = True) -> Entry:
    """What holds for all of it; the mark of a noisy time is explained where one is shown."""
    return _cut(f"({doubt})" for doubt in (*answer.noise(with_suites=with_suites), *answer.doubts))


def _count(entries: Sequence[Entry], tail: Entry) -> int:
    return sum(map(len, entries)) + len(tail)


def _see(answer: RunAnswer) -> str:
    return f"--frame-tables{answer.words.after} shows them"


def _fitting(head: Entry, entries: Sequence[Entry], tail: Entry, most_lines: int, see: str) -> Iterator[str]:
    """As many entries as there is room for, and how many there are besides."""
    yield from head
    room = most_lines - len(head) - len(tail)
    if sum(map(len, entries)) > room:
        room -= 1
    for number, entry in enumerate(entries):
        room -= len(entry)
        if room < 0:
            yield f"… and {len(entries) - number} more: {see}."
            break
        yield from entry
    yield from tail


def _full(model: ModelAnswer, budget_s: float) -> Iterator[str]:
    yield from _short(model, budget_s)
    for doubt in model.doubts:
        yield f"  {doubt[:1].upper()}{doubt[1:]}."


def _short(model: ModelAnswer, budget_s: float) -> Iterator[str]:
    """The verdict with the fastest cell, the fastest of the other kind, what a clock says, and what to try."""
    if model.fastest:
        best, *others = model.fastest
        of = f", the fastest of {model.cells}" if model.cells > 1 else ""
        yield f"{_verdict(model)}{_where(is_page=best.is_page)}. {_time(best)}{of}; {_limits(best)}."
        if model.is_realtime and best.late > LATE:
            yield f"  {best.late:.0%} of its frames took longer than {_ms(budget_s)} ms."
        for other in others:
            fits = "" if (other.frame_s <= budget_s) is model.is_realtime else "not real-time, "
            yield f"  {_where(is_page=other.is_page).strip().capitalize()}: {fits}{_time(other)}."
    elif model.glimpse:
        yield _glimpse(model, model.glimpse)
    elif model.clock:
        yield f"{_verdict(model)}."
    for run in model.clock:
        yield f"  {_clock(run)}."
    if model.advice:
        yield f"  Try {model.advice}."


def _line(model: ModelAnswer, _: float) -> Iterator[str]:
    """The verdict in one line."""
    if model.fastest:
        best = model.fastest[0]
        yield f"{_verdict(model)}, {_about(best.result)}{_ms(best.frame_s)} ms{backends_of(best.result.frame)}."
    elif model.glimpse:
        yield _glimpse(model, model.glimpse)
    else:
        yield f"{_verdict(model)}."


def _glimpse(model: ModelAnswer, glimpse: Glimpse) -> str:
    """What one frame says: that a model is too slow, and no more than that; or what was waited for in vain."""
    where, backends = _where(is_page=glimpse.is_page), backends_of(glimpse.frame)
    longer = f"longer than {glimpse.frame_s:.0f} s{backends}"
    if glimpse.lacking == "model":
        return f"{model.subject}: not measured{where}: it was not loaded within {glimpse.frame_s:.0f} s{backends}."
    if glimpse.lacking == "rounds":
        return f"{_verdict(model)}{where}: after a first frame, those that were to be measured took {longer}."
    frame = f"one frame took {longer if glimpse.lacking else f'{_ms(glimpse.frame_s)} ms{backends}'}"
    if model.is_realtime:
        return f"{model.subject}: not measured, as there was no time; {frame}."
    return f"{_verdict(model)}{where} by one frame alone: {frame}."


def _verdict(model: ModelAnswer) -> str:
    return f"{model.subject}: {'real-time' if model.is_realtime else 'not real-time'}"


def _where(*, is_page: bool) -> str:
    return " in a browser" if is_page else " in Python"


def _time(time: CellTime) -> str:
    return f"{_about(time.result)}{_ms(time.frame_s)} ms a frame, {_rate(time.rate)} frames/s{_with(time)}"


def _with(time: CellTime) -> str:
    backends = backends_of(time.result.frame)
    return f",{backends}" if backends else ""


def _limits(time: CellTime) -> str:
    """``88% is inference``, ``41% is inference and 30% draw``."""
    (stage, share), *others = time.limits
    second = f" and {others[0][1]:.0%} {others[0][0]}" if share < WHOLE and others else ""
    return f"{share:.0%} is {stage}{second}"


def _clock(run: ClockRun) -> str:
    text = f"{clock_verdict(run.part)}{backends_of(run.result.frame)}"
    return f"{text[:1].upper()}{text[1:]}"


def _suite(suite: SuiteAnswer) -> str:
    """``test_render, 256: gl-upload in egl takes 0.08 ms, the fastest of 42; topixels-loop in egl takes 46 ms``."""
    about = ", ".join(filter(None, (suite.suite, suite.subject)))
    first = f"{about}: {_cell_time(suite.fastest)}"
    if suite.cells == 1:
        return f"{first}."
    return f"{first}, the fastest of {suite.cells}; the slowest, {_cell_time(suite.slowest)}."


def _cell_time(result: CellResult) -> str:
    frame = result.frame
    names = " to ".join(filter(None, (frame.runtime, frame.renderer))) + (f" in {frame.gl}" if frame.gl else "")
    toggles = frame.preprocess if frame.preprocess != "none" or not names else None
    name = ", ".join(filter(None, (names, toggles))) or result.cell
    return f"{name} takes {_about(result)}{_ms(result.median_s or 0)} ms" if name else f"{_ms(result.median_s or 0)} ms"


def _also(answer: RunAnswer) -> Iterator[str]:
    """The suites that have no lines of their own, beside models that have."""
    counts: dict[str, int] = {}
    for suite in answer.suites:
        counts[suite.suite] = counts.get(suite.suite, 0) + suite.cells
    if counts and answer.models:
        names = ", ".join(f"{name} ({count})" for name, count in counts.items())
        yield f"Measured besides: {names}; {_see(answer)}."


def _about(result: CellResult) -> str:
    """The mark of a time that is only roughly known."""
    return "~" if result.is_noisy else ""


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}" if seconds >= 0.1 else f"{1000 * seconds:.3g}"


def _rate(per_s: float) -> str:
    return f"{per_s:.0f}" if per_s >= 10 else f"{per_s:.2g}"


def _cut(texts: Iterable[str]) -> Entry:
    """As lines; names of models and runtimes have any length."""
    return lines_of(texts, cut=True)


def not_run_lines(skipped: Mapping[str, Sequence[str]], after: str, *, full: bool) -> Iterator[str]:
    """How many cells did not run: one line for all, or one for each reason.

    Args:
        skipped: their names by the reason.
        after: what is said behind an option that the command hands on to pytest.
        full: whether the reasons are told.
    """
    count = sum(map(len, skipped.values()))
    if not count:
        return
    if not full:
        required = "" if after else ", --frame-require=NAME makes it an error"
        yield f"Not run: {count} {_cells(count)}; -rs{after} says why{required}."
        return
    yield "Not run:"
    yield from (f"  {len(names)} {_cells(len(names))}: {reason}" for reason, names in skipped.items())
    yield f"  (--frame-require=NAME{after} makes a missing backend an error)"


def _cells(count: int) -> str:
    return "cell" if count == 1 else "cells"


def lines_of(texts: Iterable[str], *, cut: bool = False) -> list[str]:
    """Paragraphs as lines of at most 80 columns.

    Args:
        texts: the paragraphs.
        cut: whether a word that is longer than a line, such as a path, goes on in the next; else it is left whole.
    """
    return [line for text in texts for line in _wrapped(text, cut=cut)]


def _wrapped(text: str, *, cut: bool) -> Entry:
    indent = "  " if text.startswith("  ") else ""
    return textwrap.wrap(
        text.strip(),
        COLUMNS,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=cut,
    )
