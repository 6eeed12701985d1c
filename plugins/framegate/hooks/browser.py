"""Fixtures: the cell's model in TF.js in a real browser, measured in the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import BrowserError
from framegate.hooks.catalogue import CATALOGUE
from framegate.hooks.describe import FrameInfo
from framegate.hooks.matrix import BROWSER
from framegate.hooks.options import OPTIONS
from framegate.hooks.outcome import ERROR, named
from framegate.hooks.pictures import SavePicture
from framegate.hooks.preprocess import build_preprocessor
from framegate.interfaces import Pixels, ResolvedModel, Size
from framegate.measure.replay import ReplayClock
from framegate.paths import cache_dir

if TYPE_CHECKING:
    from framegate.browser.session import TFJSPage
    from framegate.models.frame_io import FrameIO

CLOCK = pytest.StashKey[ReplayClock]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the clock that plays back what pages have measured."""
    config.stash[CLOCK] = ReplayClock()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have pytest-benchmark read that clock in the suites that run in a browser."""
    for item in items:
        if item.get_closest_marker(BROWSER):
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
        self._open = ExitStack()

    def get(self, model: ResolvedModel, runtime: str) -> TFJSPage:
        """The page of a model on a backend."""
        key = (model.sha256, runtime)
        if self._page is None or key != self._key:
            self.close()
            self._page = self._start(model, runtime)
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

        options = self._config.stash[OPTIONS].browser
        with ExitStack() as opened:
            server = opened.enter_context(page_server())
            browser = Browser(find_chromium(options.path), flags(options.gpu), headed=options.headed)
            opened.callback(browser.close)
            page = TFJSPage(browser, server, runtime.removeprefix("tfjs-"), model, cache_dir())
            self._open = opened.pop_all()
        return page


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
    device = page.info["device"]
    frame_info.update(gl_renderer=device, is_software=None if device is None else "swiftshader" in device.lower())
    gpu = pytestconfig.stash[OPTIONS].browser.gpu
    benchmark.extra_info["browser"] = page.info | {"load_s": dict(page.load_s), "gpu": gpu}
    yield page
    if isinstance(request.node.stash.get(ERROR, None), BrowserError):
        browser_shelf.close()


@dataclass(frozen=True)
class BrowserPath:
    """The cell's way from a picture to the canvas: ``page`` is fed and aimed at ``frame_io.output``."""

    page: TFJSPage
    frame_io: FrameIO
    way: str


@pytest.fixture
def browser_path(
    pytestconfig: pytest.Config,
    frame_model: str,
    frame_size: str,
    frame_preprocess: str,
    frame_renderer: str,
    frames: list[Pixels],
    resolved_model: ResolvedModel,
    tfjs_page: TFJSPage,
    save_picture: SavePicture,
    benchmark: Any,
) -> BrowserPath:
    """The first frame, preprocessed as everywhere else, as the picture that the page feeds its model."""
    from framegate.models.frame_io import find_frame_io, find_input_range
    from framegate.models.image_io import image_input
    from framegate.preprocess.tensor import with_channels

    spec = pytestconfig.stash[CATALOGUE].specs[frame_model]
    size = Size.parse(frame_size)
    picture = build_preprocessor(pytestconfig, size, frame_preprocess).picture(frames[0])
    save_picture("input", picture)
    source = image_input(spec.name, tfjs_page.inputs)
    first_s = tfjs_page.take(
        with_channels(picture, 4),
        source.channels,
        batched=source.batched,
        dtype=source.info.dtype,
        value_range=find_input_range(spec, resolved_model, source.info),
    )
    benchmark.extra_info["browser"]["load_s"]["first-run"] = first_s
    frame_io = find_frame_io(spec, resolved_model, tfjs_page, size)
    with named(pytestconfig, "renderer", frame_renderer):
        tfjs_page.aim(frame_io.output, frame_renderer, frame_io.output_range)
    return BrowserPath(tfjs_page, frame_io, frame_renderer)
