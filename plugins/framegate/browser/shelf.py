"""Keeps the page in use, in a browser of its own, so that the cells which share it start it once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from framegate.analysis.kernels import version
from framegate.analysis.layer_waits import tfjs_waits
from framegate.browser.engine import Engine
from framegate.browser.engines import ENGINES
from framegate.browser.runtimes import TF_JS, PageRuntime
from framegate.errors import BackendUnavailable, FramegateError, ModelError, NotLoaded
from framegate.interfaces import ResolvedModel
from framegate.models.topology import read_model_json
from framegate.values import BrowserRequest
from framegate.words import BrowserName
from framegate.work import long_work

if TYPE_CHECKING:
    from framegate.browser.driver import Browser
    from framegate.browser.session import TFJSPage


class BrowserShelf:
    """Gives out pages; one browser at most is running. One that did not answer in time is replaced.

    Args:
        request: what the browser is asked to be.
        cache: where the files of TF.js, and of what else runs models, are kept.
        threads: on how many threads WebAssembly is to compute; None leaves it to the library.
        engines: the kinds of browsers to start, by the names that runtimes have of them.
    """

    def __init__(
        self,
        request: BrowserRequest,
        cache: Path,
        threads: int | None = None,
        engines: Mapping[BrowserName, Engine] = ENGINES,
    ) -> None:
        self._engines = engines
        self._request = request
        self._cache = cache
        self._threads = threads
        self._key: tuple[str, PageRuntime, Path | None] | None = None
        self._page: TFJSPage | None = None
        self._browser: Browser | None = None
        self._lacking: dict[BrowserName, BackendUnavailable] = {}
        self._refused: dict[tuple[str, PageRuntime], FramegateError] = {}
        self._open = ExitStack()

    def get(self, model: ResolvedModel, runtime: PageRuntime, camera: Path | None = None) -> TFJSPage:
        """The page of a model on a backend, in a browser whose camera shows a video, if one is given.

        Raises:
            BackendUnavailable: there is no browser, or what it needs; that is asked once.
            ModelError, NotLoaded: TF.js refuses the model or hangs on it; that is asked once per backend.
        """
        if runtime.browser in self._lacking:
            raise self._lacking[runtime.browser]
        key = (model.sha256, runtime, camera)
        if key[:2] in self._refused:
            raise self._refused[key[:2]]
        if self._page is None or key != self._key or (self._browser is not None and self._browser.has_ended):
            self.close()
            try:
                self._page = self._start(model, runtime, camera)
            except (BackendUnavailable, ModelError, NotLoaded) as error:
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
        self._page, self._browser, self._key = None, None, None
        self._open.close()

    def _start(self, model: ResolvedModel, runtime: PageRuntime, camera: Path | None) -> TFJSPage:
        from framegate.browser.driver import Browser
        from framegate.browser.requests import page_files
        from framegate.browser.server import page_server
        from framegate.browser.session import TFJSPage

        if runtime.library == TF_JS:
            expect_an_end(model)
        asked, engine = self._request, self._engines[runtime.browser]
        flags = engine.flags(asked.gpu, camera)
        with self._needed(runtime.browser):
            program = engine.find(asked.path)
        page_files(self._cache, runtime.library, runtime.version)
        with ExitStack() as opened, long_work(f"starting a browser, and loading {model.name} in it"):
            started_at_s = time.time()
            server = opened.enter_context(page_server())
            with self._needed(runtime.browser):
                browser = Browser(program, flags, engine=engine, headed=asked.headed, call_s=asked.timeout_s)
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
            page.info["gpu"] = engine.gpu(asked.gpu)
            self._open, self._browser = opened.pop_all(), browser
        return page

    @contextmanager
    def _needed(self, browser: BrowserName) -> Iterator[None]:
        """What is missing in the block is missing whenever that browser is asked for, and is looked for once."""
        try:
            yield
        except BackendUnavailable as error:
            self._lacking[browser] = error
            raise


def expect_an_end(model: ResolvedModel) -> None:
    """Ask no page for a model on which it would wait until its deadline.

    Raises:
        ModelError: TF.js would never have loaded it.
    """
    document = read_model_json(model.path)
    waits = None if document.format == "graph" else tfjs_waits(document.topology.get("model_config", document.topology))
    if waits:
        raise ModelError(f"TF.js {version()} never loads model {model.name!r}. {waits}; convert the model again")
