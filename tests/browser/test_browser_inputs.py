"""Models of several inputs and with a state, in a page."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fed_pictures import fed_pictures, form_of
from recurrent_models import GAIN, SIDE, expected, write_recurrent

from framegate.browser import session
from framegate.browser.driver import Browser
from framegate.browser.results import PageInputs
from framegate.browser.runtimes import LIBRARIES, TF_JS, PageRuntime
from framegate.browser.server import PageFolder
from framegate.errors import BackendUnavailable, SourceError
from framegate.interfaces import ResolvedModel
from framegate.preprocess.tensor import ToTensor

NewFolder = Callable[[], PageFolder]


def recurrent(folder: Path, cache: Path, library: str) -> ResolvedModel:
    """The model, whose state may have any shape, with the library that is to run it."""
    try:
        LIBRARIES[library].files(cache)
    except (BackendUnavailable, SourceError) as error:
        pytest.skip(str(error))
    path = write_recurrent(folder, (-1, -1, -1, -1))
    # By its hash a conversion is kept.
    return ResolvedModel("net", path, "graph", hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("library", ["ort", "litert"])
def test_a_state_that_changes_its_shape_is_nothing_for_what_was_converted_for_one(
    shared_browser: Callable[[], Browser], new_folder: NewFolder, tfjs: Path, tmp_path: Path, library: str
) -> None:
    model = recurrent(tmp_path, tfjs, library)
    pictures = fed_pictures(np.full((SIDE, SIDE, 4), 255, np.uint8))
    arrays = {"state": np.zeros((1, 1, 1, 1), np.float32), "gain": np.array(GAIN, np.float32)}
    page = session.TFJSPage(shared_browser(), new_folder(), PageRuntime("wasm", library=library), model, tfjs)
    with pytest.raises(BackendUnavailable, match=r"state begins with shape \[1,1,1,1\] and goes on with \[1,16,16,3\]"):
        page.take(pictures, form_of(pictures), PageInputs("frame", arrays, {"state": 1}))


@pytest.mark.parametrize(
    ("library", "backend", "start"),
    [
        # TF.js takes a state whose shape is another one from the second run on.
        (TF_JS, "cpu", (1, 1, 1, 1)),
        (TF_JS, "webgl", (1, 1, 1, 1)),
        ("ort", "wasm", (1, SIDE, SIDE, 3)),
        ("litert", "wasm", (1, SIDE, SIDE, 3)),
    ],
)
def test_the_tenth_frame_is_that_of_ten_frames(
    shared_browser: Callable[[], Browser],
    new_folder: NewFolder,
    tfjs: Path,
    tmp_path: Path,
    library: str,
    backend: str,
    start: tuple[int, ...],
) -> None:
    model = recurrent(tmp_path, tfjs, library)
    picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
    picture[..., :3] = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3))
    pictures = fed_pictures(picture)
    form = form_of(pictures)
    arrays = {"state": np.zeros(start, np.float32), "gain": np.array(GAIN, np.float32)}
    page = session.TFJSPage(shared_browser(), new_folder(), PageRuntime(backend, library=library), model, tfjs)
    assert [info.name for info in page.inputs] == ["frame", "state", "gain"]
    page.take(pictures, form, PageInputs("frame", arrays, {"state": 1}))
    page.aim([page.outputs[0]], "topixels", (0, 1))
    fed = [pictures[0]] * 3  # before the frames
    for count in (7, 3):
        rounds = page.rounds(count, count, 0.0)
        assert (rounds.tensors_left, rounds.bytes_left) == (0, 0)
    look = page.look()
    fed += [pictures[1 + at % (len(pictures) - 1)] for at in range(10)]
    assert np.array_equal(fed[-1], pictures[look.picture])
    to_tensor = ToTensor(form)
    states = list(expected(to_tensor(picture[..., :3]).copy() for picture in fed))
    np.testing.assert_allclose(next(iter(look.outputs.values())), states[-1][0], rtol=0, atol=1e-5)
    np.testing.assert_allclose(look.state["state"], states[-2][1], rtol=0, atol=1e-5)
    np.testing.assert_allclose(look.pixels[..., :3] / 255, states[-1][0][0], rtol=0, atol=1 / 255)


LOOKS = """
from framegate.pipelines import page as pages

look_after = pages.PagePipeline._look_after

def noted(pipeline, after):
    with open("looks", "a") as looks:
        looks.write(after + "\\n")
    return look_after(pipeline, after)

pages.PagePipeline._look_after = noted
"""


def test_cells_are_compared_with_the_reference_that_is_fed_the_same_state(
    run_cells: Callable[..., subprocess.CompletedProcess[str]], need_files: Callable[[str], None], tmp_path: Path
) -> None:
    for library in ("ort", "litert"):
        need_files(library)
    write_recurrent(tmp_path / "net")
    spec = tmp_path / "mine.toml"
    spec.write_text(f'source = "net"\ninputs = {{ gain = {GAIN} }}\nstate = {{ state = "next" }}\n')
    runtimes = ["litert-wasm", "ort-wasm", "tfjs-wasm"]
    options = (f"--frame-runtime={','.join(runtimes)}", "--frame-renderer=topixels", "-k", "mine")
    # After the last measured round, and after the last delivered frame.
    done = run_cells(LOOKS, f"--frame-model={spec}", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    cells = json.loads((tmp_path / "run" / "out.json").read_text())["benchmarks"]
    assert sorted(cell["params"]["frame_runtime"] for cell in cells) == runtimes
    assert {cell["extra_info"]["agreement"]["compared_with"] for cell in cells} == {"tensorflow"}
    looks = (tmp_path / "run" / "looks").read_text().splitlines()
    assert looks == ["the last measured round", "the last delivered frame"] * len(runtimes)
