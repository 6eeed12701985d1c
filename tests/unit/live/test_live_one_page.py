"""What one page is told where what it was asked for fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
from tiny_model import write_tiny

from framegate.browser.remote import UsersBrowser
from framegate.browser.server import page_server
from framegate.errors import BackendUnavailable, NoAnswer, NotLoaded
from framegate.live import page
from framegate.live.choices import LiveChoice, builtin_offer
from framegate.live.models import LiveModels
from framegate.live.page import LivePage

ASKED = {"model": "tiny", "size": "16", "runtime": "tfjs-wasm", "renderer": "topixels"}


class PatientBrowser(UsersBrowser):
    """Answers until it hangs."""

    hangs = False

    def call(self, function: str, argument: object, timeout_s: float, doing: str = "") -> None:
        del argument, doing
        if self.hangs:
            raise NoAnswer(f"the page did not answer {function}", timeout_s)


@pytest.fixture
def browser() -> PatientBrowser:
    return PatientBrowser("x")


@pytest.fixture
def live(browser: PatientBrowser, tmp_path: Path) -> Iterator[LivePage]:
    models = LiveModels([str(write_tiny(tmp_path / "tiny"))], tmp_path)
    with page_server() as server:
        yield LivePage(server, browser, "page-1", models, tmp_path, tmp_path, builtin_offer())


def failing(browser: PatientBrowser, error: Exception) -> Callable[..., NoReturn]:
    """Raises an error, and has the browser hang from then on."""

    def fail(*_: object, **__: object) -> NoReturn:
        browser.hangs = True
        raise error

    return fail


def choice(**others: str) -> LiveChoice:
    return LiveChoice.read(ASKED | others, builtin_offer())


def test_a_page_that_hangs_is_told_what_it_hangs_on(
    live: LivePage, browser: PatientBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "TFJSPage", failing(browser, NotLoaded("the page did not load the model", 300)))
    with pytest.raises(NotLoaded, match="did not load the model"):
        live.show(choice())


def test_why_a_renderer_is_refused_is_told_by_a_page_that_hangs_then(
    live: LivePage, browser: PatientBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "TFJSPage", lambda *_, **__: SimpleNamespace(info={"device": None}))
    monkeypatch.setattr(page, "PagePipeline", lambda *_: None)
    live.show(choice())
    monkeypatch.setattr(page, "PagePipeline", failing(browser, BackendUnavailable("no WebGL 2", "take another")))
    with pytest.raises(BackendUnavailable, match="no WebGL 2"):
        live.show(choice(renderer="texture"))


def test_a_file_with_the_name_of_a_source_gets_another_one(live: LivePage, tmp_path: Path) -> None:
    names = [live.take(name, tmp_path / str(at)) for at, name in enumerate(["photo", "clip", "camera", "own.png"])]
    assert names == ["photo-2", "clip-2", "camera-2", "own.png"]
    assert [live.source(choice(source=name)) for name in ("photo", "photo-2", "camera")] == [
        "photo",
        str(tmp_path / "0"),
        "camera",
    ]
    # A file that is sent once more takes the place of the first.
    assert live.take("photo", tmp_path / "again") == "photo-2"
