"""How much memory the process of a benchmark holds: stored with each result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.matrix import kind_of

if TYPE_CHECKING:
    from framegate.hooks.describe import FrameInfo


@pytest.fixture
def store_memory(request: pytest.FixtureRequest, benchmark: Any, frame_info: FrameInfo) -> Callable[[], None]:
    """Puts the process' memory into ``extra_info["memory"]``; to be called when the rounds are over.

    ``peak_bytes`` is the most since this fixture was set up, so it is asked for before what loads a model;
    ``steady_bytes`` is what is held now. None is what the system does not say. Nothing is stored with timing off, nor
    for pages, whose models other processes hold.
    """
    from framegate.gate.worker.memory import forget_peak, peak_bytes, resident_bytes
    from framegate.pipelines.base import PYTHON
    from framegate.results.parts import Memory

    del frame_info  # asked for as it describes the cell
    forgotten = forget_peak()

    def store() -> None:
        if benchmark.stats is None or kind_of(request.node) != PYTHON:
            return
        steady = resident_bytes()  # first: what is held grows a little with each look at it
        Memory(peak_bytes() if forgotten else None, steady).store(benchmark.extra_info)

    return store
