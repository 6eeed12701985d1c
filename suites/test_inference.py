"""How long does the model itself take? From the input tensor to the outputs in host memory."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import StoreMemory, Turns, VerifyOutputs

pytestmark = [
    pytest.mark.benchmark(group="inference"),
    pytest.mark.frame_defaults(runtime="tensorflow,keras,openvino,onnxruntime,litert,tensorflow-xla"),
]


def test_inference(
    benchmark: BenchmarkFixture, store_memory: StoreMemory, model_loop: Turns, verify_outputs: VerifyOutputs
) -> None:
    model_loop.warm_up()
    outputs = benchmark(model_loop)
    store_memory()
    verify_outputs(outputs, model_loop.latest())
