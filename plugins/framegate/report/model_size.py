"""The model-size study as a table: what helps, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framegate.report.section import Section
from framegate.report.stages import about, noise_notes
from framegate.results.cell import CellResult
from framegate.results.model_size import ModelSize

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


def size_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """One row per network; the speed-up is against the first row."""
    rows = [(result, result.model_size) for result in results if result.model_size]
    if rows:
        _, first = rows[0]
        machine = first.machine
        yield Section(
            "test_model_size: what a smaller network is worth (this machine reads"
            f" {machine.read_bytes_per_s / 1e9:.1f} GB/s and multiplies {machine.macs_per_s / 1e9:.1f} GMAC/s at best)",
            COLUMNS,
            [_cells(result, size, first) for result, size in rows],
            notes=[*noise_notes([result for result, _ in rows])],
        )


def _cells(result: CellResult, size: ModelSize, first: ModelSize) -> list[str]:
    return [
        size.model,
        f"{size.parameters / 1e6:.2f}",
        f"{size.macs / 1e6:.0f}",
        f"{size.stored_bytes / 1e6:.2f}",
        f"{1000 * size.load_s:.0f}",
        about(result, f"{1000 * size.inference_s:.2f}"),
        f"{first.inference_s / size.inference_s:.1f}x",
        _picoseconds(size.inference_s, size.macs),
        _picoseconds(size.inference_s, size.weight_bytes),
        f"{1000 * size.weights_floor_s:.2f}",
        f"{1000 * size.arithmetic_floor_s:.2f}",
        size.bound_by,
        "equal" if size.is_equal else "" if size.psnr_db is None else f"{size.psnr_db:.1f}",
    ]


def _picoseconds(seconds: float, count: int) -> str:
    return f"{1e12 * seconds / count:.1f}" if count else "-"
