"""Every runtime keeps to its number of threads."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

RUNTIMES = ("tensorflow", "keras", "openvino", "onnxruntime", "litert", "tensorflow-xla")

# Threads that wait use no processor time, and a busy machine only makes the share smaller.
CODE = f"""
import time
import numpy as np
import framegate
frame = np.random.default_rng(0).uniform(0, 255, (1, 96, 96, 3)).astype(np.float32)
for runtime in {RUNTIMES}:
    with framegate.load_model("esrgan-slim-x2", runtime, threads=1) as model:
        model.run(frame)
        started, used = time.perf_counter(), time.process_time()
        for _ in range(5):
            model.run(frame)
        print(runtime, (time.process_time() - used) / (time.perf_counter() - started))
"""


@pytest.mark.skipif(find_spec("openvino") is None, reason="needs pytest-framegate[all]")
def test_one_thread_is_one_core() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shares = dict(line.split() for line in done.stdout.splitlines())
    assert tuple(shares) == RUNTIMES
    assert all(float(share) <= 1.15 for share in shares.values()), shares
