"""Which way to the screen is fastest? From the output tensor to pixels in the framebuffer."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import OutputTensor, Renderer, StageTimer, StoreCosts, VerifyPixels

pytestmark = [
    pytest.mark.benchmark(group="render"),
    pytest.mark.frame_defaults(size="256", renderer="all", gl="egl,osmesa,glfw"),
]


def test_render(
    benchmark: BenchmarkFixture,
    renderer: Renderer,
    render_timer: StageTimer,
    output_tensor: OutputTensor,
    store_costs: StoreCosts,
    verify_pixels: VerifyPixels,
) -> None:
    benchmark(render_timer, output_tensor)
    store_costs(renderer, output_tensor)
    verify_pixels(renderer, output_tensor)
