"""The page of ``framegate live``, with a person before it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from live_pages import Person

from framegate.frames.sources import open_frames
from framegate.interfaces import Pixels, Size
from framegate.live.choices import LiveChoice
from framegate.live.page import LivePage
from framegate.preprocess import BUILTIN_STEPS
from framegate.preprocess.fit import fit

SIZE = Size(32, 48)


# Draws the figures of five frames with a freeze between the third and the fourth, and nothing else in the meantime; the
# tile of freezes, and whether the graph is coloured in the middle of the freeze, and before it.
FREEZE = """async () => {
  const own = draw;
  draw = () => {};
  const sights = [0, 1, 2, 6, 7].map((at) => [at, at, at, at, at + 0.1, { draw: 0.1 }]);
  own(sights, { ...known.told, freezes: 1, longest_freeze_s: 4.1, frozen: [[2.1, 6.1]] }, 1e6);
  await new Promise(requestAnimationFrame);
  const tile = [...document.querySelectorAll("#tiles div")].find((each) => each.textContent.startsWith("Freezes"));
  const { plot } = graphs.ages;
  const isColoured = (at) => plot.ctx.getImageData(plot.valToPos(at, "x", true), plot.bbox.top + 3, 1, 1).data[3] > 0;
  draw = own;
  return [tile.textContent, tile.className, isColoured(-3.3), isColoured(-6.3)];
}"""


@pytest.fixture(scope="module")
def photo() -> Pixels:
    """The photo, as the model is fed it before the steps."""
    return fit(open_frames("photo")[0], SIZE, "crop")


def in_colour(picture: Pixels) -> Pixels:
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def test_each_step_takes_effect_on_the_running_picture(person: Person, photo: Pixels) -> None:
    frame = person.page.locator("#stage iframe:not(.away)").element_handle()
    assert np.array_equal(person.input(), photo)
    for name, step in BUILTIN_STEPS.items():
        person.toggles(name)
        assert np.array_equal(person.input(), in_colour(step(photo))), name
        person.toggles(name)
    assert np.array_equal(person.input(), photo)
    assert person.fault() == ""
    assert (
        person.page.locator("#stage iframe:not(.away)").element_handle().evaluate("(now, then) => now === then", frame)
    )


def test_backends_and_ways_are_switched_while_it_runs(person: Person) -> None:
    for runtime, way in [("tfjs-wasm", "texture"), ("tfjs-webgl", "same-context"), ("tfjs-cpu", "draw")]:
        person.picks("Runtime", runtime)
        person.picks("Way to the screen", way)
        assert person.fault() == ""
        assert f"{runtime} to {way}" in person.page.locator("#status").inner_text()
    person.picks("Way to the screen", "same-context")
    assert "same-context" in person.fault()
    person.picks("Way to the screen", "topixels")
    assert person.fault() == ""


def test_what_a_plugin_brings_is_there_too(person: Person, photo: Pixels) -> None:
    person.toggles("mirror")
    assert np.array_equal(person.input(), photo[:, ::-1])
    person.picks("Runtime", "tfjs-unpacked")
    assert person.fault() == ""
    assert person.model_frame().evaluate("() => [page.backend, tf.env().getBool('WEBGL_PACK')]") == ["webgl", False]


def test_the_figures_and_the_analysis_are_there(person: Person) -> None:
    page = person.page
    assert page.locator("#about-name").inner_text() == "tiny"
    assert "1 (1)" in page.locator("#facts").inner_text()
    page.locator("#tiles dd").first.wait_for()
    tiles = dict(
        zip(page.locator("#tiles dt").all_inner_texts(), page.locator("#tiles dd").all_inner_texts(), strict=True)
    )
    assert float(tiles["On the screen"].split()[0]) > 0
    assert tiles["Wrong numbers"] == "0"
    assert {"inference", "draw"} <= set(page.locator("#stages div > span:first-child").all_text_contents())


def test_what_is_in_a_model_is_there_before_it_runs(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    may_run, show = threading.Event(), LivePage.show

    def waiting(page: LivePage, choice: LiveChoice, *, anew: bool = False) -> dict[str, Any]:
        may_run.wait()
        return show(page, choice, anew=anew)

    monkeypatch.setattr(LivePage, "show", waiting)
    try:
        person.page.get_by_label("Model", exact=True).select_option("half")
        person.page.wait_for_function("() => document.querySelector('#about-name').textContent === 'half'")
        assert person.page.locator("#facts dt").count() > 5
        assert person.page.locator("#weights div").count() >= 1
        assert person.page.locator("#status").inner_text() == "Loading half into tfjs-wasm…"
    finally:
        may_run.set()
    person.sees_frames(1)


def test_a_freeze_is_seen_as_one(person: Person) -> None:
    person.page.locator("#tiles dd").first.wait_for()
    assert person.page.evaluate(FREEZE) == ["Freezes1 longest 4.1 s", "bad", True, False]


def test_the_hash_restores_the_choice(person: Person, photo: Pixels) -> None:
    person.toggles("invert")
    person.picks("Way to the screen", "texture")
    person.page.reload()
    person.sees_frames(1)
    assert np.array_equal(person.input(), 255 - photo)
    assert person.page.get_by_label("Way to the screen").input_value() == "texture"


def test_no_camera_is_one_message_and_what_was_shown_goes_on(person: Person, photo: Pixels) -> None:
    person.picks("Frames", "camera")
    assert person.fault().startswith("the page gets no camera (NotFoundError: ")
    assert person.fault().endswith("; plug one in, and allow it")
    assert np.array_equal(person.input(), photo)
    person.sees_frames(3)
