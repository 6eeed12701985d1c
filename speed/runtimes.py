"""How far the runtimes are apart with a small network."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

import numpy as np

import framegate
from framegate.interfaces import ModelSpec
from speed.figures import Figures, report
from speed.interleaved import best_of_interleaved

NAMES = ("tensorflow", "keras", "openvino", "onnxruntime")
ROUNDS = 30


def measure() -> Figures:
    """Times as fast, of the fastest runs."""
    spec = ModelSpec("pix2pix-256-f8", "pix2pix", "", {"size": 256, "filters": 8})
    frame = np.random.default_rng(0).uniform(-1, 1, (1, 256, 256, 1)).astype(np.float32)
    with ExitStack() as loaded:
        models = [loaded.enter_context(framegate.load_model(spec, runtime=name)) for name in NAMES]
        calls = [partial(model.run, frame) for model in models]
        best = dict(zip(NAMES, best_of_interleaved(calls, ROUNDS), strict=True))
    fastest = min(best["openvino"], best["onnxruntime"])
    return {"fastest-vs-tensorflow": best["tensorflow"] / fastest, "fastest-vs-keras": best["keras"] / fastest}


if __name__ == "__main__":
    report(measure)
