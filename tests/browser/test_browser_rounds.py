"""What a page measures is what happens in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from fed_pictures import form_of
from patience import PATIENCE_S

from framegate.browser import session
from framegate.browser.session import TFJSPage
from framegate.errors import BrowserError
from framegate.frames.sources import open_frames
from framegate.frames.turns import in_turn
from framegate.interfaces import Size
from framegate.preprocess import BUILTIN_STEPS
from framegate.preprocess.pipeline import Preprocessor
from framegate.preprocess.tensor import with_channels

OpenPage = Callable[..., TFJSPage]

DRAWN = "await tf.browser.toPixels(unit, this.canvas);"
DELAY_S = 0.06
BUSY = f"{DRAWN} for (const end = seconds() + {DELAY_S}; seconds() < end; );"
ASLEEP = f"""{DRAWN}
    this.flying = (this.flying ?? 0) + 1;
    if (this.flying > 1) throw new Error("two frames at once");
    await new Promise((done) => setTimeout(done, {2000 * DELAY_S}));
    this.flying--;"""
LEAK = "tf.keep(tf.zeros([5]));"


def large() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, 256, (384, 384, 4), np.uint8)


@pytest.mark.parametrize("backend", ["wasm", "webgl"])
def test_time_outside_the_stages_is_said(open_page: OpenPage, backend: str) -> None:
    page = open_page(backend, "topixels", fed=large())
    assert 0 <= page.rounds(5, 5, 0.0).outside < 1
    pause = f"dispatch.push(done.dispatch); for (const end = seconds() + {DELAY_S}; seconds() < end; );"
    page = open_page(backend, "topixels", edit={"rounds.js": ("dispatch.push(done.dispatch);", pause)})
    rounds = page.rounds(5, 5, 0.0)
    outside_s = sum(rounds.wholes_s) * rounds.outside / (1 - rounds.outside)
    assert outside_s >= 5 * DELAY_S


def test_a_known_delay_comes_out_where_it_was_put_in(open_page: OpenPage) -> None:
    page = open_page("wasm", "topixels", edit={"screen.js": (DRAWN, BUSY)})
    stages = page.rounds(5, 5, 0.0, warm=1).stages_s
    assert min(stages["draw"]) >= DELAY_S
    found = page.animate(1.0)
    assert found.frames / found.seconds <= 1 / DELAY_S


def test_a_delay_that_is_asked_for_is_in_its_stage(open_page: OpenPage) -> None:
    page = open_page("wasm", "texture")
    delays_s = {"upload": 0.02, "inference": 0.04, "postprocess": 0.02, "readback": 0.01, "draw": 0.03}
    stages = page.rounds(3, 3, 0.0, delays_s=delays_s).stages_s
    assert all(min(stages[stage]) >= seconds for stage, seconds in delays_s.items())
    assert page.rounds(3, 3, 0.0).frames == 3


def test_slow_frames_end_before_there_are_enough(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page("cpu", "topixels", edit={"screen.js": (DRAWN, BUSY)})
    monkeypatch.setattr(session, "SLOW_S", 1.5 * DELAY_S)
    assert 1 <= page.rounds(10, 10, 0.0).frames <= 2
    monkeypatch.setattr(session, "SLOW_S", 0.0)
    assert page.rounds(10, 10, 0.0).frames == 1
    assert page.rounds(1, 3, 100.0).frames == 3


def test_frames_are_counted_and_not_callbacks_and_one_is_under_way_at_a_time(open_page: OpenPage) -> None:
    found = open_page("wasm", "topixels", edit={"screen.js": (DRAWN, ASLEEP)}).animate(1.0)
    assert found.frames / found.seconds <= 1 / (2 * DELAY_S)
    assert found.callbacks >= found.frames


def test_what_a_frame_leaves_behind_is_counted(open_page: OpenPage) -> None:
    page = open_page("webgl", "topixels", edit={"screen.js": (DRAWN, f"{DRAWN} {LEAK}")})
    rounds = page.rounds(4, 4, 0.0)
    assert (rounds.tensors_left, rounds.frames) == (4, 4)
    animated = page.animate(0.0)
    assert animated.tensors_left == animated.frames == 1


def test_a_page_that_is_asked_for_no_frame_says_so(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "START_S", PATIENCE_S)
    page = open_page("cpu", "topixels", edit={"page.js": ('"use strict";', "window.requestAnimationFrame = () => {};")})
    monkeypatch.setattr(session, "START_S", 0.1)
    with pytest.raises(BrowserError, match=r"the browser asked for no frame in 0\.1 s: is its window hidden"):
        page.animate(0.0)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_page_feeds_the_bytes_of_the_steps(open_page: OpenPage, channels: int) -> None:
    page = open_page("cpu", channels=channels)
    steps = list(BUILTIN_STEPS.items())
    for chosen in ([], *([step] for step in steps), steps):
        made = Preprocessor(Size(40, 56), "crop", chosen).picture(open_frames("photo")[0])
        pictures = in_turn([made])
        given = [with_channels(each, 4) for each in pictures]
        page.take(given, form_of(given, channels))
        for index, each in enumerate(pictures):
            assert np.array_equal(page.fed(index), with_channels(each, channels).reshape(40, 56, channels))


def test_a_readback_is_measured_by_itself(open_page: OpenPage) -> None:
    page = open_page("webgl", "same-context", fed=large())
    taken = page.readback()
    assert len(taken) >= 3
    assert min(taken) > 0
    assert page.rounds(1, 1, 0.0).tensors_left == 0


def test_kernels_are_the_models_own(open_page: OpenPage) -> None:
    (kernel,) = [each for each in open_page("wasm", "topixels").kernels() if each.name == "Multiply"]
    assert kernel.time_s is not None
    assert kernel.time_s > 0
    assert kernel.shapes == ((1, 37, 52, 3),)
