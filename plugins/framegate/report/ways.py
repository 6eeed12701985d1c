"""Which runtime and which way to the screen for a model: those of Python and those of a page, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.report.section import Section
from framegate.report.stages import milliseconds, time_and_share
from framegate.results.cell import CellResult

STAGES = ("preprocess", "upload", "inference", "readback", "convert", "draw", "present")
"""In the order in which a frame meets them; a cell has some of them."""


def way_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """For each model, size and preprocessing that ran in a page: a table, the fastest first, and what it says.

    Runs against a clock are not among them: how fast their frames follow each other is the clock's to say.
    """
    ways = [
        result
        for result in results
        if result.stages and result.frame.model and result.frame.runtime and result.frame.renderer
        if not result.realtime
    ]
    for subject in dict.fromkeys(_subject(way) for way in ways if way.page):
        yield _section(
            subject, sorted((way for way in ways if _subject(way) == subject), key=lambda way: way.stages.total_s)
        )


def _subject(way: CellResult) -> tuple[str | None, str | None, str | None]:
    """What the rows of a table have in common."""
    return way.frame.model, way.frame.size, way.frame.preprocess


def _section(subject: tuple[str | None, str | None, str | None], ways: Sequence[CellResult]) -> Section:
    model, size, preprocess = subject
    stages = [stage for stage in STAGES if any(stage in way.stages.samples_s for way in ways)]
    spread = any(_spread(way) for way in ways)
    return Section(
        f"{model} at {size}, preprocessing {preprocess}: which runtime and which way to the screen (median ms)",
        ["", "in", "GPU", "total ms", *stages, "frames/s", "delivered/s", *(["launches"] if spread else [])],
        [[*_cells(way, stages), *([_spread(way)] if spread else [])] for way in ways],
        left=3,
        notes=[*_findings(ways), *_notes(ways)],
    )


def _cells(way: CellResult, stages: Sequence[str]) -> list[str]:
    total_s, medians_s = way.stages.total_s, way.stages.medians_s
    delivered = _delivered(way)
    return [
        _name(way),
        "page" if way.page else "Python",
        {None: "", True: "software", False: "hardware"}[way.frame.is_software],
        milliseconds(total_s),
        *(time_and_share(medians_s[stage], total_s) if stage in medians_s else "" for stage in stages),
        f"{1 / total_s:.1f}",
        "" if delivered is None else f"{delivered:.1f}",
    ]


def _name(way: CellResult) -> str:
    """``tensorflow to gl-texture on egl``, ``tfjs-wasm to texture``."""
    frame = way.frame
    return f"{frame.runtime} to {frame.renderer}" + (f" on {frame.gl}" if frame.gl else "")


def _delivered(way: CellResult) -> float | None:
    """Frames per second that came to the canvas as the browser asked for them."""
    return way.page.raf.frames_per_s if way.page and way.page.raf else None


def _spread(way: CellResult) -> str:
    """The count of the browser's launches, where there were several, and how far apart they are."""
    medians_s = [launch.median_s for launch in way.page.launches] if way.page else []
    return f"{len(medians_s)}, {max(medians_s) / min(medians_s):.2f}x apart" if len(medians_s) > 1 else ""


def _findings(ways: Sequence[CellResult]) -> Iterator[str]:
    fastest = ways[0]
    yield f"Fastest: {_finding(fastest)}."
    for kind, in_page in (("in a page", True), ("in Python", False)):
        best = next((way for way in ways if bool(way.page) is in_page), None)
        if best is not None and best is not fastest:
            times = best.stages.total_s / fastest.stages.total_s
            yield f"Fastest {kind}: {_finding(best)}, {times:.1f}x the time."


def _finding(way: CellResult) -> str:
    total_s, delivered = way.stages.total_s, _delivered(way)
    stage, part_s = max(way.stages.medians_s.items(), key=lambda item: item[1])
    share = f"{100 * part_s / total_s:.0f}% of them {stage}"
    rate = "" if delivered is None else f", {delivered:.1f} frames/s delivered"
    return f"{_name(way)}, {1000 * total_s:.1f} ms a frame, {share}{rate}"


def _notes(ways: Sequence[CellResult]) -> Iterator[str]:
    if any(way.frame.is_software for way in ways):
        yield "(software: the CPU did a GPU's work, which says nothing of a machine that has a GPU)"
    if {bool(way.page) for way in ways} == {True, False}:
        yield "(a page gets its picture preprocessed: that time is in the totals of Python only, where it has a column)"
