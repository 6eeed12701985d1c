"""Cells with flags of TF.js run with them, and a flag that TF.js does not know is refused in its words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

RunCells = Callable[..., "CompletedProcess[str]"]

# Importing TensorFlow takes longer than all else that this run does.
NO_TENSORFLOW = "import sys\nsys.modules['tensorflow'] = None\n"


def test_the_flags_that_a_cell_names_are_those_that_ran(run_cells: RunCells, tmp_path: Path) -> None:
    done = run_cells(
        NO_TENSORFLOW,
        *("--frame-runtime=tfjs-cpu", "--frame-renderer=topixels", "--frame-tfjs-flag=none,PROD=true,NO_SUCH=true"),
    )
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if line.startswith("BrowserError: "))
    assert "Cannot set flag NO_SUCH as it has not been registered." in line
    stored = json.loads((tmp_path / "run" / "out.json").read_text("utf-8"))["benchmarks"]
    ran = {
        entry["params"]["frame_runtime"]: entry["extra_info"]["browser"]["flags"].get("PROD", False) for entry in stored
    }
    assert ran == {"tfjs-cpu": False, "tfjs-cpu:PROD=true": True}
