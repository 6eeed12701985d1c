"""What all tests share: a tiny model that no library is needed to write or to run."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]

SPEED = ROOT / "tests" / "speed"

WriteModel = Callable[..., Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(SPEED):
            item.add_marker("alone")


@pytest.fixture(scope="session", autouse=True)
def _no_worker() -> None:
    """Keep it from the runs inside of tests that this one is a worker's: pytest-benchmark would time nothing there."""
    for variable in [name for name in os.environ if name.startswith("PYTEST_XDIST_")]:
        del os.environ[variable]


def tiny_topology(size: int | None, channels: int) -> dict[str, object]:
    """A graph model that multiplies an image by one number."""
    dims = [{"size": str(size)} for size in (-1, size or -1, size or -1, channels)]
    placeholder = {
        "name": "image",
        "op": "Placeholder",
        "attr": {"shape": {"shape": {"dim": dims}}, "dtype": {"type": "DT_FLOAT"}},
    }
    gain = {
        "name": "gain",
        "op": "Const",
        "attr": {
            "dtype": {"type": "DT_FLOAT"},
            "value": {"tensor": {"dtype": "DT_FLOAT", "tensorShape": {"dim": [{"size": "1"}]}}},
        },
    }
    times = {"name": "picture", "op": "Mul", "input": ["image", "gain"], "attr": {"T": {"type": "DT_FLOAT"}}}
    return {"node": [placeholder, gain, times], "library": {}, "versions": {}}


@pytest.fixture
def write_model(tmp_path: Path) -> WriteModel:
    """Writes the tiny model into a folder of the given name and returns the folder."""

    def write(name: str = "tiny", size: int | None = None, channels: int = 3, gain: float = 1.0) -> Path:
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True, exist_ok=True)
        weights = [{"name": "gain", "shape": [1], "dtype": "float32"}]
        model = {
            "format": "graph-model",
            "modelTopology": tiny_topology(size, channels),
            "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": weights}],
        }
        (folder / "model.json").write_text(json.dumps(model))
        (folder / "group1-shard1of1.bin").write_bytes(np.float32(gain).tobytes())
        return folder

    return write
