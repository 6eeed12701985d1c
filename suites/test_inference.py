"""How long does the model itself take? From the input tensor to the outputs in host memory."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import Feeds, LoadedModel, VerifyOutputs

pytestmark = [
    pytest.mark.benchmark(group="inference"),
    pytest.mark.frame_defaults(runtime="tensorflow,keras,openvino,onnxruntime,litert,tensorflow-xla"),
]


def test_inference(
    benchmark: BenchmarkFixture, warm_model: LoadedModel, model_feeds: Feeds, verify_outputs: VerifyOutputs
) -> None:
    outputs = benchmark(warm_model.run, model_feeds)
    verify_outputs(outputs)
