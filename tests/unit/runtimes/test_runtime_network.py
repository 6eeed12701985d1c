"""Nobody is told that a runtime is used."""

from __future__ import annotations

import subprocess
import sys

import pytest
from audit import TELLING

IMPORT = """
from framegate.inference.libraries import import_library

import_library({name!r}, {name!r})
assert "openvino_telemetry" not in sys.modules
"""


@pytest.mark.parametrize("name", ["openvino", "onnxruntime", "ai_edge_litert"])
def test_importing_its_library_forks_nothing_and_asks_for_no_address(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELLING + IMPORT.format(name=name)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
