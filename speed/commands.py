"""What collecting a large matrix and explaining a model cost in processor time, beside the least that they could."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from speed.figures import Figures, report

CELLS = 10_000
TRIES = 3
EMPTY = f"import pytest\n@pytest.mark.parametrize('cell', range({CELLS}))\ndef test_empty(cell):\n    pass\n"
MATRIX = "def test_frame(benchmark, frame_pipeline):\n    benchmark(frame_pipeline)\n"


def cpu_s(folder: Path, *command: str) -> float:
    """The least processor seconds of a few runs of a Python command; what else the machine is doing does not count."""
    seconds = []
    for _ in range(TRIES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "PYTEST_ADDOPTS": ""}
        line = [sys.executable, *command]
        subprocess.run(line, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def write_model(folder: Path, side: int = 16, products: int = 200) -> Path:
    """A graph model that multiplies an image by a number, so many times."""
    dims = [{"size": str(size)} for size in (-1, side, side, 3)]
    attributes = {"shape": {"shape": {"dim": dims}}, "dtype": {"type": "DT_FLOAT"}}
    image = {"name": "n0", "op": "Placeholder", "attr": attributes}
    tensor = {"dtype": "DT_FLOAT", "tensorShape": {"dim": [{"size": "1"}]}}
    gain = {"name": "gain", "op": "Const", "attr": {"dtype": {"type": "DT_FLOAT"}, "value": {"tensor": tensor}}}
    nodes = [
        {"name": f"n{at + 1}", "op": "Mul", "input": [f"n{at}", "gain"], "attr": {"T": {"type": "DT_FLOAT"}}}
        for at in range(products)
    ]
    weights = [{"name": "gain", "shape": [1], "dtype": "float32"}]
    manifest = [{"paths": ["group1-shard1of1.bin"], "weights": weights}]
    topology = {"node": [image, gain, *nodes], "library": {}, "versions": {}}
    folder.mkdir()
    (folder / "group1-shard1of1.bin").write_bytes(np.float32(1).tobytes())
    document = {"format": "graph-model", "modelTopology": topology, "weightsManifest": manifest}
    (folder / "model.json").write_text(json.dumps(document))
    return folder


def collection(folder: Path) -> float:
    """Processor time of collecting ten thousand cells by that of as many empty tests."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_empty.py").write_text(EMPTY)
    (folder / "test_matrix.py").write_text(MATRIX)
    models = [write_model(folder / f"net{index}") for index in range(10)]
    collect = ("-m", "pytest", "--collect-only", "-q", "-q", "-p", "no:cacheprovider")
    matrix = [
        *(f"--frame-model={model}" for model in models),
        f"--frame-size={','.join(map(str, range(1, 51)))}",
        "--frame-preprocess=none,invert,greyscale,all,brightness",
        "--frame-renderer=topixels,opencv",
        "--frame-gl=egl,osmesa",
    ]
    return cpu_s(folder, *collect, "test_matrix.py", *matrix) / cpu_s(folder, *collect, "test_empty.py")


def measure() -> Figures:
    """Times as long."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        collecting = collection(folder)
        inspecting = cpu_s(folder, "-m", "framegate", "inspect", "net0") / cpu_s(folder, "-c", "import numpy, rich")
    return {"collect-vs-empty": collecting, "inspect-vs-python": inspecting}


if __name__ == "__main__":
    report(measure)
