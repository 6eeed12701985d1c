"""Which kernels of TF.js the time goes to, and whether to believe it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.report.section import Section
from framegate.report.stages import milliseconds
from framegate.results.cell import CellResult
from framegate.results.page import Kernels

TOP = 6
"""Kernels that the table names; the others share a row."""


def kernel_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """For each cell the kernels that take the most, by name, and what speaks against the times."""
    for result in results:
        kernels = result.page.kernels if result.page else None
        inference_s = result.stages.medians_s.get("inference")
        if kernels is None or inference_s is None:
            continue
        whole, measured = milliseconds(kernels.sum_s), milliseconds(inference_s)
        yield Section(
            f"{result.cell}: kernels of one run, {whole} ms together, of an inference that takes {measured} ms",
            ["", "calls", "ms", "share"],
            list(_rows(kernels)),
            notes=[f"(not to be trusted: {doubt})" for doubt in kernels.not_trusted],
        )


def _rows(kernels: Kernels) -> Iterator[list[str]]:
    names = {kernel.name: 0.0 for kernel in kernels.times}
    for kernel in kernels.times:
        names[kernel.name] += kernel.time_s or 0.0
    ordered = sorted(names, key=lambda name: -names[name])
    for name in ordered[:TOP]:
        yield _row(kernels, name, [name], names[name])
    rest = ordered[TOP:]
    if rest:
        yield _row(kernels, f"{len(rest)} others", rest, sum(names[name] for name in rest))


def _row(kernels: Kernels, label: str, names: Sequence[str], seconds: float) -> list[str]:
    calls = sum(kernel.name in names for kernel in kernels.times)
    share = f"{100 * seconds / kernels.sum_s:.0f}%" if kernels.sum_s else ""
    return [label, str(calls), milliseconds(seconds), share]
