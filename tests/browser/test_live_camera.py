"""The machine's camera on the page of ``framegate live``: a video stands in for it, whose frames are one picture."""

from __future__ import annotations

import re
from itertools import repeat

import numpy as np
import pytest
from live_pages import Person

from framegate.browser.chromium import flags
from framegate.frames.files import write_y4m
from framegate.interfaces import Pixels, Size
from framegate.preprocess import BUILTIN_STEPS

SIZE = Size(32, 48)
RATE = 30.0
TRACK = "() => host.camera?.track.readyState ?? 'closed'"


@pytest.fixture(scope="module")
def live_flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """With a camera that shows blocks of colours."""
    blocks = np.random.default_rng(5).integers(0, 256, (6, 8, 3), np.uint8)
    picture = blocks.repeat(16, axis=0).repeat(16, axis=1)
    clip = tmp_path_factory.mktemp("camera") / "camera.y4m"
    write_y4m(clip, repeat(picture, 30), RATE)
    return flags("software", clip)


def fitted(person: Person) -> Pixels:
    """What the model is fed of the camera before the steps; the steps are off."""
    picture = person.input()
    assert picture.shape == (*SIZE, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 4
    return picture


def test_its_frames_go_through_every_step_byte_by_byte(person: Person) -> None:
    person.picks("Frames", "camera")
    assert person.fault() == ""
    frame = person.model_frame()
    assert frame.evaluate(TRACK) == "live"
    before = fitted(person)
    for name, step in BUILTIN_STEPS.items():
        person.toggles(name)
        made = step(before)
        made = made if made.ndim == 3 else np.repeat(made[..., None], 3, axis=2)
        assert np.array_equal(person.input(), made), name
        person.toggles(name)
    assert np.array_equal(person.input(), before)
    assert person.model_frame() == frame


def test_the_way_through_the_steps_is_a_stage_and_the_rate_is_the_cameras(person: Person) -> None:
    person.picks("Frames", "camera")
    person.sees_frames(10)
    lately = person.model_frame().evaluate("() => live.lately()")
    assert lately["rate"] == pytest.approx(RATE)
    for _, _, due_s, began_s, shown_s, stages in lately["sights"]:
        assert next(iter(stages)) == "preprocess"
        assert due_s <= began_s < shown_s
        assert sum(stages.values()) <= shown_s - began_s
    person.page.wait_for_function("() => document.querySelector('#stages').textContent.includes('preprocess')")
    tiles = person.page.locator("#tiles").inner_text()
    assert "Wrong numbers\n0" in tiles


def test_the_command_names_the_camera(person: Person) -> None:
    person.picks("Frames", "camera")
    assert "--frame-source=camera" in person.presses("Copy command")


def test_another_source_ends_it(person: Person) -> None:
    person.picks("Frames", "camera")
    camera = fitted(person)
    person.picks("Frames", "photo")
    assert person.model_frame().evaluate(TRACK) == "closed"
    assert not np.array_equal(person.input(), camera)


def test_a_camera_that_is_unplugged_is_one_message(person: Person) -> None:
    person.picks("Frames", "camera")
    person.model_frame().evaluate("() => host.camera.track.stop()")
    person.page.wait_for_selector("#fault:not([hidden])")
    assert person.fault() == "the camera's track ended; plug it in, and load it anew"
    person.page.get_by_role("button", name="Load it anew").click()
    person.sees_frames(3)
    assert person.fault() == ""
    assert person.model_frame().evaluate(TRACK) == "live"


def test_another_runtime_goes_on_with_it(person: Person) -> None:
    person.picks("Frames", "camera")
    before = fitted(person)
    frames = [person.model_frame()]
    for runtime in ("tfjs-cpu", "tfjs-wasm"):
        person.picks("Runtime", runtime)
        assert person.fault() == ""
        assert np.array_equal(person.input(), before)
        frames.append(person.model_frame())
        # It is let go where nobody looks.
        assert [frame.evaluate(TRACK) for frame in frames[-2:]] == ["closed", "live"]
    assert frames[0] == frames[2]


@pytest.mark.usefixtures("quick_recording")
def test_what_it_shows_is_recorded_and_then_it_goes_on(person: Person) -> None:
    person.picks("Frames", "camera")
    before = person.input()
    said = person.presses("Record 10 s")
    assert re.fullmatch(r"\d+ frames, .* at the median, stored in .*", said), said
    person.sees_frames(3)
    assert person.fault() == ""
    assert np.array_equal(person.input(), before)
    assert person.model_frame().evaluate(TRACK) == "live"
