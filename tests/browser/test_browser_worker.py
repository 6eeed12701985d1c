"""A model in a worker: the same pictures and numbers as in the page, and its faults are said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from patience import PATIENCE_S

from framegate.browser.runtimes import TF_JS
from framegate.browser.session import TFJSPage
from framegate.errors import BrowserError

OpenPage = Callable[..., TFJSPage]


@pytest.mark.parametrize(("backend", "renderer"), [("wasm", "texture"), ("webgl", "same-context"), ("webgpu", "draw")])
def test_both_threads_give_the_same_picture_and_the_same_numbers(
    open_page: OpenPage, backend: str, renderer: str
) -> None:
    looks = []
    for thread in ("main", "worker"):
        page = open_page(backend, renderer, thread=thread)
        page.rounds(2, 2, 0.0)
        looks.append(page.look())
        assert page.info["thread"] == thread
        assert page.info["crossOriginIsolated"] is True
    main, worker = looks
    assert main.picture == worker.picture
    assert all(np.array_equal(main.outputs[name], values) for name, values in worker.outputs.items())
    assert np.array_equal(main.pixels, worker.pixels)


def test_webassembly_has_its_threads_in_a_worker(open_page: OpenPage) -> None:
    # TF.js takes half of the cores at most.
    cores = 'Object.defineProperty(Object.getPrototypeOf(navigator), "hardwareConcurrency", { value: 4 });'
    paths = "tf.wasm.setWasmPaths("
    page = open_page("wasm", "topixels", edit={"tfjs.js": (paths, f"{cores} {paths}")}, thread="worker")
    page.rounds(1, 1, 0.0)
    assert page.info["wasm_threads"] == 2


# Firefox at times never returns from this.
STARTS_NONE = "globalThis.Worker = class { constructor() { throw new Error('a worker started a worker'); } };"


@pytest.mark.parametrize("library", [TF_JS, "ort", "litert"])
def test_the_threads_of_a_library_are_workers_of_the_document(open_page: OpenPage, library: str) -> None:
    counts = "globalThis.started = (globalThis.started ?? 0) + 1;"
    edit = {
        "worker.js": ('"use strict";', f'"use strict"; {STARTS_NONE}'),
        "host.js": ("const worker = new Worker(address", f"{counts} const worker = new Worker(address"),
    }
    page = open_page("wasm", "topixels", edit=edit, thread="worker", library=library, threads=2)
    page.rounds(2, 2, 0.0)
    # TF.js takes half of the cores at most.
    assert page.info["wasm_threads"] == 2 or library == TF_JS
    assert page._browser.call("() => globalThis.started", None, PATIENCE_S) >= 1


def test_a_context_that_a_worker_loses_is_said(open_page: OpenPage) -> None:
    methods = "framegate.methods = async () => {"
    loses = f"{methods} tf.backend().gpgpu.gl.getExtension('WEBGL_lose_context').loseContext();"
    page = open_page("webgl", "texture", edit={"rounds.js": (methods, loses)}, thread="worker")
    with pytest.raises(BrowserError, match="a WebGL context was lost"):
        page.methods()


def test_a_worker_that_does_not_start_is_said(open_page: OpenPage) -> None:
    with pytest.raises(BrowserError, match=r"could not answer framegate\.start: the worker did not start: "):
        open_page("wasm", edit={"scripts.js": ("page.js", "no-page.js")}, thread="worker")


def test_an_error_in_a_worker_has_its_words(open_page: OpenPage) -> None:
    page = open_page("wasm", "topixels", thread="worker")
    with pytest.raises(BrowserError, match=r"could not answer framegate\.fed: "):
        page.fed(picture=99)
