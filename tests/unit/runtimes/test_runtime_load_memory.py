"""Loading takes little more memory than the weights have bytes."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_files import noise, op, placeholder, write_graph

SIDE = 4096
MOST = 2.5
CHANNELS = 512

# In a process of its own, whose peak is this load alone. What TensorFlow takes once is no part of loading a model.
CODE = """
import sys
from pathlib import Path
from typing import Any
import numpy as np, psutil
import framegate

small, large = sys.argv[1:]
with framegate.load_model(small, trial_s=None) as model:
    model.run(np.zeros((1, 4), np.float32))
Path("/proc/self/clear_refs").write_text("5")
before = psutil.Process().memory_info().rss
with framegate.load_model(large, trial_s=None):
    lines = Path("/proc/self/status").read_text().splitlines()
high = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
print(high * 1024 - before)
"""


def product(folder: Path, side: int) -> Path:
    """A vector by a matrix."""
    nodes = [placeholder("x", (-1, side)), op("MatMul", "y", ["x", "w"])]
    return write_graph(folder, nodes, {"w": noise(side, side)}).path


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[tensorflow]")
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of memory can be read on Linux only")
def test_loading_peaks_at_2_5_times_the_weights(tmp_path: Path) -> None:
    models = [str(product(tmp_path / str(side), side)) for side in (4, SIDE)]
    done = subprocess.run([sys.executable, "-c", CODE, *models], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    peak, size = int(done.stdout), 4 * SIDE**2
    assert size <= peak <= MOST * size


CLOSED = """
import sys
import numpy as np, psutil
import framegate

def resident():
    return psutil.Process().memory_info().rss

def use(path):
    with framegate.load_model(path, "tensorflow-xla", trial_s=None) as model:
        model.run({info.name: np.zeros([side or 1 for side in info.shape], np.float32) for info in model.inputs})

small, large = sys.argv[1:]
use(small)
before = resident()
for _ in range(3):
    use(large)
print(resident() - before)
"""


def convolutions(folder: Path, channels: int) -> Path:
    """Six transposed convolutions, whose weights are constants of XLA's program."""
    kind = {"T": {"type": "DT_FLOAT"}}
    window = {"strides": {"list": {"i": ["1", "1", "1", "1"]}}, "padding": {"s": "U0FNRQ=="}}
    nodes = [placeholder("x_0", (1, 4, 4, channels))]
    weights: dict[str, Any] = {"shape": np.array([1, 4, 4, channels], np.int32)}
    for number in range(6):
        weights[f"w_{number}"] = noise(3, 3, channels, channels) / (9 * channels)
        ends = ["shape", f"w_{number}", f"x_{number}"]
        nodes.append(op("Conv2DBackpropInput", f"x_{number + 1}", ends, **kind, **window))
    return write_graph(folder, nodes, weights).path


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs pytest-framegate[tensorflow]")
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told to give back what was freed")
def test_of_a_compiled_program_little_is_left_when_it_is_closed(tmp_path: Path) -> None:
    models = [str(convolutions(tmp_path / str(channels), channels)) for channels in (4, CHANNELS)]
    done = subprocess.run([sys.executable, "-c", CLOSED, *models], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 6 * 9 * CHANNELS**2 * 4
