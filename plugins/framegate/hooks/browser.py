"""Fixtures: the cell's model in TF.js in a real browser, measured in the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from framegate.analysis.kernels import version
from framegate.analysis.layer_waits import tfjs_waits
from framegate.errors import BackendUnavailable, BrowserError, ModelError
from framegate.hooks.browser_device import store_device
from framegate.hooks.catalogue import catalogue_of
from framegate.hooks.describe import FrameInfo
from framegate.hooks.matrix import BROWSER
from framegate.hooks.options import options_of
from framegate.hooks.outcome import ERROR, named
from framegate.hooks.own import is_ours
from framegate.hooks.preprocess import build_preprocessor
from framegate.interfaces import ModelSpec, Pixels, ResolvedModel, Size
from framegate.measure.replay import ReplayClock
from framegate.models.topology import read_model_json
from framegate.paths import cache_dir

if TYPE_CHECKING:
    from framegate.browser.results import Look
    from framegate.browser.session import TFJSPage
    from framegate.models.frame_io import FrameIO

CLOCK = pytest.StashKey[ReplayClock]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the clock that plays back what pages have measured."""
    config.stash[CLOCK] = ReplayClock()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have pytest-benchmark read that clock in the suites that run in a browser."""
    for item in items:
        if item.get_closest_marker(BROWSER) and is_ours(item):
            given = item.get_closest_marker("benchmark")
            item.add_marker(
                pytest.mark.benchmark(**({} if given is None else given.kwargs), timer=config.stash[CLOCK]),
                append=False,
            )


class BrowserShelf:
    """Keeps the page in use, in a browser of its own, so that the cells which share it start it once."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._key: tuple[str, str] | None = None
        self._page: TFJSPage | None = None
        self._lacking: BackendUnavailable | None = None
        self._refused: dict[tuple[str, str], ModelError] = {}
        self._open = ExitStack()

    def get(self, model: ResolvedModel, runtime: str) -> TFJSPage:
        """The page of a model on a backend.

        Raises:
            BackendUnavailable: there is no browser, or what it needs; that is found out once.
            ModelError: TF.js refuses the model or hangs on it; that is found out once for each backend.
        """
        if self._lacking is not None:
            raise self._lacking
        key = (model.sha256, runtime)
        if key in self._refused:
            raise self._refused[key]
        if self._page is None or key != self._key:
            self.close()
            try:
                self._page = self._start(model, runtime)
            except BackendUnavailable as error:
                self._lacking = error
                raise
            except ModelError as error:
                self._refused[key] = error
                raise
            self._key = key
        return self._page

    def close(self) -> None:
        """End the browser; a second call does nothing."""
        self._page, self._key = None, None
        self._open.close()

    def _start(self, model: ResolvedModel, runtime: str) -> TFJSPage:
        from framegate.browser.chromium import find_chromium, flags
        from framegate.browser.driver import Browser
        from framegate.browser.server import page_server
        from framegate.browser.session import TFJSPage
        from framegate.browser.tfjs import tfjs_files

        _expect_an_end(model)
        options = options_of(self._config).browser
        program = find_chromium(options.path)
        tfjs_files(cache_dir())
        with ExitStack() as opened:
            started_at_s = time.time()
            server = opened.enter_context(page_server())
            browser = Browser(program, flags(options.gpu), headed=options.headed, call_s=options.timeout_s)
            opened.callback(browser.close)
            page = TFJSPage(browser, server, runtime.removeprefix("tfjs-"), model, cache_dir(), started_at_s)
            self._open = opened.pop_all()
        return page


def _expect_an_end(model: ResolvedModel) -> None:
    """Ask no page for a model on which it would wait until its deadline.

    Raises:
        ModelError: TF.js would never have loaded it.
    """
    document = read_model_json(model.path)
    waits = None if document.format == "graph" else tfjs_waits(document.topology.get("model_config", document.topology))
    if waits:
        raise ModelError(f"TF.js {version()} never loads model {model.name!r}. {waits}; convert the model again")


@pytest.fixture(scope="session")
def browser_shelf(pytestconfig: pytest.Config) -> Iterator[BrowserShelf]:
    """Keeps one browser running."""
    shelf = BrowserShelf(pytestconfig)
    yield shelf
    shelf.close()


@pytest.fixture
def tfjs_page(
    pytestconfig: pytest.Config,
    request: pytest.FixtureRequest,
    frame_runtime: str,
    resolved_model: ResolvedModel,
    browser_shelf: BrowserShelf,
    frame_info: FrameInfo,
    benchmark: Any,
) -> Iterator[TFJSPage]:
    """The cell's model in a page. A browser that a cell has lost is replaced for the next one."""
    with named(pytestconfig, "runtime", frame_runtime):
        page = browser_shelf.get(resolved_model, frame_runtime)
    store_device(pytestconfig, frame_info, page.info["device"])
    gpu = options_of(pytestconfig).browser.gpu
    benchmark.extra_info["browser"] = page.info | {"load_s": dict(page.load_s), "gpu": gpu}
    yield page
    if isinstance(request.node.stash.get(ERROR, None), BrowserError):
        browser_shelf.close()


class BrowserPath:
    """The cell's way from pictures to the canvas: ``page`` is fed and aimed at ``frame_io.output``.

    Attributes:
        looks: after which frame something was on the canvas, and what; in order.

    Args:
        page: as the shelf has it.
        renewed: ends that page's browser and gives the same page in a new one.
        spec: the model's.
        model: its files.
        pictures: uint8 (H, W, C), preprocessed; frames take all but the first in turn.
        way: the renderer.
    """

    def __init__(
        self,
        page: TFJSPage,
        renewed: Callable[[], TFJSPage],
        spec: ModelSpec,
        model: ResolvedModel,
        pictures: Sequence[Pixels],
        way: str,
    ) -> None:
        self.page = page
        self._renewed = renewed
        self._spec = spec
        self._model = model
        self.pictures = pictures
        self.way = way
        self.looks: list[tuple[str, Look]] = []
        self.frame_io, self.first_s = self._aim()

    def renew(self) -> None:
        """Go the same way in a browser that has just started."""
        self.page = self._renewed()
        self.frame_io, self.first_s = self._aim()

    def look(self, after: str) -> None:
        """Keep what the last frame left on the canvas, to be compared when all is measured."""
        self.looks.append((after, self.page.look()))

    def _aim(self) -> tuple[FrameIO, float]:
        from framegate.models.frame_io import find_frame_io, find_input_range
        from framegate.models.image_io import image_input
        from framegate.preprocess.tensor import with_channels

        source = image_input(self._spec.name, self.page.inputs)
        first_s = self.page.take(
            [with_channels(picture, 4) for picture in self.pictures],
            source.channels,
            batched=source.batched,
            dtype=source.info.dtype,
            value_range=find_input_range(self._spec, self._model, source.info),
        )
        frame_io = find_frame_io(self._spec, self._model, self.page, Size(*self.pictures[0].shape[:2]))
        self.page.aim(frame_io.output, self.way, frame_io.output_range)
        return frame_io, first_s


@pytest.fixture
def browser_path(
    pytestconfig: pytest.Config,
    frame_model: str,
    frame_size: str,
    frame_preprocess: str,
    frame_runtime: str,
    frame_renderer: str,
    frames: list[Pixels],
    resolved_model: ResolvedModel,
    tfjs_page: TFJSPage,
    browser_shelf: BrowserShelf,
    frame_info: FrameInfo,
    benchmark: Any,
) -> BrowserPath:
    """The first frame, preprocessed as everywhere else, and its variants, as the pictures that the page is fed."""
    preprocessor = build_preprocessor(pytestconfig, Size.parse(frame_size), frame_preprocess)
    pictures = _pictures(preprocessor.picture(frames[0]).copy())

    def renewed() -> TFJSPage:
        browser_shelf.close()
        return browser_shelf.get(resolved_model, frame_runtime)

    with named(pytestconfig, "renderer", frame_renderer):
        spec = catalogue_of(pytestconfig).specs[frame_model]
        path = BrowserPath(tfjs_page, renewed, spec, resolved_model, pictures, frame_renderer)
    benchmark.extra_info["browser"]["load_s"]["first-run"] = path.first_s
    store_device(pytestconfig, frame_info, tfjs_page.drawn_by())
    return path


def _pictures(picture: Pixels) -> list[Pixels]:
    """A variant of the picture that the canvas shows before, and four to take in turn, the first of them as it is."""
    from framegate.frames import in_turn

    *turns, before = in_turn([picture])
    return [before, *turns]
