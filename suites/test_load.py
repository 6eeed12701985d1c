"""How long until a model is ready? From model.json on the disk to the first result."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from framegate.fixtures import LoadPath, StoreStages

pytestmark = [pytest.mark.benchmark(group="load"), pytest.mark.frame_defaults(runtime="tensorflow")]


def test_load(benchmark: BenchmarkFixture, load_path: LoadPath, store_stages: StoreStages) -> None:
    benchmark(load_path)
    store_stages(load_path.timer)
