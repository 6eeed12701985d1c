"""Contexts that a page lets go are no fault, and a browser can show its window."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from patience import PATIENCE_S

from framegate.browser.chromium import flags
from framegate.browser.driver import Browser
from framegate.browser.session import TFJSPage
from framegate.errors import BrowserError

OpenPage = Callable[..., TFJSPage]


def test_more_ways_than_a_browser_has_contexts_are_no_fault(open_page: OpenPage) -> None:
    page = open_page("webgl")
    for _ in range(20):
        for renderer in ("texture", "topixels"):
            page.aim(page.outputs[:1], renderer, (-1, 1))
    assert page.look().pixels.any()


@pytest.mark.parametrize("which", ["page.renderer.gl", "tf.backend().gpgpu.gl"])
def test_the_context_of_the_way_and_that_of_tfjs_are_watched(open_page: OpenPage, which: str) -> None:
    page = open_page("webgl", "texture")
    with pytest.raises(BrowserError, match="a WebGL context was lost"):
        page._browser.call(f"() => {{ {which}.getExtension('WEBGL_lose_context').loseContext(); }}", None, PATIENCE_S)


@pytest.mark.parametrize("headed", [True, False])
def test_a_window_is_shown_when_it_is_asked_for(
    need_display: Callable[[], None], chromium: Path, *, headed: bool
) -> None:
    need_display()
    with closing(Browser(chromium, flags("software"), headed=headed)) as browser:
        agent = browser.call("() => navigator.userAgent", None, PATIENCE_S)
        assert ("HeadlessChrome" in agent) is not headed
        assert browser.call("() => document.createElement('canvas').getContext('webgl2') !== null", None, PATIENCE_S)
