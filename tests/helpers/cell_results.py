"""Results of cells that nobody measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from framegate.results.cell import CellResult
from framegate.results.page import Page
from framegate.results.parts import Cell, StageSamples


def cell_result(
    name: str, stages_s: Mapping[str, float] | None = None, frame: Cell | None = None, **parts: Any
) -> CellResult:
    """A cell of one round, whose stages took so many seconds."""
    stages = StageSamples({stage: [seconds] for stage, seconds in (stages_s or {}).items()})
    return CellResult(name, stages=stages, frame=frame or Cell(), version=1, **parts)


def frame_result(model: str, inference_s: float, runtime: str = "tensorflow", renderer: str = "opencv") -> CellResult:
    """A frame of a model at 256 that was taken to the screen, in a page if the runtime is TF.js, in 2 ms and these."""
    in_page = runtime.startswith("tfjs")
    return cell_result(
        "test_browser[x]" if in_page else "test_frame[x]",
        {"upload" if in_page else "preprocess": 0.001, "inference": inference_s, "draw": 0.001},
        Cell(model=model, size="256", runtime=runtime, renderer=renderer),
        page=Page() if in_page else None,
    )
