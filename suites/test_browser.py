"""How fast is TF.js itself, in a real browser, and which backend and which way to the canvas are the fastest?"""

import pytest

from framegate.fixtures import MeasureFrames, Pipeline, StoreMemory, VerifyFrames

pytestmark = [
    pytest.mark.browser,
    pytest.mark.benchmark(group="browser"),
    pytest.mark.frame_defaults(
        model="colour-128-f8,pix2pix-256-f8",
        runtime="tfjs-wasm,tfjs-cpu,tfjs-webgl",
        renderer="topixels,texture,same-context",
    ),
    pytest.mark.frame_main(model="colour-128-f8", runtime="tfjs-wasm,tfjs-webgl", renderer="topixels,texture"),
]


def test_browser(
    store_memory: StoreMemory,
    cell_pipeline: Pipeline,
    measure_frames: MeasureFrames,
    verify_frames: VerifyFrames,
) -> None:
    measure_frames(cell_pipeline)
    store_memory()
    verify_frames(cell_pipeline)
