"""What do the OpenCV toggles cost? From a camera frame to the picture that the model would be fed."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import Preprocessor, StoreMemory, Turns

pytestmark = [
    pytest.mark.benchmark(group="preprocess"),
    pytest.mark.frame_defaults(
        size="256", preprocess="none,greyscale,invert,desaturate,brightness,down-upscale,greyscale+invert,all"
    ),
]


def test_preprocess(
    benchmark: BenchmarkFixture, store_memory: StoreMemory, preprocessor: Preprocessor, preprocess_loop: Turns
) -> None:
    preprocess_loop.warm_up()
    picture = benchmark(preprocess_loop)
    store_memory()
    preprocessor.verify(preprocess_loop.latest(), picture)
