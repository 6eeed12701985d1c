"""From what a page tells of its frames to a run against a clock."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from framegate.browser.results import DisplayRun, PageRun
from framegate.browser.trace import Mark
from framegate.frames.numbers import RANGE, unwrap
from framegate.realtime.run import Run, RunRequest, Sight

AHEAD, NEWER = 0.4, 0.75
"""Frames by which a picture is ahead of its time at least to be perhaps, and to be for certain, a newer one than that
whose time was looked at; a camera's own unrest is less. A newer one may be taken again, with its own time."""


class Row(NamedTuple):
    """What a page tells of a frame, with times on its own clock.

    Attributes:
        number: the frame's number.
        screen: number on the canvas; None where there is none.
        due_s: when the frame was due.
        began_s: when its way began.
        shown_s: when its pixels were in the canvas.
        stages_s: seconds of its stages.
    """

    number: int
    screen: int | None
    due_s: float
    began_s: float
    shown_s: float
    stages_s: Mapping[str, float]


def page_run(
    request: RunRequest,
    answer: Mapping[str, Any],
    offset_s: float,
    numbers: int = RANGE,
    marks: Sequence[Mark] | None = None,
) -> PageRun:
    """The frames of a page as a run, numbered from the first one that it took, and on this process' clock.

    Args:
        request: what the run was to be.
        answer: the page's: ``sights``, a `Row` per frame; when the run ``began``; ``display_interval``, the seconds
            between two refreshes of its display; why it ``ended``, if before its time; what it left behind.
        offset_s: seconds from the zero of the page's clock to that of this process.
        numbers: how many different numbers frames have; after the last one comes 0 again.
        marks: the marks of the run's trace, if one was taken.
    """
    rows = list(itertools.starmap(Row, answer["sights"]))
    pairs = list(_sights(_with_first_due(rows, request.rate, numbers), request.rate, numbers))
    sights, rows = [sight for sight, _ in pairs], [row for _, row in pairs]
    first = min((sight.frame for sight in sights), default=0)
    came = max((sight.frame - first for sight in sights), default=-1) + 1
    run = Run(
        scenario=request.scenario,
        rate=request.rate,
        began_s=offset_s + min((sight.due_s for sight in sights), default=answer["began"]),
        ended_s=offset_s + max((sight.shown_s for sight in sights), default=answer["began"]),
        came=came,
        sights=[_moved(sight, first, offset_s) for sight in sights],
        dropped=dict.fromkeys(sorted(set(range(came)) - {sight.frame - first for sight in sights}), "queue"),
        ended=answer["ended"],
        display_interval_s=answer["display_interval"],
    )
    stages_s = {stage: [row.stages_s[stage] for row in rows] for stage in (rows[0].stages_s if rows else ())}
    display = None if marks is None else _display(run, rows, marks, offset_s)
    return PageRun(run, stages_s, answer["tensors_left"], answer["bytes_left"], display)


def _display(run: Run, rows: Sequence[Row], marks: Sequence[Mark], offset_s: float) -> DisplayRun:
    """The run with the times at which the display had its frames; each was drawn before its row says it was shown."""
    ends_s = [row.shown_s for row in rows]
    presented_s: dict[int, float | None] = {}
    for mark in marks:
        presented_s[bisect.bisect_left(ends_s, mark.drawn_s)] = mark.presented_s
    sights, behind_s, dropped = [], [], dict(run.dropped)
    for place, (sight, row) in enumerate(zip(run.sights, rows, strict=True)):
        at_s = presented_s.get(place)
        if at_s is None:
            dropped[sight.frame] = "in flight"
            continue
        sights.append(sight._replace(shown_s=at_s + offset_s))
        behind_s.append(at_s - row.shown_s)
    ended_s = max((sight.shown_s for sight in sights), default=run.ended_s)
    return DisplayRun(replace(run, sights=sights, dropped=dropped, ended_s=ended_s), behind_s)


def _with_first_due(rows: Sequence[Row], rate: float | None, numbers: int) -> Sequence[Row]:
    """The same with the time of the second row in the first, if both have one picture and the next one says which time.

    The video may have moved on before the first picture was looked at, which no row before it tells. Number 0 is left
    alone: it is shown twice when a clip begins again.
    """
    if rate is None or len(rows) < 3:
        return rows
    first, second, third = rows[:3]
    if first.number != second.number or first.number == 0 or second.due_s >= first.shown_s:
        return rows
    steps = (third.due_s - second.due_s) * rate
    frame = unwrap(third.number, second.number + round(steps), numbers)
    is_newer = frame > second.number and abs(frame - second.number - steps) <= AHEAD
    return [first._replace(due_s=second.due_s), *rows[1:]] if is_newer else rows


def _sights(rows: Iterable[Row], rate: float | None, numbers: int) -> Iterator[tuple[Sight, Row]]:
    """The page's sights, with numbers that do not begin again."""
    before: Sight | None = None
    ahead = 0.0
    for row in rows:
        # A camera's next frame is the one that its clock says; a frame of no schedule follows the one before.
        steps = (row.due_s - before.due_s) * rate if before and rate else 1.0
        frame = unwrap(row.number, before.frame + round(steps) if before else row.number, numbers)
        if before and frame == before.frame and (row.number == 0 or round(steps) == 0 or ahead > AHEAD):
            continue  # taken twice, or shown twice: the first picture of a clip is, when the clip begins again
        ahead = frame - before.frame - steps if before else 0.0
        # The video may have moved on between the look at its time and that at its picture.
        newer_s = round(ahead) / rate if rate and ahead > NEWER else 0.0
        if row.due_s + newer_s >= row.shown_s:
            newer_s = 0.0
        before = Sight(
            frame=frame,
            screen=None if row.screen is None else unwrap(row.screen, frame, numbers),
            due_s=row.due_s + newer_s,
            began_s=max(row.began_s, row.due_s + newer_s),
            shown_s=row.shown_s,
        )
        # What was done before the picture was due was not done for it.
        yield before, row._replace(stages_s=_later(row.stages_s, before.began_s - row.began_s))


def _later(stages_s: Mapping[str, float], by_s: float) -> dict[str, float]:
    """The stages of a frame whose first one begins later."""
    first, *_ = stages_s
    return {**stages_s, first: max(0.0, stages_s[first] - by_s)}


def _moved(sight: Sight, first: int, offset_s: float) -> Sight:
    frame, screen, *times_s = sight
    return Sight(frame - first, None if screen is None else screen - first, *(offset_s + time_s for time_s in times_s))
