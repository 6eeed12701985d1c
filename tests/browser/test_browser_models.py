"""Models as users name and place them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from framegate.browser.driver import Browser
from framegate.browser.server import page_server
from framegate.browser.session import TFJSPage
from framegate.errors import WeightsError
from framegate.interfaces import ResolvedModel

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


def test_a_shard_that_is_a_link_out_of_the_models_folder_is_not_served(
    start_browser: Callable[[], Browser], tfjs: Path, write_model: WriteModel, tmp_path: Path
) -> None:
    folder = write_model()
    shard = folder / "group1-shard1of1.bin"
    shard.rename(tmp_path / "secret")
    shard.symlink_to(tmp_path / "secret")
    model = ResolvedModel("tiny", folder / "model.json", "graph", "0" * 64)
    with page_server() as server, pytest.raises(WeightsError, match="is a link that leaves the model's folder"):
        TFJSPage(start_browser(), server, "wasm", model, tfjs)


# What the page says of itself when its first frame is compared.
SHOWS = """
import sys
from framegate.browser.session import TFJSPage

sys.modules["tensorflow"] = None
look = TFJSPage.look
ASKED = "() => [document.title, document.body.innerText, document.images.length, String(globalThis.harmed)]"

def shown(page):
    print("shown:", *page._browser.call(ASKED, None, 600), sep="\\n")
    return look(page)

TFJSPage.look = shown
"""


@pytest.mark.parametrize("name", ["</p><img src=x onerror='harmed = 1'>", "&lt;b&gt; \u202eb"])
def test_a_name_is_text_and_never_html(run_cells: RunCells, write_model: WriteModel, name: str) -> None:
    folder = write_model(name.replace("/", "\u2215"))
    done = run_cells(SHOWS, f"--frame-model={folder}", *WASM, "-s", "-k", "test_browser and not tiny")
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    _, _, shown = done.stdout.partition("shown:\n")
    assert shown.splitlines()[:4] == [*[f"{folder.name} on wasm"] * 2, "0", "undefined"]
