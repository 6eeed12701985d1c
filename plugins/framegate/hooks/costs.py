"""What the way to the screen costs beside its time: bytes, the device's share, the distance from one copy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import BackendUnavailable
from framegate.hooks.describe import FrameInfo
from framegate.interfaces import Array, GLContext, Renderer
from framegate.measure.frame import FrameLoop
from framegate.report.costs import CostRow, cost_table
from framegate.report.stages import StageRow

if TYPE_CHECKING:
    from framegate.measure.device import DeviceClock

COST_ROWS = pytest.StashKey[list[CostRow]]()


@pytest.fixture
def store_costs(
    request: pytest.FixtureRequest,
    benchmark: Any,
    gl_context: GLContext,
    render_loop: FrameLoop,
    keep_stages: Callable[..., StageRow | None],
    frame_info: FrameInfo,
    verify_pixels: Callable[[Renderer, Array], None],
) -> Callable[[Renderer, Array], None]:
    """Keeps the stages, measures a renderer's passes, and puts them into ``extra_info["screen"]`` and into a table.

    What the passes drew is then compared. Nothing is stored with timing off; a renderer that has no passes is left out
    of the table.
    """
    from framegate.measure.device import measure_costs

    def store(renderer: Renderer, tensor: Array) -> None:
        measured, passes = keep_stages(render_loop.timer), renderer.passes()
        if measured is None or not passes:
            return
        with ExitStack() as objects:
            clock = _device_clock(gl_context, objects)
            costs = measure_costs(tensor, renderer.stages()[0].call, passes, gl_context.finish, clock)
        verify_pixels(renderer, tensor)
        benchmark.extra_info["screen"] = asdict(costs) | {"is_gpu_s_trusted": not frame_info["is_software"]}
        row = CostRow(
            cell=measured.cell,
            size=frame_info["size"],
            renderer=frame_info["renderer"],
            gl=frame_info["gl"],
            is_software=bool(frame_info["is_software"]),
            total_s=measured.total_s,
            costs=costs,
        )
        request.config.stash.setdefault(COST_ROWS, []).append(row)

    return store


def _device_clock(context: GLContext, objects: ExitStack) -> DeviceClock | None:
    from framegate.gl.timer import device_clock

    try:
        return device_clock(context.functions, objects)
    except BackendUnavailable:
        return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the costs."""
    rows = config.stash.get(COST_ROWS, [])
    if rows:
        for line in ["", *cost_table(rows).splitlines()]:
            terminalreporter.write_line(line)
