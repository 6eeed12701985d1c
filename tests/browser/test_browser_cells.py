"""Cells that run in a browser: what is stored, and what becomes of wrong pictures and lost browsers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RunCells = Callable[..., subprocess.CompletedProcess[str]]

# Importing TensorFlow takes longer than all else that these runs do.
NO_TENSORFLOW = "import sys\nsys.modules['tensorflow'] = None\n"

KILLS = """
import psutil
from framegate.browser.session import TFJSPage

rounds, calls = TFJSPage.rounds, []

def first_kills(page, *arguments):
    calls.append(page)
    if len(calls) == 1:
        for process in psutil.Process().children(recursive=True):
            if "chrom" in process.name():
                process.kill()
    return rounds(page, *arguments)

TFJSPage.rounds = first_kills
"""

WRONG = """
import pathlib, shutil
from framegate.browser import session

shutil.copytree(session._PAGE, "page")
session._PAGE = pathlib.Path("page")
script = session._PAGE / "screen.js"
right = "tf.browser.toPixels(unit,"
assert right in script.read_text()
script.write_text(script.read_text().replace(right, "tf.browser.toPixels(tf.tidy(() => tf.sub(1, unit)),"))
"""


def test_a_cell_stores_what_the_page_measured(run_cells: RunCells, tmp_path: Path) -> None:
    done = run_cells("", "--frame-runtime=tfjs-wasm,tfjs-cpu", "--frame-renderer=texture,draw")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "draw with TF.js' wasm: Kernel 'Draw' not registered for backend 'wasm'" in done.stdout
    cells: list[dict[str, Any]] = json.loads((tmp_path / "run" / "out.json").read_text())["benchmarks"]
    assert [cell["name"] for cell in cells] == [
        "test_browser[tiny-16-none-tfjs-wasm-texture]",
        "test_browser[tiny-16-none-tfjs-cpu-texture]",
        "test_browser[tiny-16-none-tfjs-cpu-draw]",
    ]
    frame = cells[0]["extra_info"]["frame"]
    assert (frame["runtime"], frame["renderer"], frame["gl"], len(frame["model_sha256"])) == (
        *("tfjs-wasm", "texture", None),
        64,
    )
    for cell, stages in zip(
        cells, [["upload", "inference", "readback", "draw"]] * 2 + [["upload", "inference", "draw"]], strict=True
    ):
        stored = cell["extra_info"]["stages_s"]
        assert list(stored) == stages
        wholes = [sum(parts) for parts in zip(*stored.values(), strict=True)]
        assert cell["stats"]["data"] == pytest.approx(wholes, abs=1e-9)
        assert cell["options"]["timer"] == "replay"
        about = cell["extra_info"]["browser"]
        assert about["tfjs"] == "4.22.0"
        assert about["crossOriginIsolated"] is True
        assert about["compared_with"] == "tensorflow"
        assert set(about["load_s"]) == {"fetch", "build", "first-run"}
        assert len(about["dispatch_s"]) == len(wholes)


def test_after_a_lost_browser_the_next_cell_gets_a_new_one(run_cells: RunCells) -> None:
    done = run_cells(
        NO_TENSORFLOW + KILLS,
        *("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels", "--frame-preprocess=none,invert"),
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "BrowserError: the browser could not answer framegate.rounds" in done.stdout


def test_a_wrong_canvas_fails(run_cells: RunCells) -> None:
    done = run_cells(NO_TENSORFLOW + WRONG, "--frame-runtime=tfjs-wasm", "--frame-renderer=topixels,texture")
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "test_browser[tiny-16-none-tfjs-wasm-topixels] FAILED" in done.stdout
    assert "WrongOutput: " in done.stdout
