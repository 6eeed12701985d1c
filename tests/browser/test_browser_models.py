"""Models as users name and place them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fed_pictures import fed_pictures, form_of
from graph_files import op, placeholder, write_graph

from framegate.browser.driver import Browser
from framegate.browser.runtimes import PageRuntime
from framegate.browser.server import PageFolder
from framegate.browser.session import TFJSPage
from framegate.errors import WeightsError
from framegate.interfaces import ResolvedModel

NewFolder = Callable[[], PageFolder]
RunCells = Callable[..., subprocess.CompletedProcess[str]]
WriteModel = Callable[..., Path]

WASM = ("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels")


def test_a_shard_that_is_a_link_out_of_the_models_folder_is_not_served(
    shared_browser: Callable[[], Browser], new_folder: NewFolder, tfjs: Path, write_model: WriteModel, tmp_path: Path
) -> None:
    folder = write_model()
    shard = folder / "group1-shard1of1.bin"
    shard.rename(tmp_path / "secret")
    shard.symlink_to(tmp_path / "secret")
    model = ResolvedModel("tiny", folder / "model.json", "graph", "0" * 64)
    with pytest.raises(WeightsError, match="is a link that leaves the model's folder"):
        TFJSPage(shared_browser(), new_folder(), PageRuntime("wasm"), model, tfjs)


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


def test_a_name_is_text_and_never_html(run_cells: RunCells, write_model: WriteModel) -> None:
    # Models that are not the same, for those would share a page.
    names = {"</p><img src=x onerror='harmed = 1'>": 1.0, "&lt;b&gt; \u202eb": 0.5}
    folders = [write_model(name.replace("/", "\u2215"), gain=gain) for name, gain in names.items()]
    models = [f"--frame-model={folder}" for folder in folders]
    done = run_cells(SHOWS, *models, *WASM, "-s", "-k", "test_browser and not tiny")
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    _, *shown = done.stdout.split("shown:\n")
    assert {tuple(each.splitlines()[:4]) for each in shown} == {
        (*[f"{folder.name} on wasm"] * 2, "0", "undefined") for folder in folders
    }


NO_TENSORFLOW = "import sys\nsys.modules['tensorflow'] = None\n"
UNFORESEEN = """
from framegate.browser import session, shelf

session.LOAD_S = 1
shelf.expect_an_end = lambda model: None
"""


def rewrite(folder: Path, **changes: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def layers_topology(kind: str, inbound: object) -> dict[str, Any]:
    """A layers model of one layer of a kind."""
    image = {"batch_input_shape": [None, 16, 16, 3], "dtype": "float32", "sparse": False, "name": "image"}
    layer = {"name": "picture", "dtype": "float32", "trainable": True, "activation": "linear"}
    layers = [
        {"class_name": "InputLayer", "name": "image", "inbound_nodes": [], "config": image},
        {"class_name": kind, "name": "picture", "inbound_nodes": inbound, "config": layer},
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["image", 0, 0]], "output_layers": [["picture", 0, 0]]}
    return {"class_name": "Functional", "config": config, "keras_version": "2.15.0"}


def test_what_tfjs_refuses_fails_in_its_words(run_cells: RunCells, write_model: WriteModel) -> None:
    graph, layers, silent = write_model(size=None), write_model("layers", size=16), write_model("silent", size=16)
    document = json.loads((graph / "model.json").read_text())
    document["modelTopology"]["node"][2]["op"] = "Mystery"
    rewrite(graph, modelTopology=document["modelTopology"])
    rewrite(
        layers,
        format="layers-model",
        modelTopology=layers_topology("Enigma", [[["image", 0, 0, {}]]]),
        weightsManifest=[],
    )
    topology = layers_topology("Activation", [[["image", 0, 0, {}]]])
    topology["config"] |= {"output_layers": [["nowhere", 0, 0]]}
    rewrite(silent, format="layers-model", modelTopology=topology, weightsManifest=[])
    done = run_cells(NO_TENSORFLOW, f"--frame-model={graph},{layers},{silent}", *WASM)
    for said in (
        "'tiny' on wasm: Unknown op 'Mystery'.",  # which it finds when it is run, and so on this backend
        "'layers': Unknown layer: Enigma.",
        "'silent': Error without a message",
    ):
        assert done.stdout.count(f"\nModelError: TF.js 4.22.0 refuses model {said}") == 1, done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_model_on_which_tfjs_hangs_ends_at_the_deadline_and_is_tried_once(
    run_cells: RunCells, write_model: WriteModel
) -> None:
    folder = write_model(size=16)
    # Nested too little: TF.js looks for an end that never comes.
    topology = layers_topology("Activation", [["image", 0, 0, {}]])
    rewrite(folder, format="layers-model", modelTopology=topology, weightsManifest=[])
    options = ("--frame-runtime=tfjs-wasm", "--frame-renderer=topixels,texture")
    done = run_cells(NO_TENSORFLOW + UNFORESEEN, f"--frame-model={folder}", *options)
    said = "NotLoaded: the browser did not load model 'tiny' in TF.js 4.22.0 within 1 s and was ended"
    assert done.stdout.count(f"\n{said}") == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    limited = run_cells(NO_TENSORFLOW + UNFORESEEN, f"--frame-model={folder}", *options, "--frame-run-limit=600")
    assert "2 skipped" in limited.stdout, limited.stdout + limited.stderr
    assert (
        "\ntiny at 16: not measured in a browser: it was not loaded within 1 s with\n  topixels on tfjs-wasm.\n"
    ) in limited.stdout


def test_outputs_that_were_exported_with_names_are_found(
    shared_browser: Callable[[], Browser], new_folder: NewFolder, tfjs: Path, write_model: WriteModel
) -> None:
    folder = write_model(size=4)
    rewrite(folder, userDefinedMetadata={"structuredOutputKeys": ["shown"]})
    model = ResolvedModel("tiny", folder / "model.json", "graph", "0" * 64)
    page = TFJSPage(shared_browser(), new_folder(), PageRuntime("wasm"), model, tfjs)
    pictures = fed_pictures(np.full((4, 4, 4), 255, np.uint8))
    page.take(pictures, form_of(pictures, value_range=(0, 1)))
    page.aim(page.outputs[:1], "topixels", (0, 1))
    assert page.rounds(2, 2, 0.0).frames == 2
    look = page.look()
    np.testing.assert_array_equal(look.pixels, pictures[look.picture])


def test_a_model_that_throws_dice_is_compared_with_nothing(run_cells: RunCells, tmp_path: Path) -> None:
    """What the page makes of a picture anew is another thing each time, on the first runtime and on the second."""
    nodes = [
        placeholder("image", [1, 16, 16, 3]),
        op("RandomUniform", "dice", ["shape"], dtype={"type": "DT_FLOAT"}, seed={"i": "0"}, seed2={"i": "0"}),
        op("AddV2", "picture", ["image", "dice"]),
    ]
    write_graph(tmp_path / "dice", nodes, {"shape": np.array([1, 16, 16, 3], np.int32)})
    options = ("--frame-runtime=tfjs-wasm,tfjs-cpu", "--frame-renderer=topixels", "-k", "dice")
    done = run_cells(NO_TENSORFLOW, f"--frame-model={tmp_path / 'dice'}", *options)
    assert "2 passed" in done.stdout, done.stdout
    said = "dice returns other outputs each time that it runs: neither they nor its pictures were compared in a page."
    assert done.stdout.count(said) == 1


LATE = f"""{NO_TENSORFLOW}
from framegate.browser.session import TFJSPage

expect, kept = TFJSPage._expect, []

def late(page, picture):
    kept.append(expect(page, picture))
    return kept[max(0, len(kept) - 2)]

TFJSPage._expect = late
"""


def test_a_page_that_returns_what_belongs_to_the_picture_before_throws_no_dice(
    run_cells: RunCells, write_model: WriteModel
) -> None:
    """It returns something else each time as well; only a model that says so itself is compared with nothing."""
    done = run_cells(LATE, f"--frame-model={write_model()}", *WASM)
    assert re.search("[1-9] failed", done.stdout), done.stdout
    assert "each time that it runs" not in done.stdout
