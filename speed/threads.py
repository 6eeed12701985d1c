"""How many cores each runtime keeps busy when it is given one thread."""

from __future__ import annotations

import time

import numpy as np

import framegate
from speed.figures import Figures, report

RUNTIMES = ("tensorflow", "keras", "openvino", "onnxruntime", "litert", "tensorflow-xla")
RUNS = 5


def measure() -> Figures:
    """Processor time by time; threads that wait use none."""
    frame = np.random.default_rng(0).uniform(0, 255, (1, 96, 96, 3)).astype(np.float32)
    figures = {}
    for runtime in RUNTIMES:
        with framegate.load_model("esrgan-slim-x2", runtime, threads=1) as model:
            model.run(frame)
            started, used = time.perf_counter(), time.process_time()
            for _ in range(RUNS):
                model.run(frame)
            figures[runtime] = (time.process_time() - used) / (time.perf_counter() - started)
    return figures


if __name__ == "__main__":
    report(measure)
