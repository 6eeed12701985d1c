"""The record of a network, and the comparison of a quantised one with the network of which it is a copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from framegate.models.sources.path import PathSource
from framegate.models.specs import find_spec
from framegate.paths import cache_dir
from framegate.pipelines.model_size import Network, SizeStudy
from framegate.results.model_size import Ceilings, ModelSize
from framegate.runtimes.null import NullRuntime
from framegate.values import Size

WriteModel = Callable[..., Path]
BLACK = np.zeros((1, 4, 4, 3), np.float32)


def record(study: SizeStudy, folder: Path, grey: float) -> ModelSize:
    """What is known of the network in a folder whose output, of a range from -1 to 1, is that grey."""
    spec = find_spec(str(folder))
    network = Network(folder.name, spec, PathSource().resolve(spec, cache_dir()), Size(4, 4), NullRuntime())
    return study.record(network, BLACK + grey, (-1.0, 1.0), 0.5)


def test_a_quantised_network_is_compared_with_that_of_the_same_name(write_model: WriteModel) -> None:
    study = SizeStudy(Ceilings(1.0, 1.0))
    alone = record(study, write_model("other-uint8"), 0.0)
    base = record(study, write_model("net"), 0.0)
    off, same = record(study, write_model("net-uint8"), 0.02), record(study, write_model("net-float16"), 0.0)
    assert [(part.compared_with, part.is_equal) for part in (alone, base, off, same)] == [
        (None, False),
        (None, False),
        ("net", False),
        ("net", True),
    ]
    # 0.02 of a range of 2 is 0.01 of it, which is 40 dB.
    assert round(off.psnr_db or 0, 3) == 40
    assert (base.model, base.inference_s, base.parameters, base.weight_bytes) == ("net", 0.5, 1, 4)
    assert base.load_s > 0
