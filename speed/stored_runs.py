"""How fast many stored runs are opened for their history, the first time and ever after, and what memory it takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from speed.figures import Figures, report

CELLS = 200
ROUNDS = 20
STAGES = ("preprocess", "inference", "readback", "postprocess", "convert", "draw", "present")
COUNTS = (10, 100, 1000)
# In a process of its own, whose memory is that of nothing else.
SCRIPT = """
import json, resource, sys, time
from pathlib import Path

before = time.perf_counter()
from framegate.gate.timeline import histories
from framegate.runs.files import files_in
from framegate.runs.kept import open_runs

points = sum(len(history.points) for history in histories(open_runs(files_in(Path(sys.argv[1])))))
seconds = time.perf_counter() - before
print(json.dumps([points, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def stored_run(cells: int = CELLS) -> dict[str, Any]:
    """A run as pytest-benchmark stores it: about 1 MB for 200 cells."""
    entries = []
    for cell in range(cells):
        seconds = [1e-3 * (1 + (7 * cell + at) % 13 / 97) for at in range(ROUNDS)]
        frame = {
            "model": f"net-{cell % 10}",
            "model_sha256": f"{cell % 10:064x}",
            "size": "256",
            "preprocess": "none",
            "runtime": "tensorflow",
            "runtime_version": "TensorFlow 2.19.1, 2 CPU cores",
            "threads": 2,
            "renderer": f"renderer-{cell // 10}",
            "gl": "egl",
            "gl_renderer": "llvmpipe (LLVM 15.0.6, 256 bits)",
            "is_software": True,
        }
        extra_info = {
            "framegate": {"version": 1},
            "frame": frame,
            "frames": {"source": "photo", "fit": "crop"},
            "shown": {"view": "image", "outputs": ["Identity"], "reason": None},
            "memory": {"peak_bytes": 764039168, "steady_bytes": 764039168},
            "agreement": {"compared_with": "tensorflow", "differs_by": 1e-7},
            "stages_s": {stage: [value / 7 for value in seconds] for stage in STAGES},
        }
        name = f"test_frame[net-{cell % 10}-256-none-tensorflow-renderer-{cell // 10}-egl]"
        stats = {"data": seconds, "rounds": ROUNDS, "iterations": 1, "median": seconds[0], "min": min(seconds)}
        params = {"frame_model": frame["model"], "frame_renderer": frame["renderer"]}
        entries.append({"name": name, "group": "frame", "params": params, "stats": stats, "extra_info": extra_info})
    machine = {"node": "a", "system": "Linux", "cpu": {"brand_raw": "A CPU", "count": 2}, "python_version": "3.11.7"}
    return {"machine_info": machine, "commit_info": {"id": "c0ffee"}, "datetime": "@", "benchmarks": entries}


def opened(folder: Path, cache: Path) -> tuple[float, float]:
    """Seconds and MiB of the history of all runs in a folder."""
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    environment = {**os.environ, "FRAMEGATE_CACHE": str(cache)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    points, seconds, mib = json.loads(done.stdout)
    if points != CELLS * len(list(folder.iterdir())):
        raise RuntimeError(f"{points} points are not those of {folder}")
    return seconds, mib


def measure() -> Figures:
    """Seconds, and MiB of a process."""
    figures: Figures = {}
    text = json.dumps(stored_run())
    with tempfile.TemporaryDirectory() as name:
        runs = 0
        folder = Path(name, "runs")
        folder.mkdir()
        for count in COUNTS:
            for number in range(runs, count):
                second = f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}+00:00"
                folder.joinpath(f"{number:04}_x.json").write_text(text.replace('"@"', f'"{second}"'))
            cache = Path(name, f"cache-{count}")
            first_s, _ = opened(folder, cache)
            again_s, mib = min(opened(folder, cache) for _ in range(2))
            figures |= {f"first-{count}": first_s, f"again-{count}": again_s, f"mib-{count}": mib}
            runs = count
    return figures


if __name__ == "__main__":
    report(measure)
