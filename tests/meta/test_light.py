"""Someone else's run of pytest, on a machine where Framegate is installed, hardly notices it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# The modules of hooks/, and what these share.
MOST_MODULES = 36

CODE = """
import sys, pytest
status = pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]])
print("status:", int(status))
print("modules:", *sorted(sys.modules))
"""


def imported(folder: Path, *arguments: str) -> set[str]:
    """The modules that a run in the folder imports."""
    run = subprocess.run(
        [sys.executable, "-c", CODE, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "status: 0" in run.stdout, run.stdout + run.stderr
    return set(run.stdout.rpartition("modules:")[2].split())


def test_a_run_that_uses_nothing_of_ours_imports_next_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text("def test_one(): pass\n")
    without = imported(tmp_path, "-p", "no:framegate.plugin")
    more = imported(tmp_path, "-p", "framegate.plugin") - without
    ours = {name for name in more if name.startswith("framegate")}
    assert more - ours == set()
    assert len(ours) <= MOST_MODULES, sorted(ours)
