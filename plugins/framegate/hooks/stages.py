"""Keep the samples of each stage with the stored result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from framegate.hooks.describe import FrameInfo
    from framegate.measure.stages import StageTimer


@pytest.fixture
def store_stages(pytestconfig: pytest.Config, benchmark: Any, frame_info: FrameInfo) -> Callable[..., bool]:
    """Puts a timer's samples of the benchmark's rounds into ``extra_info["stages_s"]``, and says whether it did.

    Nothing is stored with timing off, when there are no rounds, nor with ``--benchmark-cprofile``, which calls the
    function under a profiler after the rounds.
    """
    from framegate.results.parts import Stages

    del frame_info  # asked for as it describes the cell

    def store(timer: StageTimer, calls_after: int = 1) -> bool:
        if benchmark.stats is None or pytestconfig.getoption("benchmark_cprofile"):
            return False
        count = benchmark.stats.stats.rounds * benchmark.stats.iterations
        Stages(timer.rounds(count, calls_after)).store(benchmark.extra_info)
        return True

    return store
