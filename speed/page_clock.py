"""A known delay in a page's frames, as runs against a clock see it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
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
from framegate.results.realtime import Realtime
from speed.commands import write_model
from speed.figures import Figures, report

SIDE = 128
RATE, NUMBERS = 60, 600
DELAY_S: Mapping[str, float] = {"inference": 0.020}
NO_DELAY: Mapping[str, float] = {}
SECONDS = 10.0


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


def measure() -> Figures:
    """Milliseconds, and percent."""
    tfjs_files(cache_dir())
    with ExitStack() as stack:
        page = opened(stack)

        def run(request: RunRequest, delays_s: Mapping[str, float]) -> Realtime:
            done = page.run(request, NUMBERS, delays_s=delays_s).run
            verify_run(done)
            return realtime_of(done)

        single = RunRequest("single-stream", None, SECONDS, in_flight=1)
        bare_s, delayed_s = (1 / run(single, delays_s).delivered_per_s for delays_s in (NO_DELAY, DELAY_S))
        camera = run(RunRequest("camera", RATE, SECONDS, in_flight=1), DELAY_S)
    return {
        "delay-20ms-single-stream": 1000 * (delayed_s - bare_s),
        "delay-20ms-camera-60-dropped": 100 * camera.dropped_count / camera.came,
    }


if __name__ == "__main__":
    report(measure)
