"""Results of cells that nobody measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framegate.results.cell import CellResult
from framegate.results.parts import Cell, StageSamples


def cell_result(
    name: str, stages_s: Mapping[str, float] | None = None, frame: Cell | None = None, **parts: Any
) -> CellResult:
    """A cell of one round, whose stages took so many seconds."""
    stages = StageSamples({stage: [seconds] for stage, seconds in (stages_s or {}).items()})
    return CellResult(name, stages=stages, frame=frame or Cell(), version=1, **parts)
