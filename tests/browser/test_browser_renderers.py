"""Every renderer of a page shows what the model returned, and none disturbs the next frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
from fed_pictures import fed_pictures
from page_looks import look_of_image
from patience import PATIENCE_S

from framegate.browser import answers
from framegate.browser.session import TFJSPage
from framegate.errors import BackendUnavailable
from framegate.interfaces import Pixels
from framegate.pipelines.page_screen import BY_SHADER
from framegate.pipelines.verify import verify_screen
from framegate.words import PageThread

OpenPage = Callable[..., TFJSPage]

RENDERERS = {
    "cpu": ["topixels", "texture", "draw"],
    "wasm": ["topixels", "texture"],
    "webgl": ["topixels", "texture", "same-context", "texture", "same-context"],
    "webgpu": ["topixels", "texture", "draw"],
}


def show_their_last(page: TFJSPage, renderer: str, picture: Pixels, channels: int = 3, tolerance: int = 1) -> Pixels:
    """The picture that was fed last, which is on the canvas."""
    look = page.look()
    fed = fed_pictures(picture)[look.picture]
    verify_screen(look_of_image(look, renderer, (-1, 1)))
    assert np.abs(look.pixels[..., :channels].astype(int) - fed[..., :channels]).max() <= tolerance, renderer
    return fed


@pytest.mark.parametrize("thread", get_args(PageThread))
@pytest.mark.parametrize("backend", RENDERERS)
def test_the_canvas_shows_what_the_model_returned(
    open_page: OpenPage, picture: Pixels, backend: str, thread: PageThread
) -> None:
    page = open_page(backend, thread=thread)
    for renderer in RENDERERS[backend]:
        page.aim(page.outputs[:1], renderer, (-1, 1))
        rounds = page.rounds(3, 3, 0.0)
        fed = show_their_last(page, renderer, picture)
        (output,) = page.look().outputs.values()
        np.testing.assert_allclose(output, fed[None, ..., :3].astype(np.float32) / 127.5 - 1, atol=1e-5)
        page.animate(0.0)
        show_their_last(page, renderer, picture)
        assert (rounds.tensors_left, rounds.bytes_left) == (0, 0), renderer
        assert {*rounds.stages_s, "start", "fetch", "build", "first-run", "dispatch", "readback"} == {
            *page.methods()
        }, renderer


@pytest.mark.parametrize("channels", [1, 4])
def test_a_grey_picture_too_and_one_with_alpha(open_page: OpenPage, picture: Pixels, channels: int) -> None:
    page = open_page("webgl", channels=channels)
    for renderer in ("topixels", "texture", "same-context"):
        page.aim(page.outputs[:1], renderer, (-1, 1))
        page.rounds(1, 1, 0.0)
        show_their_last(page, renderer, picture, channels)


def test_colours_that_shine_through_are_the_same_in_every_way(open_page: OpenPage, picture: Pixels) -> None:
    picture[..., 3] = 128 + picture[..., 0] // 2
    page = open_page("webgl", channels=4, fed=picture)
    for renderer in ("topixels", "texture", "same-context"):
        page.aim(page.outputs[:1], renderer, (-1, 1))
        page.rounds(1, 1, 0.0)
        look = page.look()
        # A canvas keeps colours multiplied by alpha: of them 1/255 is lost where alpha is about a half.
        assert np.abs(look.pixels.astype(int) - fed_pictures(picture)[look.picture]).max() <= 2, renderer


@pytest.mark.parametrize("renderer", ["topixels", "texture"])
def test_whole_numbers_are_shown_as_well(open_page: OpenPage, renderer: str) -> None:
    page = open_page("wasm")
    whole = np.random.default_rng(1).integers(0, 256, (37, 52, 3))
    returned = """values => {
      tf.dispose(page.first);
      page.first = [tf.tensor(values, [37, 52, 3], "int32")];
    }"""
    page._browser.call(returned, whole.reshape(-1).tolist(), PATIENCE_S)
    page.aim(page.outputs[:1], renderer, (0, 255))
    pixels = answers.decode_png(page._browser.picture("canvas", PATIENCE_S))
    assert np.abs(pixels[..., :3].astype(int) - whole).max() <= (renderer in BY_SHADER)


@pytest.mark.parametrize(
    ("backend", "renderer", "reason"),
    [
        ("wasm", "same-context", "same-context with TF.js on wasm: 'readToGPU' not yet implemented"),
        ("webgpu", "same-context", "dataToGPU gives a buffer here, and no texture"),
        ("webgl", "draw", "draw with TF.js on webgl: Kernel 'Draw' not registered for backend 'webgl'"),
    ],
)
def test_a_renderer_that_a_backend_lacks_is_refused_in_its_words(
    open_page: OpenPage, backend: str, renderer: str, reason: str
) -> None:
    page = open_page(backend)
    with pytest.raises(BackendUnavailable, match=reason):
        page.aim(page.outputs[:1], renderer, (-1, 1))
    page.aim(page.outputs[:1], "topixels", (-1, 1))
    assert page.rounds(1, 1, 0.0).frames == 1
