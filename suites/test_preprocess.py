"""What do the OpenCV toggles cost? From a camera frame to the picture that the model would be fed."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import Frames, Preprocessor

pytestmark = [
    pytest.mark.benchmark(group="preprocess"),
    pytest.mark.frame_defaults(
        size="256", preprocess="none,greyscale,invert,desaturate,brightness,down-upscale,greyscale+invert,all"
    ),
]


def test_preprocess(benchmark: BenchmarkFixture, preprocessor: Preprocessor, frames: Frames) -> None:
    picture = benchmark(preprocessor, frames[0])
    preprocessor.verify(frames[0], picture)
