"""Processes in which time passes only when someone looks at the clock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "virtual"


def in_virtual_time(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a Python that imports virtual/sitecustomize.py before all else."""
    paths = filter(None, (str(FOLDER), environment.get("PYTHONPATH")))
    return {**environment, "PYTHONPATH": os.pathsep.join(paths)}
