"""A camera in the page: every frame is counted by the number in its picture, and read from the canvas."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import numpy as np
import pytest
from fed_pictures import form_of
from patience import PATIENCE_S

from framegate.browser import answers, requests, session
from framegate.browser.chromium import flags
from framegate.browser.driver import Browser
from framegate.browser.runtimes import LIBRARIES, TF_JS, PageRuntime
from framegate.browser.server import PageFolder
from framegate.errors import BackendUnavailable, SourceError, WrongOutput
from framegate.frames.files import write_y4m
from framegate.frames.numbers import RANGE, stamped
from framegate.interfaces import Pixels, ResolvedModel
from framegate.paths import cache_dir
from framegate.realtime.run import Run, RunRequest, Scenario
from framegate.realtime.verify import faults, verify_run
from framegate.words import CameraInput, PageThread

NewFolder = Callable[[], PageFolder]
OpenCamera = Callable[..., session.TFJSPage]

RATE, NUMBERS = 30, 600
HEIGHT, WIDTH = 96, 128
TIME_IS_LEFT = "seconds() < began + lasting"
CORNERS = [[(220, 30, 30), (30, 200, 60)], [(40, 60, 210), (200, 190, 40)]]
"""Colours of the picture's quarters."""


DRAWS = "await page.renderer.draw(drawn, mark);"
FREES = "page.runtime.release(raw, input, all, drawn);\n  picture.close?.();"
TURN = "const turn = (page.turns = (page.turns ?? -1) + 1);"
UNTIL_TWO_HAVE_COME = """for (let came = 0, newest = host.camera.taken; came < 2; ) {
      await animationFrame(1);
      const frame = new VideoFrame(host.camera.video);
      if (frame.timestamp !== newest) came++;
      newest = frame.timestamp;
      frame.close();
    }"""


def drawing(code: str) -> dict[str, str]:
    """An edit that has a frame of a run draw otherwise; ``turn`` counts the frames from 0."""
    end = "\n    return [page.renderer"
    return {DRAWS + end: f"{TURN} {code} {end}"}


def files_of(library: str) -> None:
    """Bring the files of a library, or say why there are none."""
    try:
        LIBRARIES[library].files(cache_dir())
    except (BackendUnavailable, SourceError) as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def camera_browser(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera shows a numbered picture with another colour in each corner."""
    clip = tmp_path_factory.mktemp("camera") / "clip.y4m"
    picture = np.array(CORNERS, np.uint8).repeat(HEIGHT // 2, 0).repeat(WIDTH // 2, 1)
    write_y4m(clip, (stamped(picture, number) for number in range(NUMBERS)), RATE)
    with closing(Browser(chromium, flags("software", clip))) as browser:
        yield browser


@pytest.fixture
def open_camera(
    camera_browser: Browser,
    new_folder: NewFolder,
    tfjs: Path,
    write_model: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> OpenCamera:
    """Opens the tiny model on a backend, aimed, with the camera on.

    A run in it takes so many frames, however long that lasts. ``edits`` maps words of the page's files to what takes
    their place.
    """
    monkeypatch.setattr(requests, "PATIENCE_S", PATIENCE_S)

    def open_one(
        backend: str,
        renderer: str,
        frames: int,
        edits: Mapping[str, str] = MappingProxyType({}),
        thread: PageThread = "main",
        library: str = TF_JS,
    ) -> session.TFJSPage:
        folder = Path(shutil.copytree(requests.PAGE, tmp_path / "page"))
        for right, wrong in {TIME_IS_LEFT: f"sights.length < {frames}", **edits}.items():
            (script,) = [script for script in folder.glob("*.js") if script.read_text("utf-8").count(right) == 1]
            script.write_text(script.read_text("utf-8").replace(right, wrong), "utf-8")
        monkeypatch.setattr(requests, "PAGE", folder)
        path = write_model(size=None) / "model.json"
        # By its hash a conversion is kept.
        model = ResolvedModel("tiny", path, "graph", hashlib.sha256(path.read_bytes()).hexdigest())
        runtime = PageRuntime(backend, library=library)
        page = session.TFJSPage(camera_browser, new_folder(), runtime, model, tfjs, thread=thread)
        pictures = [np.full((HEIGHT, WIDTH, 4), 50 * index, np.uint8) for index in range(5)]
        page.take(pictures, form_of(pictures))
        page.aim(page.outputs[:1], renderer, (-1, 1))
        assert page.open_camera()["width"] == WIDTH
        return page

    return open_one


CAMERA = RunRequest("camera", RATE, PATIENCE_S, in_flight=1)
SINGLE_STREAM = RunRequest("single-stream", seconds=PATIENCE_S, in_flight=1)
OFFLINE = RunRequest("offline", seconds=PATIENCE_S, in_flight=2)


def check(run: Run, scenario: Scenario) -> None:
    """Every frame is accounted for, was seen on the canvas, and took its time in the right order."""
    assert (run.scenario, run.ended) == (scenario, None)
    assert run.sights
    numbers = [sight.frame for sight in run.sights]
    assert sorted([*numbers, *run.dropped]) == list(range(run.came))
    assert numbers == sorted(numbers)
    assert [sight.screen for sight in run.sights] == numbers
    assert all(sight.due_s <= sight.began_s < sight.shown_s for sight in run.sights)
    assert (run.began_s, run.ended_s) == (run.sights[0].due_s, run.sights[-1].shown_s)


def test_frames_of_a_camera_are_counted_by_the_number_in_their_picture(open_camera: OpenCamera) -> None:
    page = open_camera("wasm", "topixels", 20, {"refreshes_within_s = 2": f"refreshes_within_s = {PATIENCE_S}"})
    measured = page.run(CAMERA, NUMBERS)
    run = measured.run
    check(run, "camera")
    assert run.display_interval_s
    assert (measured.tensors_left, measured.bytes_left) == (0, 0)
    assert set(run.dropped.values()) <= {"queue"}
    steps = np.diff([(sight.frame, RATE * sight.due_s) for sight in run.sights], axis=0)
    # A camera may be late on a busy machine, and is never early.
    assert (steps[:, 0] - steps[:, 1]).max() < 1


def test_frames_that_come_while_one_is_under_way_are_dropped_by_name(open_camera: OpenCamera) -> None:
    page = open_camera("wasm", "topixels", 6, drawing(f"{UNTIL_TWO_HAVE_COME} {DRAWS}"))
    run = page.run(CAMERA, NUMBERS).run
    check(run, "camera")
    assert len(run.dropped) >= len(run.sights) - 1
    assert set(run.dropped.values()) == {"queue"}


def test_a_frame_begins_in_the_refresh_that_was_asked_for_when_the_last_one_began(open_camera: OpenCamera) -> None:
    """One that is asked for when the last one ended would let a slow model wait for nothing."""
    no_more = f"""if (page.waited) throw new Error("it waited for another");
    if (turn === 0) {{
      {UNTIL_TWO_HAVE_COME}
      globalThis.requestAnimationFrame = () => {{}};
    }}"""
    waits = {"setTimeout(done, 1000 * patience_s)": "setTimeout(() => done((page.waited = true)), 5000)"}
    page = open_camera("wasm", "topixels", 2, {**waits, **drawing(f"{DRAWS} {no_more}")})
    check(page.run(CAMERA, NUMBERS).run, "camera")


@pytest.mark.parametrize(
    ("backend", "renderer"),
    [("wasm", "texture"), ("webgl", "same-context"), ("webgl", "topixels"), ("webgpu", "draw"), ("cpu", "draw")],
)
def test_every_renderer_puts_the_number_on_its_canvas(open_camera: OpenCamera, backend: str, renderer: str) -> None:
    page = open_camera(backend, renderer, 4)
    for request in (CAMERA, SINGLE_STREAM, OFFLINE):
        check(page.run(request, NUMBERS if request.rate else RANGE).run, request.scenario)


@pytest.mark.parametrize(("library", "renderer"), [("ort", "topixels"), ("ort", "texture"), ("litert", "topixels")])
def test_other_libraries_put_the_number_on_their_canvas_too(
    open_camera: OpenCamera, library: str, renderer: str
) -> None:
    files_of(library)
    page = open_camera("wasm", renderer, 4, library=library)
    check(page.run(OFFLINE).run, "offline")
    measured = page.run(CAMERA, NUMBERS)
    check(measured.run, "camera")
    assert (measured.tensors_left, measured.bytes_left) == (0, 0)


@pytest.mark.parametrize(("backend", "renderer"), [("wasm", "topixels"), ("webgl", "same-context"), ("webgpu", "draw")])
def test_a_worker_puts_the_number_on_its_canvas_too(open_camera: OpenCamera, backend: str, renderer: str) -> None:
    page = open_camera(backend, renderer, 4, thread="worker")
    check(page.run(OFFLINE).run, "offline")
    check(page.run(CAMERA, NUMBERS, "bitmap").run, "camera")


def test_a_known_delay_is_in_every_frame_of_a_single_stream(open_camera: OpenCamera) -> None:
    run = open_camera("wasm", "topixels", 10).run(SINGLE_STREAM, delays_s={"inference": 0.02}).run
    check(run, "single-stream")
    assert (run.rate, run.dropped) == (None, {})
    assert run.came == len(run.sights) == 10
    assert all(sight.shown_s - sight.due_s >= 0.02 for sight in run.sights)


@pytest.mark.parametrize(
    ("backend", "renderer", "thread"),
    [("wasm", "topixels", "main"), ("webgl", "same-context", "main"), ("wasm", "topixels", "worker")],
)
def test_whatever_the_model_is_fed_with_is_the_camera_s_picture(
    open_camera: OpenCamera, camera_browser: Browser, backend: str, renderer: str, thread: PageThread
) -> None:
    page = open_camera(backend, renderer, 3, thread=thread)
    for fed_with in get_args(CameraInput)[thread == "worker" :]:
        check(page.run(CAMERA, NUMBERS, fed_with).run, "camera")
        shown: Pixels = answers.decode_png(camera_browser.picture("canvas", PATIENCE_S))
        assert shown.shape[:2] == (HEIGHT, WIDTH)
        # Away from the stamp, the strip and the edges.
        seen = shown[HEIGHT * 3 // 8 :: HEIGHT // 2, WIDTH // 4 :: WIDTH // 2, :3]
        assert np.abs(seen.astype(int) - CORNERS).max() <= 3, fed_with


def test_a_trace_says_when_the_display_had_the_frames(open_camera: OpenCamera) -> None:
    measured = open_camera("wasm", "topixels", 12).run(CAMERA, NUMBERS, traced=True)
    check(measured.run, "camera")
    assert measured.display is not None
    run = measured.display.run
    verify_run(run)
    drawn = {sight.frame: sight for sight in measured.run.sights}
    assert run.sights
    assert all(drawn[sight.frame].shown_s < sight.shown_s for sight in run.sights)
    assert {frame for frame, reason in run.dropped.items() if reason == "in flight"} == {
        *drawn.keys() - {sight.frame for sight in run.sights}
    }
    assert len(measured.display.behind_s) == len(run.sights)


def test_a_camera_that_the_page_may_not_have_is_said(open_camera: OpenCamera) -> None:
    denied = 'Promise.reject(new DOMException("Permission denied", "NotAllowedError"))'
    with pytest.raises(BackendUnavailable, match=r"the page gets no camera \(NotAllowedError: Permission denied\)"):
        open_camera("wasm", "topixels", 1, {"navigator.mediaDevices.getUserMedia({ video: true })": denied})


def test_a_browser_without_a_camera_says_so(open_page: Callable[..., session.TFJSPage]) -> None:
    with pytest.raises(BackendUnavailable, match=r"the page gets no camera \(NotFoundError: "):
        open_page("wasm").open_camera()


MUTANTS = {
    "draws once": drawing(f"if (turn === 0) {DRAWS} else mark('draw');"),
    "draws each third frame only": drawing(f"if (turn % 3 === 0) {DRAWS} else mark('draw');"),
    "shows the frame before": {
        **drawing(f"{DRAWS.replace('drawn', '(page.earlier ?? drawn)')} page.earlier = drawn;"),
        FREES: "input.dispose();",
    },
    "swaps two": {
        **drawing(
            f"""if (turn % 4 === 0) page.earlier = drawn;
            const swapped = turn % 4 === 1 ? page.earlier : drawn;
            {DRAWS.replace("drawn", "swapped")}"""
        ),
        FREES: "input.dispose();",
    },
    "feeds the same picture always": {
        "await this.give(this.video, frame)": "(this.kept ??= await createImageBitmap(frame))",
        "picture.close?.();": "",
    },
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_found_within_ten_frames(open_camera: OpenCamera, mutant: Mapping[str, str]) -> None:
    run = open_camera("wasm", "topixels", 12, mutant).run(CAMERA, NUMBERS).run
    wrongs = [place for place, (_, names) in enumerate(faults(run)) if names]
    assert wrongs
    assert wrongs[0] < 10
    with pytest.raises(WrongOutput):
        verify_run(run)


PAUSES = "host.camera.video.pause(); host.camera.patience_s = 0.2;"
STOPS = {
    "the camera's track ended": "host.camera.track.stop();",
    r"the camera gave no frame in 0\.2 s: its video stands still": PAUSES,
    r"the camera gave no frame in 0\.2 s: the page is hidden": f"""{PAUSES}
        Object.defineProperty(document, "hidden", {{ get: () => true }});""",
}


@pytest.mark.parametrize("why", STOPS)
def test_a_camera_that_stops_ends_the_run_with_the_frames_so_far(open_camera: OpenCamera, why: str) -> None:
    page = open_camera("wasm", "topixels", 60, drawing(f"{DRAWS} if (turn === 3) {{ {STOPS[why]} }}"))
    run = page.run(CAMERA, NUMBERS).run
    assert run.ended is not None
    assert re.fullmatch(why, run.ended)
    assert 1 <= len(run.sights) <= 6
    verify_run(run)


def test_a_picture_without_a_number_ends_the_run(open_camera: OpenCamera) -> None:
    unread = {
        "if (!start || pause": "if (page.turns++ > 3 || !start || pause",
        "const sights = [];": "const sights = []; page.turns = 0;",
    }
    run = open_camera("wasm", "topixels", 60, unread).run(CAMERA, NUMBERS).run
    assert run.ended == "the picture of a frame has no number that can be read"
    assert 1 <= len(run.sights) <= 4
