"""The page's pipeline keeps the contract of all pipelines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pipeline_contract import check_contract

from framegate.browser.session import TFJSPage
from framegate.frames.turns import in_turn
from framegate.interfaces import ModelSpec, Pixels
from framegate.measure.replay import ReplayClock
from framegate.pipelines import page as pages
from framegate.pipelines.page import PagePipeline

OpenPage = Callable[..., TFJSPage]


@pytest.mark.parametrize("way", ["topixels", "texture"])
def test_the_page_keeps_the_contract(
    open_page: OpenPage, picture: Pixels, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(pages, "BUDGET_S", 0.05)
    monkeypatch.setattr(pages, "ANIMATE_S", 0.05)
    page = open_page("wasm")
    spec = ModelSpec("tiny", "path", str(page.model.path), input_range=(-1, 1), output_range=(-1, 1))
    shown = in_turn([np.ascontiguousarray(picture[..., :3])])
    clock = ReplayClock()
    pipeline = PagePipeline(page, lambda: page, spec, shown, way, clock)
    check_contract(pipeline)
    assert clock() > 0
