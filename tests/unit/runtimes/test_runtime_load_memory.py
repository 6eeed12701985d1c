"""Loading takes little more memory than the weights have bytes."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from graph_files import noise, op, placeholder, write_graph

SIDE = 4096
MOST = 2.5

# In a process of its own, whose peak is this load alone. What TensorFlow takes once is no part of loading a model.
CODE = """
import sys
from pathlib import Path
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
