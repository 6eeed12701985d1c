"""Which way to the screen is fastest? From the output tensor to pixels in the framebuffer."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import FrameLoop, Renderer, StoreCosts, StoreMemory, VerifyPixels, WarmUp

pytestmark = [
    pytest.mark.benchmark(group="render"),
    pytest.mark.frame_defaults(size="256", renderer="all", gl="egl,osmesa,glfw"),
]


def test_render(
    benchmark: BenchmarkFixture,
    store_memory: StoreMemory,
    renderer: Renderer,
    render_loop: FrameLoop,
    warm_up: WarmUp,
    store_costs: StoreCosts,
    verify_pixels: VerifyPixels,
) -> None:
    warm_up(render_loop, renderer)
    benchmark(render_loop)
    store_memory()
    verify_pixels(renderer, *render_loop.latest(1))
    store_costs(renderer, render_loop.latest()[-1])
