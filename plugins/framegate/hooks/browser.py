"""Fixtures: the cell's model in TF.js in a real browser, measured in the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import BackendUnavailable, BrowserError, WrongOutput
from framegate.hooks.browser_device import store_device
from framegate.hooks.catalogue import CATALOGUE
from framegate.hooks.describe import FrameInfo
from framegate.hooks.matrix import BROWSER
from framegate.hooks.options import OPTIONS
from framegate.hooks.outcome import ERROR, named
from framegate.hooks.pictures import SavePicture
from framegate.hooks.preprocess import build_preprocessor
from framegate.hooks.report import STAGE_ROWS
from framegate.interfaces import LoadedModel, Pixels, ResolvedModel, Size
from framegate.measure.replay import ReplayClock
from framegate.paths import cache_dir
from framegate.report.stages import StageRow

if TYPE_CHECKING:
    from framegate.browser.session import Rounds, TFJSPage
    from framegate.interfaces import Array
    from framegate.models.frame_io import FrameIO

CLOCK = pytest.StashKey[ReplayClock]()
REFERENCE = "tensorflow"
LEAST, MOST, BUDGET_S = 3, 500, 2.0
AGREEMENT = 1e-4
"""Of the output's range: the backends compute in float32, in other orders."""
BY_SHADER = ("texture",)


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
            browser = Browser(
                find_chromium(options.path), flags(options.gpu), headed=options.headed, call_s=options.timeout_s
            )
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
    store_device(pytestconfig, frame_info, page.info["device"])
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
    frame_info: FrameInfo,
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
    store_device(pytestconfig, frame_info, tfjs_page.drawn_by())
    return BrowserPath(tfjs_page, frame_io, frame_renderer)


@pytest.fixture
def measure_page(
    pytestconfig: pytest.Config, request: pytest.FixtureRequest, benchmark: Any, browser_path: BrowserPath
) -> Callable[[], None]:
    """Runs rounds in the page and hands their times to the benchmark; a page that leaves tensors behind fails."""

    def measure() -> None:
        timed = benchmark.enabled
        rounds = browser_path.page.rounds(LEAST, MOST if timed else LEAST, BUDGET_S if timed else 0.0)
        verify_nothing_left(rounds)
        wholes = iter([sum(parts) for parts in zip(*rounds.stages_s.values(), strict=True)])
        clock = pytestconfig.stash[CLOCK]
        count = len(rounds.dispatch_s)
        benchmark.pedantic(lambda: clock.advance(next(wholes)), rounds=count, iterations=1)
        if benchmark.stats is None:
            return
        benchmark.extra_info["stages_s"] = dict(rounds.stages_s)
        benchmark.extra_info["browser"] |= {"dispatch_s": list(rounds.dispatch_s), "outside": rounds.outside}
        tables = pytestconfig.stash.setdefault(STAGE_ROWS, {})
        row = StageRow.of(request.node.callspec.id, rounds.stages_s)
        tables.setdefault(request.node.originalname, []).append(row)

    return measure


def verify_nothing_left(rounds: Rounds) -> None:
    """Refuse a page that grows.

    Raises:
        WrongOutput: tensors or bytes were left behind.
    """
    if rounds.tensors_left > 0 or rounds.bytes_left > 0:
        raise WrongOutput(
            f"{len(rounds.dispatch_s)} frames left {rounds.tensors_left} tensors and {rounds.bytes_left} bytes behind"
        )


@pytest.fixture(scope="session")
def python_outputs() -> dict[tuple[str, str, str], Array]:
    """What Python made of the same frame, by model, size and preprocessing."""
    return {}


@pytest.fixture
def verify_page(
    request: pytest.FixtureRequest, browser_path: BrowserPath, save_picture: SavePicture, benchmark: Any
) -> Callable[[], None]:
    """Compares the page's output with Python's, and its canvas with the oracle's picture of that output.

    Without a runtime in Python there is nothing to compare the output with, and ``extra_info`` says so.
    """
    from framegate.render.verify import verify_pixels

    def verify() -> None:
        look = browser_path.page.look()
        save_picture("screen", look.pixels)
        verify_pixels(look.pixels, look.unit, 1 if browser_path.way in BY_SHADER else 0)
        benchmark.extra_info["browser"]["compared_with"] = None
        try:
            expected = request.getfixturevalue("python_output")
        except BackendUnavailable:
            return
        verify_close(look.output, expected)
        benchmark.extra_info["browser"]["compared_with"] = REFERENCE

    return verify


def verify_close(found: Array, expected: Array) -> None:
    """Compare within 1e-4 of the range of what is expected.

    Raises:
        WrongOutput: they differ by more, or in shape.
    """
    import numpy as np

    if found.shape != expected.shape:
        raise WrongOutput(f"TF.js returned shape {found.shape}, {REFERENCE} {expected.shape}")
    allowed = AGREEMENT * max(float(np.ptp(expected)), float(np.finfo(np.float32).eps))
    off = float(np.max(np.abs(found.astype(np.float64) - expected), initial=0.0))
    if not off <= allowed:
        raise WrongOutput(f"TF.js differs from {REFERENCE} by up to {off:.3g}; {allowed:.3g} is allowed")


@pytest.fixture
def python_output(
    pytestconfig: pytest.Config,
    frame_model: str,
    frame_size: str,
    frame_preprocess: str,
    frames: list[Pixels],
    resolved_model: ResolvedModel,
    model_shelf: Any,
    python_outputs: dict[tuple[str, str, str], Array],
) -> Array:
    """What the reference runtime makes of the cell's frame."""
    from framegate.models.frame_io import find_frame_io
    from framegate.preprocess.tensor import ToTensor

    key = (frame_model, frame_size, frame_preprocess)
    if key not in python_outputs:
        model: LoadedModel = model_shelf.get(resolved_model, REFERENCE)
        spec = pytestconfig.stash[CATALOGUE].specs[frame_model]
        io = find_frame_io(spec, resolved_model, model, Size.parse(frame_size))
        to_tensor = ToTensor(io.shape, io.input.dtype, io.input_range)
        feeds = {io.input.name: build_preprocessor(pytestconfig, io.size, frame_preprocess, to_tensor)(frames[0])}
        python_outputs[key] = model.run(feeds)[io.output.name].copy()
    return python_outputs[key]
