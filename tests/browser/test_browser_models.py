"""Models as users name and place them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

RunCells = Callable[..., subprocess.CompletedProcess[str]]
WriteModel = Callable[..., Path]

WASM = ("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels")


def test_files_that_were_uploaded_by_hand_run_in_a_page_as_in_python(
    run_cells: RunCells, write_model: WriteModel, tmp_path: Path
) -> None:
    folder = write_model("upload", gain=0.5)
    (folder / "model.json").rename(folder / "my net (2).json")
    done = run_cells("", f"--frame-model={folder}", *WASM, "-k", "upload and test_browser")
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    (cell,) = json.loads((tmp_path / "run" / "out.json").read_text())["benchmarks"]
    assert cell["extra_info"]["browser"]["compared_with"] == "tensorflow"


# What the page says of itself when its first frame is compared.
SHOWS = """
import sys
from framegate.browser.session import TFJSPage

sys.modules["tensorflow"] = None
look = TFJSPage.look
ASKED = "() => [document.title, document.body.innerText, document.images.length, String(globalThis.harmed)]"

def shown(page):
    print("shown:", *page._browser.call(ASKED, None, 20), sep="\\n")
    return look(page)

TFJSPage.look = shown
"""


@pytest.mark.parametrize(
    "name", ["<img src=x onerror='harmed = 1'>", "</p><script>harmed = 1<!--", "&lt;b&gt;", "a\u202eb"]
)
def test_a_name_is_text_and_never_html(run_cells: RunCells, write_model: WriteModel, name: str) -> None:
    folder = write_model(name.replace("/", "\u2215"))
    done = run_cells(SHOWS, f"--frame-model={folder}", *WASM, "-s", "-k", "test_browser and not tiny")
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    _, _, shown = done.stdout.partition("shown:\n")
    assert shown.splitlines()[:4] == [*[f"{folder.name} on wasm"] * 2, "0", "undefined"]
