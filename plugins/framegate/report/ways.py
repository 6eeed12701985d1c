"""Which runtime and which way to the screen for a model: those of Python and those of a page, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from framegate.report.stages import milliseconds
from framegate.report.table import render_table

STAGES = ("preprocess", "upload", "inference", "readback", "convert", "draw", "present")
"""In the order in which a frame meets them; a row has some of them."""


@dataclass(frozen=True)
class WayRow:
    """One cell that takes a frame the whole way.

    Attributes:
        subject: model, size and preprocessing: what the rows of a table have in common.
        runtime: what runs the model.
        renderer: the way to the screen.
        gl: where it draws; None in a page.
        in_page: whether this is TF.js in a browser.
        is_software: whether a GPU's work was done by the CPU; None where no GPU was asked for any.
        stages_s: median seconds by stage.
        total_s: median seconds of a frame.
        delivered_fps: frames a second that came to the canvas as the browser asked for them; None where nothing does.
        launch_medians_s: the median of each launch of the browser, where there were several.
    """

    subject: tuple[str, str, str]
    runtime: str
    renderer: str
    gl: str | None
    in_page: bool
    is_software: bool | None
    stages_s: Mapping[str, float]
    total_s: float
    delivered_fps: float | None = None
    launch_medians_s: Sequence[float] = ()

    @property
    def name(self) -> str:
        """``tensorflow to gl-texture on egl``, ``tfjs-wasm to texture``."""
        return f"{self.runtime} to {self.renderer}" + (f" on {self.gl}" if self.gl else "")


def ways_summary(rows: Sequence[WayRow]) -> Iterator[str]:
    """For each model, size and preprocessing that ran in a page: a table, the fastest first, and what it says."""
    for subject in dict.fromkeys(row.subject for row in rows if row.in_page):
        own = sorted((row for row in rows if row.subject == subject), key=lambda row: row.total_s)
        yield "\n".join([_table(subject, own), "", *_findings(own), *_notes(own)])


def _table(subject: tuple[str, str, str], rows: Sequence[WayRow]) -> str:
    model, size, preprocess = subject
    stages = [stage for stage in STAGES if any(stage in row.stages_s for row in rows)]
    spread = any(row.launch_medians_s for row in rows)
    columns = ["", "in", "GPU", "total ms", *stages, "frames/s", "delivered/s", *(["launches"] if spread else [])]
    title = f"{model} at {size}, preprocessing {preprocess}: which runtime and which way to the screen (median ms)"
    return render_table(title, columns, [_cells(row, stages, spread=spread) for row in rows], left=3)


def _cells(row: WayRow, stages: Sequence[str], *, spread: bool) -> list[str]:
    return [
        row.name,
        "page" if row.in_page else "Python",
        {None: "", True: "software", False: "hardware"}[row.is_software],
        milliseconds(row.total_s),
        *(_share(row.stages_s.get(stage), row.total_s) for stage in stages),
        f"{1 / row.total_s:.1f}",
        "" if row.delivered_fps is None else f"{row.delivered_fps:.1f}",
        *([_spread(row.launch_medians_s)] if spread else []),
    ]


def _share(part_s: float | None, total_s: float) -> str:
    return "" if part_s is None else f"{milliseconds(part_s)} {100 * part_s / total_s:3.0f}%"


def _spread(medians_s: Sequence[float]) -> str:
    return f"{len(medians_s)}, {max(medians_s) / min(medians_s):.2f}x apart" if medians_s else ""


def _findings(rows: Sequence[WayRow]) -> Iterator[str]:
    yield f"Fastest: {_finding(rows[0])}."
    for kind, in_page in (("in a page", True), ("in Python", False)):
        best = next((row for row in rows if row.in_page is in_page), None)
        if best is not None and best is not rows[0]:
            yield f"Fastest {kind}: {_finding(best)}, {best.total_s / rows[0].total_s:.1f}x the time."


def _finding(row: WayRow) -> str:
    stage, part_s = max(row.stages_s.items(), key=lambda item: item[1])
    share = f"{100 * part_s / row.total_s:.0f}% of them {stage}"
    delivered = "" if row.delivered_fps is None else f", {row.delivered_fps:.1f} frames/s delivered"
    return f"{row.name}, {1000 * row.total_s:.1f} ms a frame, {share}{delivered}"


def _notes(rows: Sequence[WayRow]) -> Iterator[str]:
    if any(row.is_software for row in rows):
        yield "(software: the CPU did a GPU's work, which says nothing of a machine that has a GPU)"
    if {row.in_page for row in rows} == {True, False}:
        yield "(a page gets its picture preprocessed: that time is in the totals of Python only, where it has a column)"
