"""Which kernels of TF.js the time goes to, and whether to believe it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framegate.report.stages import milliseconds
from framegate.report.table import render_table

TOP = 6
"""Kernels that the table names; the others share a row."""

CLOSE = (0.7, 1.3)
"""What all kernels together may be of the inference that was measured without them being timed."""


@dataclass(frozen=True)
class KernelTime:
    """One call of a kernel; ``time_s`` is None where the backend does not tell. ``shapes`` are those of its outputs."""

    name: str
    time_s: float | None
    shapes: Sequence[Sequence[int]]


@dataclass(frozen=True)
class KernelRun:
    """The kernels of one run of a model.

    Attributes:
        cell: the cell's id.
        kernels: in the order in which they ran.
        inference_s: median seconds of the stage that runs them, untimed.
        has_timer: whether the device has a clock of its own; None where no device is waited for.
        is_software: whether a GPU's work was done by the CPU; None where no GPU was asked for any.
    """

    cell: str
    kernels: Sequence[KernelTime]
    inference_s: float
    has_timer: bool | None
    is_software: bool | None

    @property
    def sum_s(self) -> float:
        """Seconds of all kernels that have a time."""
        return sum(kernel.time_s or 0.0 for kernel in self.kernels)

    def doubts(self) -> list[str]:
        """Why the times are not to be trusted; empty if nothing speaks against them."""
        return list(self._doubts())

    def _doubts(self) -> Iterator[str]:
        untold = sum(kernel.time_s is None for kernel in self.kernels)
        if untold:
            yield f"{untold} of {len(self.kernels)} kernels have no time"
        if self.has_timer is False:
            yield "the device has no timer, so that waiting for each kernel, or handing it over only, is in its time"
        if self.is_software:
            yield "a software GPU computed them, on cores that it shares with the page"
        share = self.sum_s / self.inference_s
        if not CLOSE[0] <= share <= CLOSE[1]:
            yield f"together they are {100 * share:.0f}% of the inference that was measured without timing them"


def kernel_tables(runs: Sequence[KernelRun]) -> Iterator[str]:
    """For each run the kernels that take the most, by name, and what speaks against the times."""
    for run in runs:
        whole, measured = milliseconds(run.sum_s), milliseconds(run.inference_s)
        title = f"{run.cell}: kernels of one run, {whole} ms together, of an inference that takes {measured} ms"
        table = render_table(title, ["", "calls", "ms", "share"], list(_rows(run)))
        yield "\n".join([table, *(f"(not to be trusted: {doubt})" for doubt in run.doubts())])


def _rows(run: KernelRun) -> Iterator[list[str]]:
    names = {kernel.name: 0.0 for kernel in run.kernels}
    for kernel in run.kernels:
        names[kernel.name] += kernel.time_s or 0.0
    ordered = sorted(names, key=lambda name: -names[name])
    for name in ordered[:TOP]:
        yield _row(run, name, [name], names[name])
    rest = ordered[TOP:]
    if rest:
        yield _row(run, f"{len(rest)} others", rest, sum(names[name] for name in rest))


def _row(run: KernelRun, label: str, names: Sequence[str], seconds: float) -> list[str]:
    calls = sum(kernel.name in names for kernel in run.kernels)
    share = f"{100 * seconds / run.sum_s:.0f}%" if run.sum_s else ""
    return [label, str(calls), milliseconds(seconds), share]
