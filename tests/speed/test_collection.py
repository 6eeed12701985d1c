"""Collecting a large matrix costs little more than collecting as many empty tests."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CELLS = 10_000
LIMIT = 1.5
PAIRS = 3


def processor_time() -> float:
    """Seconds that finished child processes have computed; what else the machine is doing does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def collect(folder: Path, *arguments: str) -> float:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    before = processor_time()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = processor_time() - before
    assert done.returncode == 0, done.stdout + done.stderr
    assert f": {CELLS}" in done.stdout
    return seconds


def test_collecting_10000_cells(tmp_path: Path, write_model: Callable[..., Path]) -> None:
    models = [write_model(f"net{index}") for index in range(10)]
    sizes = ",".join(str(size) for size in range(1, 51))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_empty.py").write_text(
        f"import pytest\n@pytest.mark.parametrize('cell', range({CELLS}))\ndef test_empty(cell):\n    pass\n"
    )
    (tmp_path / "test_matrix.py").write_text("def test_frame(benchmark, frame_path):\n    benchmark(frame_path.loop)\n")
    matrix = [
        "test_matrix.py",
        *(f"--frame-model={model}" for model in models),
        f"--frame-size={sizes}",
        "--frame-preprocess=none,invert,greyscale,all,brightness",
        "--frame-renderer=topixels,opencv",
        "--frame-gl=egl,osmesa",
    ]
    pairs = [(collect(tmp_path, *matrix), collect(tmp_path, "test_empty.py")) for _ in range(PAIRS)]
    ratio = min(cells for cells, _ in pairs) / min(empty for _, empty in pairs)
    assert ratio <= LIMIT, f"collecting {CELLS} cells takes {ratio:.2f}x as long as {CELLS} empty tests: {pairs}"
