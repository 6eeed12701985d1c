"""Runs against a clock: which frames reached the screen and how old they were, and one line for each model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from framegate.report.section import Section
from framegate.results.cell import CellResult
from framegate.results.parts import Cell
from framegate.results.realtime import Realtime, Search

COLUMNS = (
    "",
    "frames",
    "delivered/s",
    "delivered",
    "dropped",
    "age p50 ms",
    "p90",
    "p99",
    "jitter ms",
    "animation error ms",
    "freezes",
    "longest ms",
)
TAILS = {"age_p90_s": "p90", "age_p99_s": "p99"}
"""Fields that the table leaves open where the frames were too few, and what it calls them."""

NEAR = 1.05
"""Times a rate that is sustained, within which another that is not leaves nothing open."""

Row = tuple[CellResult, Realtime]


def realtime_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """A table for each suite with a row per cell, and below it a line per model."""
    rows = [(result, result.realtime) for result in results if result.realtime]
    for suite in dict.fromkeys(result.suite for result, _ in rows):
        group = [row for row in rows if row[0].suite == suite]
        yield Section(
            f"{suite}: frames that reached the screen (docs/realtime.md explains the columns)",
            COLUMNS,
            [_cells(result, part) for result, part in group],
            left=2,
            notes=[*_answers(group), *_doubts(group)],
        )


def _cells(result: CellResult, part: Realtime) -> list[str]:
    return [
        result.cell,
        _arrival(part),
        f"{part.delivered_per_s:.1f}",
        f"{part.delivered} of {part.came}",
        _reasons(part.dropped) or "0",
        *map(_milliseconds, (part.age_median_s, part.age_p90_s, part.age_p99_s)),
        _milliseconds(part.jitter_s),
        _milliseconds(part.animation_error_mean_s),
        str(part.freezes),
        _milliseconds(part.longest_freeze_s or None),
    ]


def _arrival(part: Realtime) -> str:
    """``camera at 29.97/s``, ``single-stream``."""
    return part.scenario if part.rate is None else f"{part.scenario} at {part.rate:.6g}/s"


def _reasons(dropped: Mapping[str, int]) -> str:
    """``12 queue, 1 late``."""
    return ", ".join(f"{count} {reason}" for reason, count in dropped.items() if count)


def _where(dropped: Mapping[str, int]) -> str:
    """The same in a sentence: ``12 in the queue, 1 late``."""
    return _reasons({"in the queue" if reason == "queue" else reason: count for reason, count in dropped.items()})


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{1000 * seconds:.1f}"


def _answers(rows: Sequence[Row]) -> Iterator[str]:
    """For each model the best cell, and the best of every other runtime beside it."""
    for subject, ((result, part), *others) in _bests(rows).items():
        beside = "".join(f"; {_short(numbers)}{backends_of(other.frame)}" for other, numbers in others)
        yield f"{subject[0]}: {clock_verdict(part)}{backends_of(result.frame)}{beside}"


def best_runs(results: Sequence[CellResult]) -> list[Row]:
    """The best run of each model, with its size and preprocessing, for each scenario."""
    return [rows[0] for rows in _bests([(result, result.realtime) for result in results if result.realtime]).values()]


def _bests(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """Subject -> the best cell of each runtime, the best of all first."""
    bests: dict[tuple[str, str], list[Row]] = {}
    for subject in dict.fromkeys(_subject(row) for row in rows):
        by_runtime: dict[str | None, Row] = {}
        for row in sorted((row for row in rows if _subject(row) == subject), key=_rank):
            by_runtime.setdefault(row[0].frame.runtime, row)
        bests[subject] = [*by_runtime.values()]
    return bests


def _subject(row: Row) -> tuple[str, str]:
    """What cells are compared on: the model with its size and preprocessing, and how frames came."""
    result, part = row
    return subject_of(result.frame) or result.cell, "at most" if part.search else _arrival(part)


def subject_of(frame: Cell) -> str:
    """``esrgan-slim-x2 at 128, invert``; what does not apply is left out."""
    size = f" at {frame.size}" if frame.size else ""
    toggles = f", {frame.preprocess}" if frame.preprocess not in {None, "none"} else ""
    return f"{frame.model}{size}{toggles}" if frame.model else ""


def backends_of(frame: Cell) -> str:
    """`` with gl-upload on openvino, overlapped``; what does not apply is left out."""
    names = " on ".join(filter(None, (frame.renderer, frame.runtime)))
    return (f" with {names}" if names else "") + (", overlapped" if frame.pipeline == "overlapped" else "")


def _rank(row: Row) -> tuple[float, ...]:
    """The best first: the highest rate that was sustained, else the most frames, and the youngest."""
    part = row[1]
    sustained = part.search.rate or 0 if part.search else 0
    lost = part.dropped_count / max(1, part.came) if part.scenario == "camera" else -part.delivered_per_s
    return (-sustained, lost, part.age_median_s or math.inf)


def clock_verdict(part: Realtime) -> str:
    """``camera at 30 fps: drops 12 %, 85 in the queue (age p90 20 ms)``, ``sustains 58 fps (age p99 21 ms)``."""
    age = f"({_age(part)})"
    if part.search:
        return f"sustains {_highest(part.search)} {age}" if part.search.rate else f"sustains {_highest(part.search)}"
    if part.scenario != "camera":
        return f"{part.scenario}: {_rate(part.delivered_per_s)} fps {age}"
    if part.dropped_count:
        return f"{_camera(part)}: drops {_share(part)}, {_where(part.dropped)} {age}"
    if part.waiting:
        return f"{_camera(part)}: {part.delivered} frames reached the screen, none was dropped {age}"
    frames = "the one frame" if part.came == 1 else f"all {part.came} frames"
    return f"{_camera(part)}: {frames} reached the screen {age}"


def _short(part: Realtime) -> str:
    if part.search:
        return _highest(part.search)
    if part.scenario != "camera":
        return f"{_rate(part.delivered_per_s)} fps"
    return f"drops {_share(part)}" if part.dropped_count else f"drops none, {_age(part)}"


def _highest(search: Search) -> str:
    """``58 fps``, with how far it may be from the highest where the search had no time to say."""
    rate, failed = search.rate, search.failed
    if rate is None:
        return "no rate that was tried" if failed is None else f"not even {_rate(failed)} fps"
    if failed is None:
        return f"{_rate(rate)} fps or more"
    return f"{_rate(rate)} fps" + (f" or more, below {_rate(failed)}" if failed > NEAR * rate else "")


def _camera(part: Realtime) -> str:
    return "camera" if part.rate is None else f"camera at {part.rate:.6g} fps"


def _age(part: Realtime) -> str:
    """The age of the furthest tail that the frames give."""
    tails = {"p99": part.age_p99_s, "p90": part.age_p90_s, "p50": part.age_median_s}
    return next((f"age {name} {1000 * age_s:.0f} ms" for name, age_s in tails.items() if age_s is not None), "no age")


def _share(part: Realtime) -> str:
    """``12 %``, or ``0.3 %`` where that would round to 0."""
    percent = 100 * part.dropped_count / part.came
    return f"{percent:.0f} %" if percent >= 1 else f"{percent:.2g} %"


def _rate(per_s: float) -> str:
    return f"{per_s:.0f}" if per_s >= 10 else f"{per_s:.1f}"


def _doubts(rows: Sequence[Row]) -> Iterator[str]:
    more_s = {
        name: max(part.more_s[field] for _, part in rows if field in part.more_s)
        for field, name in TAILS.items()
        if any(field in part.more_s for _, part in rows)
    }
    if more_s:
        needs = ", ".join(f"{name} takes {math.ceil(10 * seconds) / 10:.1f} s more" for name, seconds in more_s.items())
        yield f"(-: too few frames for a tail: {needs})"
    for result, part in rows:
        yield from (f"{result.cell} {doubt}" for doubt in run_doubts(part))


def run_doubts(part: Realtime) -> Iterator[str]:
    """Why a run cannot be trusted, put as what it did: ``ended before its time: …``."""
    if part.settled is False and len(part.ages_s) > 1:
        half = len(part.ages_s) // 2
        trend = "older" if median(part.ages_s[half:]) > median(part.ages_s[:half]) else "younger"
        yield f"had not settled: frames of the second half were {trend} than those of the first"
    if part.ended:
        yield f"ended before its time: {part.ended}"
