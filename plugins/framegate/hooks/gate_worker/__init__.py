"""The pytest plugin in the gate's worker processes, the same on both sides of a comparison.

It stands alone, and is put on the path of a worker by itself, so that the code that measures is never what is under
test, even where that is Framegate. A worker is told what to do through a connection; when that ends, so does it.

In the mode ``launch`` benchmarks run as they always do. In the mode ``blocks`` the ``benchmark`` fixture warms up,
says that it is ready, and runs its function when it is told to.
"""

from __future__ import annotations

import shutil
from pathlib import Path

NAME = "framegate_gate_worker"


def copy_into(folder: Path) -> str:
    """Write this package into a folder, to be imported from there; returns the name of the plugin's module."""
    shutil.copytree(Path(__file__).parent, folder / NAME, ignore=shutil.ignore_patterns("__pycache__"))
    return f"{NAME}.plugin"
