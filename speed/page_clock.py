"""A known delay in a page's frames, as runs against a clock see it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from framegate.browser.chromium import find_chromium, flags
from framegate.browser.driver import Browser
from framegate.browser.runtimes import PageRuntime
from framegate.browser.server import page_server
from framegate.browser.session import TFJSPage
from framegate.browser.tfjs import tfjs_files
from framegate.frames.files import write_y4m
from framegate.frames.numbers import stamped
from framegate.frames.turns import in_turn
from framegate.interfaces import ResolvedModel, Size, TensorForm
from framegate.paths import cache_dir
from framegate.preprocess.tensor import with_channels
from framegate.realtime.run import RunRequest
from framegate.realtime.statistics import realtime_of
from framegate.realtime.verify import verify_run
from speed.commands import write_model
from speed.figures import Figures, report

SIDE = 128
RATE, NUMBERS = 60, 600
DELAY_S = 0.020
SECONDS, TURNS = 5.0, 3


def opened(stack: ExitStack) -> TFJSPage:
    """A page of one multiplication on ``wasm``, whose camera shows a numbered clip."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    path = write_model(folder / "net", SIDE, 1) / "model.json"
    picture = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    clip = folder / "clip.y4m"
    write_y4m(clip, (stamped(picture, number) for number in range(NUMBERS)), RATE)
    browser = Browser(find_chromium(), flags("software", clip))
    stack.callback(browser.close)
    model = ResolvedModel("net", path, "graph", hashlib.sha256(path.read_bytes()).hexdigest())
    page = TFJSPage(browser, stack.enter_context(page_server()), PageRuntime("wasm"), model, cache_dir())
    page.take(
        [with_channels(each, 4) for each in in_turn([picture])],
        TensorForm(Size(SIDE, SIDE), 3, "float32", ((0, 1),) * 3),
    )
    page.aim(page.outputs[:1], "topixels", (0, 1))
    page.open_camera()
    return page


def frames_per_s(page: TFJSPage, request: RunRequest, delays_s: Sequence[float]) -> list[float]:
    """Frames that reached the canvas in a second with each delay in the inference, which take turns."""
    delivered, took_s = [0] * len(delays_s), [0.0] * len(delays_s)
    for _ in range(TURNS):
        for place, delay_s in enumerate(delays_s):
            done = page.run(request, NUMBERS, delays_s={"inference": delay_s}).run
            verify_run(done)
            run = realtime_of(done)
            delivered[place] += run.delivered
            took_s[place] += run.seconds
    return [count / seconds for count, seconds in zip(delivered, took_s, strict=True)]


def measure() -> Figures:
    """Milliseconds, and percent."""
    tfjs_files(cache_dir())
    with ExitStack() as stack:
        page = opened(stack)
        single = RunRequest("single-stream", None, SECONDS, in_flight=1)
        bare_per_s, delayed_per_s = frames_per_s(page, single, (0.0, DELAY_S))
        camera = RunRequest("camera", RATE, SECONDS, in_flight=1)
        delayed_camera_per_s, twice_per_s = frames_per_s(page, camera, (DELAY_S, 2 * DELAY_S))
    # Without a delay a frame would wait for the next refresh of the display, and its own time would not be seen.
    own_s = 1 / twice_per_s - 2 * DELAY_S
    return {
        "delay-20ms-single-stream": 1000 * (1 / delayed_per_s - 1 / bare_per_s),
        "delay-20ms-camera-60": 1000 * (1 / twice_per_s - 1 / delayed_camera_per_s),
        "delay-20ms-camera-60-dropped": 100 * (1 - delayed_camera_per_s / RATE),
        "delay-20ms-camera-60-arithmetic": 100 * (1 - 1 / (own_s + DELAY_S) / RATE),
    }


if __name__ == "__main__":
    report(measure)
