"""Runtimes and renderers side by side for a model, those of Python and those of a page."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from framegate.report.receipts import partial_note
from framegate.report.section import Section
from framegate.report.stages import about, milliseconds, noise_notes, time_and_share
from framegate.results.cell import CellResult
from framegate.results.run import words_of_file

STAGES = ("preprocess", "upload", "inference", "readback", "postprocess", "convert", "draw", "present")
"""In the order in which a frame meets them; a cell has some of them."""

_COMPARED = ("--frame-runtime", "--frame-renderer")
"""Options of the run that a comparison of two of its runtimes sets anew."""


def comparison_sections(results: Sequence[CellResult], options: Sequence[str] = ()) -> Iterator[Section]:
    """For each model, size and preprocessing that ran in a page: a table, the fastest first, and what it says.

    Runs against a clock are not among them: how fast their frames follow each other is the clock's to say.

    Args:
        results: those of a run.
        options: Framegate's options that the run was given, as a command line takes them.
    """
    compared = [
        result
        for result in results
        if result.stages and result.frame.model and result.frame.runtime and result.frame.renderer
        if not result.realtime
    ]
    for subject in dict.fromkeys(_subject(result) for result in compared if result.page):
        yield _section(
            subject,
            sorted(
                (result for result in compared if _subject(result) == subject), key=lambda result: result.stages.total_s
            ),
            options,
        )


def _subject(result: CellResult) -> tuple[str | None, str | None, str | None]:
    """What the rows of a table have in common."""
    return result.frame.model, result.frame.size, result.frame.preprocess


def _section(
    subject: tuple[str | None, str | None, str | None], results: Sequence[CellResult], options: Sequence[str]
) -> Section:
    model, size, preprocess = subject
    stages = [stage for stage in STAGES if any(stage in result.stages.samples_s for result in results)]
    spread = any(_spread(result) for result in results)
    return Section(
        f"{model} at {size}, preprocessing {preprocess}: which runtime and which way to the screen (median ms)",
        ["", "in", "GPU", "total ms", *stages, "frames/s", "delivered/s", *(["launches"] if spread else [])],
        [[*_cells(result, stages), *([_spread(result)] if spread else [])] for result in results],
        left=3,
        notes=[*_findings(results, options), *_notes(results)],
    )


def _cells(result: CellResult, stages: Sequence[str]) -> list[str]:
    total_s, medians_s = result.stages.total_s, result.stages.medians_s
    delivered = _delivered(result)
    return [
        _name(result),
        "page" if result.page else "Python",
        {None: "", True: "software", False: "hardware"}[result.frame.is_software],
        about(result, milliseconds(total_s)),
        *(time_and_share(medians_s[stage], total_s) if stage in medians_s else "" for stage in stages),
        f"{1 / total_s:.1f}",
        "" if delivered is None else f"{delivered:.1f}",
    ]


def _name(result: CellResult) -> str:
    """``tensorflow to gl-texture on egl``, ``tfjs-wasm to texture``."""
    frame = result.frame
    return f"{frame.runtime} to {frame.renderer}" + (f" on {frame.gl}" if frame.gl else "")


def _delivered(result: CellResult) -> float | None:
    """Frames per second that came to the canvas as the browser asked for them."""
    return result.page.raf.frames_per_s if result.page and result.page.raf else None


def _spread(result: CellResult) -> str:
    """The count of the browser's launches, where there were several, and how far apart they are."""
    medians_s = [launch.median_s for launch in result.page.launches] if result.page else []
    return f"{len(medians_s)}, {max(medians_s) / min(medians_s):.2f}x apart" if len(medians_s) > 1 else ""


def _findings(results: Sequence[CellResult], options: Sequence[str]) -> Iterator[str]:
    whole = [result for result in results if not _is_partial(result)]
    if not whole:
        return
    results, fastest = whole, whole[0]
    yield f"Fastest: {_finding(fastest)}."
    for kind, in_page in (("in a page", True), ("in Python", False)):
        best = next((result for result in results if bool(result.page) is in_page), None)
        if best is not None and best is not fastest:
            times = best.stages.total_s / fastest.stages.total_s
            yield f"Fastest {kind}: {_finding(best)}, {times:.1f}x the time."
    yield from _runner_up([result for result in results if result.page], options)


def _runner_up(results: Sequence[CellResult], options: Sequence[str]) -> Iterator[str]:
    """By how much the fastest runtime of a page is faster than the next one, how sure that is, and what makes it so."""
    best = results[0] if results else None
    following = next((result for result in results if best and result.frame.runtime != best.frame.runtime), None)
    if best is None or following is None:
        return
    times = following.stages.total_s / best.stages.total_s
    browsers = min(max(1, len(result.page.launches)) for result in (best, following) if result.page)
    count = "one browser" if browsers == 1 else f"{browsers} browsers"
    yield (
        f"Next in a page: {_name(following)}, {times:.2f}x its time in {count} of each, and others may differ."
        " To make sure:"
    )
    runtimes = (str(following.frame.runtime), str(best.frame.runtime))
    yield f"  {shlex.join(_comparison(results, runtimes, options))}"


def _comparison(results: Sequence[CellResult], runtimes: tuple[str, str], options: Sequence[str]) -> list[str]:
    """The command that compares two runtimes of a run, on the fastest renderer that both have."""
    base, candidate = runtimes
    of_base = {result.frame.renderer for result in results if result.frame.runtime == base}
    shared = [r for r in results if r.frame.runtime == candidate and r.frame.renderer in of_base]
    return [
        *("framegate", "ab", "--base-runtime", base, "--head-runtime", candidate, "--"),
        *(words_of_file(results[0].fullname) if results[0].fullname else ()),
        *(option for option in options if option.partition("=")[0] not in _COMPARED),
        *(f"--frame-renderer={result.frame.renderer}" for result in shared[:1]),
    ]


def _is_partial(result: CellResult) -> bool:
    """Whether a part of the model ran elsewhere than was asked for, so that its time says nothing of either place."""
    return bool(result.page and result.page.receipt and result.page.receipt.is_partial)


def _finding(result: CellResult) -> str:
    total_s, delivered = result.stages.total_s, _delivered(result)
    stage, part_s = max(result.stages.medians_s.items(), key=lambda item: item[1])
    share = f"{100 * part_s / total_s:.0f}% of them {stage}"
    rate = "" if delivered is None else f", {delivered:.1f} frames/s delivered"
    return f"{_name(result)}, {1000 * total_s:.1f} ms a frame, {share}{rate}"


def _notes(results: Sequence[CellResult]) -> Iterator[str]:
    yield from noise_notes(results)
    partial = {
        r.frame.runtime: r.page.receipt for r in results if r.page and r.page.receipt and r.page.receipt.is_partial
    }
    for runtime, receipt in partial.items():
        yield f"({partial_note(str(runtime), receipt)})"
    if any(result.frame.is_software for result in results):
        yield "(software: the CPU did a GPU's work, which says nothing of a machine that has a GPU)"
    if {bool(result.page) for result in results} == {True, False}:
        yield "(a page gets its picture preprocessed: that time is in the totals of Python only, where it has a column)"
