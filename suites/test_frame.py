"""Is it real-time, and where does the time go? From the camera frame to the screen, stage by stage."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import FramePath, StoreMemory, StoreStages, VerifyFrame, WarmUp

pytestmark = [pytest.mark.benchmark(group="frame"), pytest.mark.frame_defaults(preprocess="none,greyscale+invert")]


def test_frame(
    benchmark: BenchmarkFixture,
    store_memory: StoreMemory,
    frame_path: FramePath,
    warm_up: WarmUp,
    store_stages: StoreStages,
    verify_frame: VerifyFrame,
) -> None:
    warm_up(frame_path.loop, frame_path.renderer)
    benchmark(frame_path.loop)
    store_memory()
    store_stages(frame_path.loop.timer)
    verify_frame()
