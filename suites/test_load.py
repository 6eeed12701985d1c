"""How long until a model is ready? From model.json on the disk to the first result."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import LoadPath, StoreMemory, StoreStages, VerifyOutputs

pytestmark = [pytest.mark.benchmark(group="load"), pytest.mark.frame_defaults(runtime="tensorflow")]


def test_load(
    benchmark: BenchmarkFixture,
    store_memory: StoreMemory,
    load_path: LoadPath,
    load_rounds: int,
    store_stages: StoreStages,
    verify_outputs: VerifyOutputs,
) -> None:
    outputs = benchmark.pedantic(load_path, setup=load_path.close, rounds=load_rounds)
    store_memory()
    store_stages(load_path.timer, calls_after=0)
    verify_outputs(outputs, load_path.latest())
