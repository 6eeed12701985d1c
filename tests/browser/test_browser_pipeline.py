"""The page's pipeline keeps the contract of all pipelines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from page_looks import view_of_image
from patience import PATIENCE_S
from pipeline_contract import check_contract, check_run

from framegate.browser import requests
from framegate.browser.runtimes import PageRuntime
from framegate.browser.session import TFJSPage
from framegate.browser.shelf import BrowserShelf
from framegate.errors import BackendUnavailable, UsageError
from framegate.frames.turns import in_turn
from framegate.interfaces import ModelSpec, Pixels, ResolvedModel
from framegate.measure.replay import ReplayClock
from framegate.pipelines import page as pages
from framegate.pipelines.page import PagePipeline
from framegate.realtime.run import RunRequest
from framegate.values import BrowserRequest

OpenPage = Callable[..., TFJSPage]


@pytest.fixture
def shelf(tfjs: Path) -> Iterator[BrowserShelf]:
    with closing(BrowserShelf(BrowserRequest(), tfjs)) as shelf:
        yield shelf


@pytest.mark.parametrize("renderer", ["topixels", "texture"])
def test_the_page_keeps_the_contract(
    open_page: OpenPage, picture: Pixels, monkeypatch: pytest.MonkeyPatch, renderer: str
) -> None:
    monkeypatch.setattr(pages, "BUDGET_S", 0.05)
    monkeypatch.setattr(pages, "ANIMATE_S", 0.05)
    page = open_page("wasm")
    spec = ModelSpec("tiny", "path", str(page.model.path), input_range=(-1, 1), output_range=(-1, 1))
    shown = in_turn([np.ascontiguousarray(picture[..., :3])])
    clock = ReplayClock()
    pipeline = PagePipeline(page, lambda _: page, spec, shown, view_of_image, renderer, clock)
    check_contract(pipeline)
    assert clock() > 0


def test_a_camera_is_a_browser_that_shows_the_pictures_numbered(
    shelf: BrowserShelf, write_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PATIENCE_S", PATIENCE_S)
    model = ResolvedModel("tiny", write_model(size=None) / "model.json", "graph", "0" * 64)
    spec = ModelSpec("tiny", "path", str(model.path), input_range=(-1, 1), output_range=(-1, 1))
    runtime = PageRuntime("wasm")
    pictures = [np.full((80, 96, 3), 60 * turn, np.uint8) for turn in range(5)]
    page = shelf.get(model, runtime)
    with closing(
        PagePipeline(
            page, partial(shelf.renew, model, runtime), spec, pictures, view_of_image, "topixels", ReplayClock()
        )
    ) as pipeline:
        pipeline.prepare(lambda _look: None)
        assert check_run(pipeline, RunRequest("single-stream", seconds=0.2, in_flight=1)).dropped == {}
        assert pipeline.page is page
        for _ in range(2):
            run = check_run(pipeline, RunRequest("camera", 30.0, 0.4, in_flight=1))
            assert (run.scenario, run.rate, run.ended) == ("camera", 30.0, None)
            camera = pipeline.page
        assert camera is pipeline.page is not page
        with pytest.raises(UsageError, match="a page's camera has a rate; give its frames per second"):
            pipeline.run(RunRequest("camera"))
        with pytest.raises(UsageError, match="--frame-queue and --frame-patience: in a page one frame waits"):
            pipeline.run(RunRequest("camera", 30.0, queue=2))
    assert shelf.get(model, runtime) is not camera


def test_a_worker_refuses_a_video_and_a_trace_by_name(open_page: OpenPage, picture: Pixels) -> None:
    page = open_page("cpu", thread="worker")
    spec = ModelSpec("tiny", "path", str(page.model.path), input_range=(-1, 1), output_range=(-1, 1))
    shown = in_turn([np.ascontiguousarray(picture[..., :3])])
    pipeline = PagePipeline(page, lambda _: page, spec, shown, view_of_image, "topixels", ReplayClock(), is_traced=True)
    with pytest.raises(BackendUnavailable, match=r"a worker has no <video> .*; add --frame-camera-input=bitmap"):
        pipeline.run(RunRequest("camera", 30.0))
    with pytest.raises(BackendUnavailable, match="a trace does not say when the display had what a worker drew"):
        pipeline.run(RunRequest("single-stream"))


@pytest.mark.parametrize(
    ("seconds", "size", "pictures"),
    [(7, (256, 256), 600), (0.1, (80, 80), 186), (60, (2160, 3840), 100), (1e9, (80, 80), 20833)],
)
def test_a_clip_is_as_long_as_its_run_or_as_its_file_may_be(
    seconds: float, size: tuple[int, int], pictures: int
) -> None:
    assert pages.clip_length(60.0, seconds, size) == pictures
