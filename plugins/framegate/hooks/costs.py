"""What the way to the screen costs beside its time: bytes, the device's share, the distance from one copy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import BackendUnavailable

if TYPE_CHECKING:
    from framegate.hooks.describe import FrameInfo
    from framegate.interfaces import Array, GLContext, Renderer
    from framegate.measure.device import DeviceClock
    from framegate.measure.frame import FrameLoop


@pytest.fixture
def store_costs(
    benchmark: Any,
    gl_context: GLContext,
    render_loop: FrameLoop,
    store_stages: Callable[..., bool],
    frame_info: FrameInfo,
    verify_pixels: Callable[[Renderer, Array], None],
) -> Callable[[Renderer, Array], None]:
    """Stores the stages, measures a renderer's passes, and puts their costs into ``extra_info["screen"]``.

    What the passes drew is then compared. Nothing is stored with timing off, and no costs of a renderer without passes.
    """
    from framegate.measure.device import measure_costs

    def store(renderer: Renderer, tensor: Array) -> None:
        is_timed, passes = store_stages(render_loop.timer), renderer.passes()
        if not (is_timed and passes):
            return
        with ExitStack() as objects:
            clock = _device_clock(gl_context, objects)
            costs = measure_costs(tensor, renderer.stages()[0].call, passes, gl_context.finish, clock)
        verify_pixels(renderer, tensor)
        replace(costs, is_gpu_s_trusted=not frame_info["is_software"]).store(benchmark.extra_info)

    return store


def _device_clock(context: GLContext, objects: ExitStack) -> DeviceClock | None:
    from framegate.gl.timer import device_clock

    try:
        return device_clock(context.functions, objects)
    except BackendUnavailable:
        return None
