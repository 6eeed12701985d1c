"""From what a page tells of its frames to a run against a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from framegate.browser.results import PageRun
from framegate.frames.numbers import RANGE, unwrap
from framegate.realtime.run import Run, RunRequest, Sight

Row = tuple[int, int | None, float, float, float, Mapping[str, float]]
"""Of a frame: its number, the one on the canvas, when the frame was due, begun and shown on the page's clock, and the
seconds of its stages."""

NEWER = 0.75
"""Frames by which a picture is ahead of its time at least to be a newer one than the video's time was looked at for; a
camera's own unrest is less."""


def page_run(request: RunRequest, answer: Mapping[str, Any], offset_s: float, numbers: int = RANGE) -> PageRun:
    """The frames of a page as a run, numbered from the first one that it took, and on this process' clock.

    Args:
        request: what the run was to be.
        answer: the page's: ``sights``, a `Row` per frame; when the run ``began``; why it ``ended``, if before its
            time; what it left behind.
        offset_s: seconds from the zero of the page's clock to that of this process.
        numbers: how many different numbers frames have; after the last one comes 0 again.
    """
    rows = list(_sights(answer["sights"], request.rate, numbers))
    sights = [sight for sight, _ in rows]
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
    )
    stages_s = {stage: [seconds[stage] for _, seconds in rows] for stage in (rows[0][1] if rows else ())}
    return PageRun(run, stages_s, answer["tensors_left"], answer["bytes_left"])


def _sights(rows: Iterable[Row], rate: float | None, numbers: int) -> Iterator[tuple[Sight, Mapping[str, float]]]:
    """The page's sights, with numbers that do not begin again, and the seconds of their stages."""
    before: Sight | None = None
    for number, screen, due_s, began_s, shown_s, stages_s in rows:
        # A camera's next frame is the one that its clock says; a frame of no schedule follows the one before.
        steps = (due_s - before.due_s) * rate if before and rate else 1.0
        frame = unwrap(number, before.frame + round(steps) if before else number, numbers)
        ahead = frame - before.frame - steps if before else 0.0
        if before and frame == before.frame and (round(steps) == 0 or number == 0):
            continue  # taken twice, or shown twice: the first picture of a clip is, when the clip begins again
        # The video may have moved on between the look at its time and that at its picture.
        newer_s = round(ahead) / rate if rate and ahead > NEWER else 0.0
        if due_s + newer_s >= shown_s:
            newer_s = 0.0
        before = Sight(
            frame=frame,
            screen=None if screen is None else unwrap(screen, frame, numbers),
            due_s=due_s + newer_s,
            began_s=max(began_s, due_s + newer_s),
            shown_s=shown_s,
        )
        yield before, stages_s


def _moved(sight: Sight, first: int, offset_s: float) -> Sight:
    frame, screen, *times_s = sight
    return Sight(frame - first, None if screen is None else screen - first, *(offset_s + time_s for time_s in times_s))
