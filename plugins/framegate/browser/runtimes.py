"""The runtimes and renderers of pages: what a test of the kind ``page`` is parametrised with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from framegate.browser.npm_files import PinnedFiles
from framegate.browser.rivals import LITERT, ORT
from framegate.browser.tfjs import TFJS
from framegate.errors import BackendUnavailable
from framegate.words import AUTO_BROWSER, BrowserName

IN_A_PAGE = "name it for a suite that runs in a browser, such as test_browser"

TF_JS = "tfjs"
HALF = "float16"
"""Precision of what a library computes with, where that is not float32."""
LIBRARIES: Mapping[str, PinnedFiles] = {TF_JS: TFJS, "ort": ORT, "litert": LITERT}
"""The page's name of a library that runs models -> its files."""
CONVERTERS: Mapping[str, str] = {"ort": "onnxruntime", "litert": "litert"}
"""The page's name of a library that reads no model.json -> the runtime of Python that converts for it."""


@dataclass(frozen=True)
class PageRuntime:
    """What a page computes with, registered like any other runtime.

    Attributes:
        backend: the library's name of it: of TF.js ``cpu``, ``wasm``, ``webgl`` or ``webgpu``, of others ``wasm`` or
            ``webgpu``.
        flags: flags of TF.js' environment that are set before it starts: ``(("WEBGL_PACK", False),)``.
        library: ``tfjs``, or one of the others in ``LIBRARIES``.
        version: version of TF.js; None is the one that Framegate knows.
        browser: which kind of browser it runs in, by its name in `framegate.browser.engines`.
        precision: numbers that the library is asked to compute with: ``float32``, or ``float16``, which LiteRT.js has
            on WebGPU.
    """

    backend: str
    flags: tuple[tuple[str, bool | float], ...] = ()
    library: str = TF_JS
    version: str | None = None
    browser: BrowserName = AUTO_BROWSER
    precision: str = "float32"
    pipeline = "page"

    @property
    def title(self) -> str:
        """The library with its version, as in ``TF.js 4.22.0``."""
        pinned = LIBRARIES[self.library]
        return f"{pinned.title} {self.version or pinned.version}"

    @property
    def converter(self) -> str | None:
        """The runtime of Python that converts models for it, in this process; None where the page reads model.json."""
        return CONVERTERS.get(self.library)

    def __call__(self) -> NoReturn:
        """Always raises: the page computes, and this process does not.

        Raises:
            BackendUnavailable: always.
        """
        raise BackendUnavailable(f"{LIBRARIES[self.library].title}'s {self.backend} runs in a page", IN_A_PAGE)


@dataclass(frozen=True)
class PageRenderer:
    """What brings a model's output to the canvas of a page, registered like any other renderer.

    Attributes:
        name: the page's name of it: ``topixels``, ``texture``, ``draw``, ``same-context`` or ``gpu-buffer``.
    """

    name: str
    pipeline = "page"

    def __call__(self, context: object) -> NoReturn:
        """Always raises: the page computes, and this process does not.

        Raises:
            BackendUnavailable: always.
        """
        del context
        raise BackendUnavailable(f"{self.name} draws to the canvas of a page", IN_A_PAGE)


def builtin_runtimes() -> Mapping[str, PageRuntime]:
    """The backends that TF.js brings, and what else runs models in a page.

    WebAssembly comes first, which is there on every machine and no stand-in for a GPU: a run that is to be over soon
    begins with it.
    """
    backends = {"wasm": LIBRARIES, "cpu": [TF_JS], "webgl": [TF_JS], "webgpu": LIBRARIES}
    return {
        **{
            f"{library}-{backend}": PageRuntime(backend, library=library)
            for backend, libraries in backends.items()
            for library in libraries
        },
        "litert-webgpu-fp16": PageRuntime("webgpu", library="litert", precision=HALF),
    }


def builtin_renderers() -> Mapping[str, PageRenderer]:
    """The renderers that the page knows."""
    return {name: PageRenderer(name) for name in ("topixels", "texture", "draw", "same-context", "gpu-buffer")}
