"""Fixtures: the cell's frames in TF.js in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from framegate.errors import BrowserError
from framegate.hooks.frame import StoreShown, build_view
from framegate.hooks.limit import WeighFrame, in_time
from framegate.hooks.outcome import ERROR, named
from framegate.hooks.pictures import preprocessing_of
from framegate.hooks.pipeline import clock_of
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.report import note
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from pathlib import Path

    from framegate.browser.runtimes import PageRenderer, PageRuntime
    from framegate.browser.session import TFJSPage
    from framegate.browser.shelf import BrowserShelf
    from framegate.interfaces import Pixels, ResolvedModel
    from framegate.models.frame_io import FrameIO, ShownIO
    from framegate.pipelines.page import PagePipeline, ViewOf
    from framegate.pipelines.recorded import RecordedPipeline
    from framegate.postprocess.base import View
    from framegate.results.frame_info import FrameInfo
    from framegate.trace.keeper import Keeper
    from framegate.values import BrowserRequest

DRAWN_WITH = pytest.StashKey[dict[str, dict[str, None]]]()
"""Devices that browsers drew or computed with -> the runtimes that did, each once."""


@pytest.fixture(scope="session")
def browser_shelf(pytestconfig: pytest.Config, frame_threads: int) -> Iterator[BrowserShelf]:
    """Keeps one browser running."""
    from framegate.browser.shelf import BrowserShelf
    from framegate.paths import cache_dir

    shelf = BrowserShelf(options_of(pytestconfig).browser, cache_dir(), frame_threads)
    yield shelf
    shelf.close()


@pytest.fixture
def page_view(pytestconfig: pytest.Config, store_shown: StoreShown) -> ViewOf:
    """Makes the view of what the cell's model returns in a page, which sees the picture that it is fed."""
    from framegate.postprocess.placement import InputPlacement

    def view_of(frame_io: FrameIO, shown: ShownIO) -> View:
        store_shown(shown)
        return build_view(pytestconfig, shown, InputPlacement.same(frame_io.size))

    return view_of


@pytest.fixture
def page_pipeline(
    pytestconfig: pytest.Config,
    request: pytest.FixtureRequest,
    frame_model: str,
    frame_size: str,
    frame_preprocess: str,
    frame_runtime: str,
    frame_renderer: str,
    frames: list[Pixels],
    resolved_model: ResolvedModel,
    browser_shelf: BrowserShelf,
    frame_info: FrameInfo,
    page_view: ViewOf,
    trace_keeper: Keeper | None,
    weigh_frame: WeighFrame,
) -> Iterator[PagePipeline | RecordedPipeline]:
    """The cell's model in a page, fed the first frame, preprocessed as everywhere else, and variants of it.

    A browser that a cell has lost is replaced for the next one.
    """
    from framegate.pipelines.base import PAGE
    from framegate.pipelines.page import PagePipeline

    registries, options = registries_of(pytestconfig), options_of(pytestconfig).browser
    # The matrix has seen to it that both are of a page.
    if options.recording is not None:
        yield _recorded(request, options.recording, frame_info)
        return
    runtime = cast("PageRuntime", registries.runtimes[frame_runtime])
    renderer = cast("PageRenderer", registries.renderers[PAGE][frame_renderer])
    with in_time(request.node, "model"), named(pytestconfig, "runtime", frame_runtime):
        page = browser_shelf.get(resolved_model, runtime)
    try:
        with in_time(request.node, "frame"):
            with named(pytestconfig, "renderer", frame_renderer):
                pipeline = PagePipeline(
                    page,
                    lambda camera: browser_shelf.renew(resolved_model, runtime, camera),
                    catalogue_of(pytestconfig).specs[frame_model],
                    _pictures(pytestconfig, frame_size, frame_preprocess, frames[0]),
                    page_view,
                    renderer.name,
                    clock_of(pytestconfig),
                    **_settings(options, trace_keeper),
                )
            software = _note_devices(pytestconfig, frame_info, page)
            _note_half(pytestconfig, frame_runtime, page)
            with named(pytestconfig, "runtime", frame_runtime):
                weigh_frame(pipeline.frame_s, pipeline.first_s, software)
        yield pipeline
    finally:
        if isinstance(request.node.stash.get(ERROR, None), BrowserError):
            browser_shelf.close()


def _settings(options: BrowserRequest, keeper: Keeper | None) -> dict[str, Any]:
    return {
        "launches": options.launches,
        "has_cost": options.cost,
        "has_kernels": options.kernels,
        "fed_with": options.camera_input,
        "is_traced": options.presented,
        "keep_events": None if keeper is None else keeper.keep_events,
    }


def _recorded(request: pytest.FixtureRequest, path: Path, frame_info: FrameInfo) -> RecordedPipeline:
    from framegate.pipelines.recorded import RecordedPipeline, Recording

    recording = Recording.read(path)
    request.getfixturevalue("store_shown")(recording.shown)
    if recording.device is not None:
        _note_device(request.config, frame_info, recording.device)
    return RecordedPipeline(recording, clock_of(request.config))


def _pictures(config: pytest.Config, size: str, preprocess: str, frame: Pixels) -> list[Pixels]:
    """A variant of the picture that the canvas shows before, and four to take in turn, the first of them as it is."""
    from framegate.frames.turns import before_turns, in_turn
    from framegate.interfaces import Size

    preprocessor = preprocessing_of(config, preprocess).at(Size.parse(size))
    return before_turns(in_turn([preprocessor.picture(frame).copy()]))


def _note_devices(config: pytest.Config, frame_info: FrameInfo, page: TFJSPage) -> str | None:
    """Note the devices that a page computed and drew with; returns one that is software, if there is one."""
    from framegate.machine import is_software

    devices = [device for device in (page.info["device"], page.drawn_by()) if device is not None]
    for device in devices:
        _note_device(config, frame_info, device)
    return next(filter(is_software, devices), None)


def _note_half(config: pytest.Config, runtime: str, page: TFJSPage) -> None:
    """Say how close a page has to come that computes with half as many bits as others."""
    from framegate.browser.runtimes import HALF
    from framegate.pipelines.page_screen import closeness_of

    if page.precision == HALF:
        close = closeness_of(page)
        note(
            config,
            f"{runtime} computes in {HALF}: its outputs may be off by {close.outputs.share:g} of their range, or by"
            f" {close.outputs.widest:g} where a rounding makes as much of a difference, and the screen by"
            f" {close.steps} of 255.",
        )


def _note_device(config: pytest.Config, frame_info: FrameInfo, device: str) -> None:
    """Store which device a page drew or computed with, and say it at the end of the run."""
    from framegate.machine import is_software

    software = is_software(device)
    frame_info.add(gl_renderer=device, is_software=software)
    kind = "software on the CPU, no GPU" if software else "a GPU"
    runtimes = config.stash.setdefault(DRAWN_WITH, {}).setdefault(device, {})
    runtimes[str(frame_info.cell.runtime)] = None
    note(config, f"{', '.join(runtimes)}: the browser drew with {device} ({kind})", about=f"drawn with {device}")
