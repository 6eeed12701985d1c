"""Is it real-time, and where does the time go? From the camera frame to the screen, stage by stage."""

import pytest

from framegate.fixtures import MeasureFrames, Pipeline, StoreMemory, VerifyFrames

pytestmark = [pytest.mark.benchmark(group="frame"), pytest.mark.frame_defaults(preprocess="none,greyscale+invert")]


def test_frame(
    store_memory: StoreMemory,
    cell_pipeline: Pipeline,
    measure_frames: MeasureFrames,
    verify_frames: VerifyFrames,
) -> None:
    measure_frames(cell_pipeline)
    store_memory()
    verify_frames(cell_pipeline)
