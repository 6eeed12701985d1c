"""How long a model with 54 million weights takes to load, beside reading and copying its bytes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import framegate
from framegate.interfaces import ModelSpec
from framegate.models import specs
from framegate.models.sources import builtin
from speed.figures import Figures, report

TRIES = 4


def model(filters: int) -> Path:
    """The ``model.json`` of a pix2pix network of 256 pixels."""
    spec = ModelSpec(f"f{filters}", "pix2pix", "", {"size": 256, "filters": filters})
    return specs.resolve(spec, builtin()).path


def read_and_copy_s(shards: Sequence[Path]) -> float:
    """Seconds."""
    started = time.perf_counter()
    for array in [np.fromfile(shard, np.uint8) for shard in shards]:
        array.copy()
    return time.perf_counter() - started


def load_s(path: Path) -> float:
    """Seconds."""
    started = time.perf_counter()
    with framegate.load_model(path):
        return time.perf_counter() - started


def measure() -> Figures:
    """The fastest of a few."""
    small, large = model(4), model(64)
    # What TensorFlow takes once is no part of loading a model.
    with framegate.load_model(small) as first:
        first.run(np.zeros((1, 256, 256, 1), np.float32))
    shards = sorted(large.parent.glob("*.bin"))
    pairs = [(read_and_copy_s(shards), load_s(large)) for _ in range(TRIES)]
    return {"vs-reading": min(load for _, load in pairs) / min(read for read, _ in pairs)}


if __name__ == "__main__":
    report(measure)
