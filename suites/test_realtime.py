"""Is it real-time? Which frames of a camera reach the screen, how old are they there, and where are the others lost?"""

import pytest

from framegate.fixtures import Pipeline, RunFrames, StoreMemory, VerifyFrames

pytestmark = pytest.mark.benchmark(group="realtime")


@pytest.mark.frame_defaults(model="colour-128-f8", renderer="gl-texture")
def test_realtime(
    store_memory: StoreMemory,
    cell_pipeline: Pipeline,
    run_frames: RunFrames,
    verify_frames: VerifyFrames,
) -> None:
    run_frames(cell_pipeline)
    store_memory()
    verify_frames(cell_pipeline)


@pytest.mark.browser
@pytest.mark.study
@pytest.mark.frame_defaults(model="colour-128-f8", runtime="tfjs-wasm", renderer="topixels")
def test_realtime_browser(
    store_memory: StoreMemory,
    cell_pipeline: Pipeline,
    run_frames: RunFrames,
    verify_frames: VerifyFrames,
) -> None:
    run_frames(cell_pipeline)
    store_memory()
    verify_frames(cell_pipeline)
