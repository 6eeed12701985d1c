"""The history of benchmarks as blocks of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from framegate.errors import HistoryError
from framegate.report.history import BenchmarkHistory, HistoryPoint, by_shift, history_section, points_section
from framegate.report.html.facts import PageBlock
from framegate.report.html.svg import WIDE, drawing, three_digits

MOST_DRAWN = 40
"""Benchmarks that have a drawing: a page has to open on a phone."""
MOST_POINTS = 100
"""Points of a drawing; where there are more, each is the median of several runs."""
MOST_ROWS = 8
MOST_MARKS = 20
"""Marks of a drawing, the last ones of more."""
LEGEND = (
    "In the drawings a green mark is an accepted run, a red one a run that regressed, and a dashed line a change of the"
    " machine, versions, model or settings; all of them are in the tables below as well, the last ones of many."
)
_HIGH = 60.0
_ROOM = 4.0
"""Units that are free above and below the line."""


def history_blocks(histories: Sequence[BenchmarkHistory], errors: Sequence[HistoryError] = ()) -> list[PageBlock]:
    """A table of all benchmarks, then a drawing and the notable runs of each, the largest slowdown first.

    Args:
        histories: the benchmarks; of one with a single point there is nothing to show.
        errors: what is wrong with stored runs that could not be read.
    """
    shown = by_shift(histories)
    unread = [
        *map(str, errors[:MOST_ROWS]),
        *(f"… and {count} more" for count in [len(errors) - MOST_ROWS] if count > 0),
    ]
    if not shown:
        return [PageBlock(notes=unread)] if unread else []
    left_out = len(shown) - MOST_DRAWN
    more = (f"{left_out} more benchmarks are in this table alone; framegate export has all rounds.",)
    section = history_section(histories)
    notes = [*section.notes, LEGEND, *(more if left_out > 0 else ()), *unread]
    return [PageBlock.of(replace(section, notes=notes)), *map(_drawn, shown[:MOST_DRAWN])]


def _drawn(history: BenchmarkHistory) -> PageBlock:
    section = points_section(history, MOST_ROWS)
    return PageBlock.of(replace(section, notes=[*section.notes, f"{_about(history)}."]), history_line(history))


def history_line(history: BenchmarkHistory) -> Markup:
    """The medians over the time, from 0 up, with a line where conditions changed and marks where the gate spoke."""
    points = history.points
    places = _places(points)
    top = max(point.seconds for point in points)
    heights = [_HIGH - _ROOM - (_HIGH - 2 * _ROOM) * point.seconds / top for point in points]
    line = " ".join(f"{x:.4g},{y:.3g}" for x, y in _thinned(list(zip(places, heights, strict=True))))
    marks = [_mark(point, x, y) for point, x, y in zip(points, places, heights, strict=True) if _kind(point)]
    parts = [Markup('<polyline points="{}"/>').format(line), *marks[-MOST_MARKS:]]
    return drawing("history", int(_HIGH), _about(history), Markup().join(parts))


def _kind(point: HistoryPoint) -> str:
    """The class of its mark; empty where it has none."""
    if point.verdict == "regressed":
        return "regressed"
    return "change" if point.change else "accepted" if point.is_accepted else ""


def _mark(point: HistoryPoint, x: float, y: float) -> Markup:
    kind = _kind(point)
    top, bottom = (0.0, _HIGH) if kind == "change" else (y - _ROOM, y + _ROOM)
    about = f"{point.run}: {three_digits(point.seconds)} ms, {point.note}"
    return Markup(
        '<line class="{0}" x1="{1:.4g}" x2="{1:.4g}" y1="{2:.3g}" y2="{3:.3g}"><title>{4}</title></line>'
    ).format(kind, x, top, bottom, about)


def _about(history: BenchmarkHistory) -> str:
    seconds = [point.seconds for point in history.points]
    days = [history.points[0].day, history.newest.day]
    when = f" from {days[0]} to {days[1]}" if all(days) else ""
    return (
        f"{len(seconds)} runs{when}, {three_digits(min(seconds))} to {three_digits(max(seconds))} ms, newest"
        f" {three_digits(seconds[-1])} ms; the line begins at 0"
    )


def _places(points: Sequence[HistoryPoint]) -> list[float]:
    """Where each point is, from left to right: by its time, or one after another where that is not known."""
    times = [point.started.timestamp() for point in points if point.started is not None]
    if len(times) < len(points) or times[-1] <= times[0]:
        return [WIDE * at / max(1, len(points) - 1) for at in range(len(points))]
    return [WIDE * (time - times[0]) / (times[-1] - times[0]) for time in times]


def _thinned(corners: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """No more corners than can be told apart: the middle one by height of each few; the first and the last stay."""
    if len(corners) <= MOST_POINTS:
        return corners
    step = -(-len(corners) // (MOST_POINTS - 2))
    few = (corners[at : at + step] for at in range(0, len(corners), step))
    middles = [sorted(part, key=lambda corner: corner[1])[len(part) // 2] for part in few]
    return [corners[0], *middles, corners[-1]]
