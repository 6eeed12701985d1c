"""Is it real-time, and where does the time go? From the camera frame to the screen, stage by stage."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import FramePath, StoreStages, VerifyPixels

pytestmark = [pytest.mark.benchmark(group="frame"), pytest.mark.frame_defaults(preprocess="none,greyscale+invert")]


def test_frame(
    benchmark: BenchmarkFixture, frame_path: FramePath, store_stages: StoreStages, verify_pixels: VerifyPixels
) -> None:
    benchmark(frame_path.loop)
    store_stages(frame_path.loop.timer)
    verify_pixels(frame_path.renderer, frame_path.tensor)
