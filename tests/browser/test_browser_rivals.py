"""Other libraries than TF.js run a model in a page: what is on the canvas, what they leave behind, what they tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fed_pictures import fed_pictures
from graph_files import op, placeholder, write_graph
from page_looks import look_of_image

from framegate.browser.downloads import download_of
from framegate.browser.runtimes import LIBRARIES, TF_JS
from framegate.browser.session import TFJSPage
from framegate.errors import BackendUnavailable
from framegate.interfaces import Pixels, ResolvedModel
from framegate.paths import cache_dir
from framegate.pipelines.verify import verify_screen
from framegate.words import PageThread

OpenPage = Callable[..., TFJSPage]


@pytest.fixture
def bounded(tmp_path: Path) -> ResolvedModel:
    """A model that returns its input, which is at most 1; LiteRT.js returns nothing of one that has no operation."""
    nodes = [placeholder("x", (1, -1, -1, 3)), op("Minimum", "y", ["x", "most"])]
    return write_graph(tmp_path / "bounded", nodes, {"most": np.array(1, np.float32)})


def show_their_last(page: TFJSPage, renderer: str, picture: Pixels) -> None:
    look = page.look()
    fed = fed_pictures(picture)[look.picture]
    verify_screen(look_of_image(look, renderer, (-1, 1)))
    assert np.abs(look.pixels[..., :3].astype(int) - fed[..., :3]).max() <= 1, renderer
    (output,) = look.outputs.values()
    np.testing.assert_allclose(output, fed[None, ..., :3].astype(np.float32) / 127.5 - 1, atol=1e-5)


@pytest.mark.parametrize(("library", "thread"), [("ort", "main"), ("litert", "main"), ("ort", "worker")])
def test_the_canvas_shows_what_another_library_returned(
    open_page: OpenPage, bounded: ResolvedModel, picture: Pixels, library: str, thread: PageThread
) -> None:
    page = open_page("wasm", library=library, thread=thread, model=bounded)
    for renderer in ("topixels", "texture"):
        page.aim(page.outputs[:1], renderer, (-1, 1))
        show_their_last(page, renderer, picture)
        rounds = page.rounds(3, 3, 0.0)
        show_their_last(page, renderer, picture)
        arrivals = page.animate(0.0)
        show_their_last(page, renderer, picture)
        left = (rounds.tensors_left, rounds.bytes_left, arrivals.tensors_left, arrivals.bytes_left)
        assert left == (0, 0, 0, 0), renderer
        assert {*rounds.stages_s, "start", "fetch", "build", "first-run", "dispatch", "readback"} == {*page.methods()}
    # Nothing of TF.js was needed for a picture.
    assert not LIBRARIES[TF_JS].files(cache_dir()).keys() & page._server.asked


@pytest.mark.parametrize("library", ["ort", "litert"])
def test_what_ran_is_told_and_what_was_downloaded(open_page: OpenPage, library: str) -> None:
    page = open_page("wasm", "topixels", library=library, threads=2)
    receipt = page.receipt()
    assert (receipt.ran, receipt.threads, page.info["wasm_threads"]) == ("wasm", 2, 2)
    assert (receipt.elsewhere, receipt.is_partial, receipt.precision) == (0, False, "float32")
    assert page.info["version"] == LIBRARIES[library].version
    files = {name: path for name, path in LIBRARIES[library].files(cache_dir()).items() if name in page._server.asked}
    assert {name.rpartition(".")[2] for name in files} >= {"wasm"}
    library_bytes = download_of({name: path for name, path in files.items() if name != "litert-core.js"})
    assert receipt.bytes_raw > library_bytes.raw > library_bytes.gzip
    assert receipt.bytes_gzip > library_bytes.gzip
    assert 0 < receipt.compile_s < receipt.first_frame_s


@pytest.mark.parametrize(
    ("backend", "asked"),
    [
        ("webgl", {"flags": (("WEBGL_FORCE_F16_TEXTURES", True),)}),
        ("webgpu", {"library": "litert", "precision": "float16"}),
    ],
)
def test_a_page_computes_with_16_bits_where_it_is_asked_to_and_says_so(
    open_page: OpenPage, bounded: ResolvedModel, backend: str, asked: Mapping[str, Any]
) -> None:
    page = open_page(backend, "topixels", model=bounded, **asked)
    assert page.receipt().precision == page.precision == "float16"
    (halved,) = page.look().outputs.values()
    steps = np.spacing(np.abs(halved).astype(np.float16)).astype(np.float64)
    exact = np.round((halved.astype(np.float64) + 1) * 127.5) / 127.5 - 1
    assert np.abs(halved - exact).max() > 1e-5
    assert (np.abs(halved - exact) <= steps).all()


@pytest.mark.parametrize(
    ("library", "nodes", "note"), [("ort", 3, "on CPU"), ("litert", 2, "on WebAssembly: NOT_EQUAL: No support")]
)
def test_what_a_gpu_lacks_is_read_of_what_the_library_says_on_the_console(
    open_page: OpenPage, picture: Pixels, tmp_path: Path, library: str, nodes: int, note: str
) -> None:
    casts = {"SrcT": {"type": "DT_BOOL"}, "DstT": {"type": "DT_FLOAT"}}
    graph = [placeholder("x", (1, *picture.shape[:2], 3)), op("IsNan", "b", ["x"]), op("Cast", "y", ["b"], **casts)]
    page = open_page("webgpu", "topixels", library=library, model=write_graph(tmp_path / "asks", graph, {}))
    receipt = page.receipt()
    assert (receipt.ran, receipt.nodes, receipt.elsewhere) == ("webgpu", nodes, 1)
    assert receipt.is_partial
    assert str(receipt.note).startswith(note)


def test_a_leak_of_another_library_is_counted(open_page: OpenPage) -> None:
    frees = "page.runtime.release(raw, input, all, drawn);\n  return { began"
    leaks = frees.replace("all, drawn", "")
    page = open_page("wasm", "topixels", library="ort", edit={"rounds.js": (frees, leaks)})
    rounds = page.rounds(3, 3, 0.0)
    assert rounds.tensors_left == 3
    assert rounds.bytes_left > 0


@pytest.mark.parametrize("library", ["tfjs", "ort", "litert"])
def test_an_output_that_stays_on_the_gpu_is_drawn_and_nothing_is_read(
    open_page: OpenPage, bounded: ResolvedModel, picture: Pixels, library: str
) -> None:
    page = open_page("webgpu", library=library, model=bounded)
    page.aim(page.outputs[:1], "topixels", (-1, 1))
    assert page.rounds(3, 3, 0.0).bytes_read >= 3 * 4 * picture[..., :3].size
    page.aim(page.outputs[:1], "gpu-buffer", (-1, 1))
    show_their_last(page, "gpu-buffer", picture)
    rounds = page.rounds(3, 3, 0.0)
    assert (rounds.bytes_read, rounds.tensors_left, rounds.bytes_left) == (0, 0, 0)
    show_their_last(page, "gpu-buffer", picture)
    page.animate(0.0)
    show_their_last(page, "gpu-buffer", picture)


def test_what_computes_on_no_device_of_webgpu_has_no_buffer_to_draw(open_page: OpenPage) -> None:
    for library in ("tfjs", "ort"):
        with pytest.raises(BackendUnavailable, match="it computes on no device of WebGPU"):
            open_page("wasm", "gpu-buffer", library=library)
