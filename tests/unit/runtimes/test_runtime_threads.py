"""The number of threads, from the caller to the libraries."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from framegate.inference.abilities import TakesThreads, in_words, open_runtime
from framegate.inference.base import Threaded
from framegate.interfaces import Runtime
from framegate.machine import usable_cores
from framegate.runtimes.null import NullRuntime

NEEDS_TENSORFLOW = pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[tensorflow]")


class Mine(Threaded, NullRuntime):
    pass


def test_a_runtime_with_threads_is_given_them_and_another_is_left_alone() -> None:
    mine: Runtime = open_runtime(Mine, 3)
    assert isinstance(mine, Mine)
    assert mine.threads == 3
    assert Mine().threads == usable_cores()
    assert not isinstance(open_runtime(NullRuntime, 3), TakesThreads)


def test_in_words() -> None:
    assert (in_words(1), in_words(2)) == ("1 thread", "2 threads")


@NEEDS_TENSORFLOW
def test_tensorflow_takes_a_number_once() -> None:
    code = """
from framegate.models import tf
from framegate.runtimes.tensorflow import TensorFlowRuntime
runtime = TensorFlowRuntime()
runtime.use_threads(1)
tf.tensorflow().constant(1.0) + 1
runtime.use_threads(1)
try:
    runtime.use_threads(3)
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == (
        "BackendUnavailable TensorFlow's number of threads is 1 for the rest of this process, and cannot become 3;"
        " start a process for each number of threads\n"
    ), done.stderr


# How many threads beside the caller's did at least a tenth of the work of a run. TensorFlow computes in another thread,
# in version 2.21 not always in the same one; how much the caller's has to do beside that, such as copying, is the
# machine's.
AT_WORK = {"tensorflow": 1, "keras": 1, "openvino": 0, "onnxruntime": 0, "litert": 0, "tensorflow-xla": 1}
COUNT_THREADS = f"""
import threading
import psutil
import numpy as np
import framegate

def used():
    spent = {{}}
    for thread in psutil.Process().threads():
        with open(f"/proc/self/task/{{thread.id}}/schedstat") as file:
            spent[thread.id] = int(file.read().split()[0])
    return spent

frame = np.random.default_rng(0).uniform(0, 255, (1, 96, 96, 3)).astype(np.float32)
for runtime in {list(AT_WORK)}:
    with framegate.load_model("esrgan-slim-x2", runtime, threads=1) as model:
        model.run(frame)
        counts = []
        for _ in range(3):
            before = used()
            model.run(frame)
            spent = {{thread: now - before.get(thread, 0) for thread, now in used().items()}}
            least = sum(spent.values()) / 10
            del spent[threading.get_native_id()]
            counts.append(sum(each >= least for each in spent.values()))
    print(runtime, max(counts))
"""


@pytest.mark.skipif(find_spec("openvino") is None, reason="needs pytest-framegate[all]")
@pytest.mark.skipif(sys.platform != "linux", reason="Linux says what each thread has computed")
def test_with_one_thread_one_thread_computes() -> None:
    done = subprocess.run([sys.executable, "-c", COUNT_THREADS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counted = {name: int(count) for name, count in map(str.split, done.stdout.splitlines())}
    assert counted.keys() == AT_WORK.keys()
    assert {name: count for name, count in counted.items() if count > AT_WORK[name]} == {}
