"""The model-size study as a table: what helps, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framegate.report.table import render_table

if TYPE_CHECKING:
    from framegate.measure.machine import Ceilings

CLOSE = 1.5  # closer than this, the two floors are told apart by noise


@dataclass(frozen=True)
class SizeRow:
    """One network of the study.

    Attributes:
        model: its name.
        parameters: numbers that training finds.
        macs: multiply-accumulates of one frame.
        stored_bytes: of the weight files.
        weight_bytes: of the weights as float32, which is what the runtime reads.
        load_s: seconds from model.json to ready.
        inference_s: median seconds of a frame.
        psnr_db: of the output against the float32 network's, where this one is quantised; infinite if they are equal.
    """

    model: str
    parameters: int
    macs: int
    stored_bytes: int
    weight_bytes: int
    load_s: float
    inference_s: float
    psnr_db: float | None = None

    def weights_floor_s(self, machine: Ceilings) -> float:
        """Seconds to read every weight once."""
        return self.weight_bytes / machine.read_bytes_per_s

    def arithmetic_floor_s(self, machine: Ceilings) -> float:
        """Seconds of the arithmetic at the rate of a matrix product."""
        return self.macs / machine.macs_per_s

    def bound_by(self, machine: Ceilings) -> str:
        """Which floor is the higher one: ``weights``, ``arithmetic``, or ``both`` where they are close."""
        weights, arithmetic = self.weights_floor_s(machine), self.arithmetic_floor_s(machine)
        if max(weights, arithmetic) < CLOSE * min(weights, arithmetic):
            return "both"
        return "weights" if weights > arithmetic else "arithmetic"


COLUMNS = (
    "",
    "params M",
    "MMACs",
    "stored MB",
    "load ms",
    "inference ms",
    "speed-up",
    "ps/MAC",
    "ps/weight byte",
    "weights floor ms",
    "arithmetic floor ms",
    "bound by",
    "PSNR dB",
)


def size_table(rows: Sequence[SizeRow], machine: Ceilings) -> str:
    """One row a network; the speed-up is against the first row."""
    title = (
        f"test_model_size: what a smaller network is worth (this machine reads"
        f" {machine.read_bytes_per_s / 1e9:.1f} GB/s and multiplies {machine.macs_per_s / 1e9:.1f} GMAC/s at best)"
    )
    return render_table(title, COLUMNS, [_cells(row, rows[0], machine) for row in rows])


def _cells(row: SizeRow, first: SizeRow, machine: Ceilings) -> list[str]:
    return [
        row.model,
        f"{row.parameters / 1e6:.2f}",
        f"{row.macs / 1e6:.0f}",
        f"{row.stored_bytes / 1e6:.2f}",
        f"{1000 * row.load_s:.0f}",
        f"{1000 * row.inference_s:.2f}",
        f"{first.inference_s / row.inference_s:.1f}x",
        _picoseconds(row.inference_s, row.macs),
        _picoseconds(row.inference_s, row.weight_bytes),
        f"{1000 * row.weights_floor_s(machine):.2f}",
        f"{1000 * row.arithmetic_floor_s(machine):.2f}",
        row.bound_by(machine),
        "" if row.psnr_db is None else "equal" if math.isinf(row.psnr_db) else f"{row.psnr_db:.1f}",
    ]


def _picoseconds(seconds: float, count: int) -> str:
    return f"{1e12 * seconds / count:.1f}" if count else "-"
