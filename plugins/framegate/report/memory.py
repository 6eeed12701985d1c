"""How much memory each model takes in each runtime."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from framegate.report.section import Section
from framegate.results.cell import CellResult
from framegate.results.parts import Memory

UNKNOWN = "not known"


def memory_sections(results: Sequence[CellResult]) -> Iterator[Section]:
    """One row per model, size and runtime: the most that any of its cells took, in megabytes."""
    cells: dict[tuple[str, str, str], list[Memory]] = {}
    for result in results:
        frame = result.frame
        if result.memory and frame.runtime:
            cells.setdefault((str(frame.model), str(frame.size), frame.runtime), []).append(result.memory)
    if cells:
        yield Section(
            "memory: what the process held (MB, its libraries included)",
            ["model", "size", "runtime", "at most", "after the rounds"],
            [
                [
                    *subject,
                    _most(memory.peak_bytes for memory in memories),
                    _most(memory.steady_bytes for memory in memories),
                ]
                for subject, memories in cells.items()
            ],
            left=3,
        )


def _most(sizes: Iterable[int | None]) -> str:
    known = [size for size in sizes if size is not None]
    return f"{max(known) / 1e6:.0f}" if known else UNKNOWN
