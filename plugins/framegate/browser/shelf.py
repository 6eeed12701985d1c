"""Keeps the page in use, in a browser of its own, so that the cells which share it start it once."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from framegate.analysis.kernels import version
from framegate.analysis.layer_waits import tfjs_waits
from framegate.browser.engine import Engine
from framegate.browser.runtimes import TF_JS, PageRuntime
from framegate.errors import BackendUnavailable, FramegateError, ModelError
from framegate.interfaces import ResolvedModel
from framegate.models.topology import read_model_json
from framegate.values import BrowserRequest

if TYPE_CHECKING:
    from framegate.browser.session import TFJSPage


class BrowserShelf:
    """Gives out pages; one browser at most is running.

    Args:
        engine: the kind of browser to start.
        request: what the browser is asked to be.
        cache: where the files of TF.js, and of what else runs models, are kept.
        threads: on how many threads WebAssembly is to compute; None leaves it to the library.
    """

    def __init__(self, engine: Engine, request: BrowserRequest, cache: Path, threads: int | None = None) -> None:
        self._engine = engine
        self._request = request
        self._cache = cache
        self._threads = threads
        self._key: tuple[str, PageRuntime, Path | None] | None = None
        self._page: TFJSPage | None = None
        self._lacking: BackendUnavailable | None = None
        self._refused: dict[tuple[str, PageRuntime], FramegateError] = {}
        self._open = ExitStack()

    def get(self, model: ResolvedModel, runtime: PageRuntime, camera: Path | None = None) -> TFJSPage:
        """The page of a model on a backend, in a browser whose camera shows a video, if one is given.

        Raises:
            BackendUnavailable: there is no browser, or what it needs; that is asked once.
            ModelError: TF.js refuses the model or hangs on it; that is asked once per backend.
        """
        if self._lacking is not None:
            raise self._lacking
        key = (model.sha256, runtime, camera)
        if key[:2] in self._refused:
            raise self._refused[key[:2]]
        if self._page is None or key != self._key:
            self.close()
            try:
                self._page = self._start(model, runtime, camera)
            except (BackendUnavailable, ModelError) as error:
                if isinstance(error, BackendUnavailable) and runtime.version is None:
                    self._lacking = error
                    raise
                self._refused[key[:2]] = error
                raise
            self._key = key
        return self._page

    def renew(self, model: ResolvedModel, runtime: PageRuntime, camera: Path | None = None) -> TFJSPage:
        """The same page in a browser that has just started."""
        self.close()
        return self.get(model, runtime, camera)

    def close(self) -> None:
        """End the browser; a second call does nothing."""
        self._page, self._key = None, None
        self._open.close()

    def _start(self, model: ResolvedModel, runtime: PageRuntime, camera: Path | None) -> TFJSPage:
        from framegate.browser.driver import Browser
        from framegate.browser.requests import page_files
        from framegate.browser.server import page_server
        from framegate.browser.session import TFJSPage

        if runtime.library == TF_JS:
            expect_an_end(model)
        asked = self._request
        program = self._engine.find(asked.path)
        page_files(self._cache, runtime.library, runtime.version)
        with ExitStack() as opened:
            started_at_s = time.time()
            server = opened.enter_context(page_server())
            flags = self._engine.flags(asked.gpu, camera)
            browser = Browser(program, flags, engine=self._engine, headed=asked.headed, call_s=asked.timeout_s)
            opened.callback(browser.close)
            page = TFJSPage(
                browser,
                server,
                runtime,
                model,
                self._cache,
                started_at_s,
                thread=asked.thread,
                threads=self._threads,
            )
            page.info["gpu"] = asked.gpu
            self._open = opened.pop_all()
        return page


def expect_an_end(model: ResolvedModel) -> None:
    """Ask no page for a model on which it would wait until its deadline.

    Raises:
        ModelError: TF.js would never have loaded it.
    """
    document = read_model_json(model.path)
    waits = None if document.format == "graph" else tfjs_waits(document.topology.get("model_config", document.topology))
    if waits:
        raise ModelError(f"TF.js {version()} never loads model {model.name!r}. {waits}; convert the model again")
