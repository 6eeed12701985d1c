"""Does a smaller model help, and which way of making it smaller? Smaller inputs, fewer filters, quantised weights."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import StoreMemory, StoreSize, Turns, VerifyOutputs

pytestmark = [
    pytest.mark.study,
    pytest.mark.benchmark(group="model size"),
    pytest.mark.frame_defaults(
        model="pix2pix-256-f64,pix2pix:128-f64,pix2pix:64-f64,pix2pix:256-f32,pix2pix:256-f16,pix2pix-256-f8,pix2pix:256-f4,"
        "pix2pix:256-f64-float16,pix2pix:256-f64-uint8,pix2pix:256-f8-float16,pix2pix:256-f8-uint8",
    ),
]


def test_model_size(
    benchmark: BenchmarkFixture,
    store_memory: StoreMemory,
    model_loop: Turns,
    verify_outputs: VerifyOutputs,
    store_size: StoreSize,
) -> None:
    model_loop.warm_up()
    outputs = benchmark(model_loop)
    store_memory()
    verify_outputs(outputs, model_loop.latest())
    store_size()
