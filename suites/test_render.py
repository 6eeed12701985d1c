"""Which way to the screen is fastest? From the output tensor to pixels in the framebuffer."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import OutputTensor, Renderer, VerifyPixels

pytestmark = [
    pytest.mark.benchmark(group="render"),
    pytest.mark.frame_defaults(
        size="64,256", renderer="topixels,topixels-loop,numpy,opencv,gl-texture", gl="egl,osmesa,glfw"
    ),
]


def test_render(
    benchmark: BenchmarkFixture, renderer: Renderer, output_tensor: OutputTensor, verify_pixels: VerifyPixels
) -> None:
    benchmark(renderer.draw, output_tensor)
    verify_pixels(renderer, output_tensor)
