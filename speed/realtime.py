"""Known delays, freezes and loads, as a run against a clock sees them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

import cv2
import numpy as np

from framegate.contexts.null import NullContext
from framegate.frames.turns import in_turn, numbered
from framegate.interfaces import ANYWHERE, AS_TO_PIXELS, Array, Pixels, Size, Stage, Stages
from framegate.measure.frame import frame_stages
from framegate.pipelines.order import Order, Overlapped, Serial
from framegate.pipelines.python import Apart, Numbers, PythonPipeline
from framegate.postprocess.base import ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.postprocess.stage import Postprocess
from framegate.realtime.feed import open_feed
from framegate.realtime.run import RunRequest
from framegate.realtime.statistics import realtime_of
from framegate.realtime.verify import verify_run
from framegate.render.stamp import Stamp
from framegate.renderers.opencv import OpenCVRenderer
from framegate.results.realtime import Realtime
from framegate.views.image import ImageView
from speed.figures import Figures, report

SIDE = 16
SERVICE_S = 0.020
FREEZES, FREEZE_S, EVERY = 100, 0.150, 40
QUIET_FRAMES = 10_000
BALANCED_S = 0.010
INFERENCE_SHARE = 0.95

PICTURES = in_turn([np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)])


def waits(seconds: float) -> Callable[[], None]:
    """Real work for so long, by the clock: a spin, as a sleep would end late."""

    def work() -> None:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass

    return work


def computes(seconds: float) -> Callable[[], None]:
    """Real work of about so long that leaves Python alone, as OpenCV's and the runtimes' does, on one core."""
    cv2.setNumThreads(1)
    picture = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)

    def blur(times: int) -> None:
        for _ in range(times):
            cv2.GaussianBlur(picture, (21, 21), 5)

    def timed(times: int) -> float:
        started = time.perf_counter()
        blur(times)
        return time.perf_counter() - started

    once_s = min(timed(5) for _ in range(10)) / 5
    return partial(blur, max(1, round(seconds / once_s)))


def pipeline(
    order: Callable[[Stages], Order],
    preprocess: Callable[[], object] = bool,
    infer: Callable[[], object] = bool,
    draw: Callable[[], object] = bool,
) -> PythonPipeline:
    """A model that returns its input, with work in three of its stages."""

    def feeds(picture: Pixels) -> dict[str, Array]:
        return {"x": picture}

    def preprocessed(picture: Pixels) -> dict[str, Array]:
        preprocess()
        return feeds(picture)

    def inferred(arrays: Mapping[str, Array]) -> Mapping[str, Array]:
        infer()
        return arrays

    def drawn(_: Any) -> None:
        draw()

    renderer = OpenCVRenderer(NullContext(ANYWHERE))
    renderer.prepare((SIDE, SIDE, 3), "uint8")
    request = ViewRequest(("x",), InputPlacement.same(Size(SIDE, SIDE)), (0, 255))
    postprocess = Postprocess(ImageView(request), PICTURES[0], {"x": PICTURES[0]})
    numbers = Numbers(
        Stamp((SIDE, SIDE, 3), AS_TO_PIXELS),
        lambda request, clock: nullcontext(open_feed(request, lambda number: PICTURES[number % 5], clock)),
    )
    stages = frame_stages(
        preprocessed,
        (Stage("inference", inferred), Stage("readback", lambda outputs: outputs)),
        postprocess,
        (*renderer.stages(), Stage("work", drawn)),
        numbers.stamp,
    )
    frames = numbered(PICTURES, 2, time.perf_counter)
    return PythonPipeline(
        frames, order(stages), postprocess, renderer, AS_TO_PIXELS, Apart(lambda picture: picture, feeds), numbers
    )


def run(frames: PythonPipeline, request: RunRequest) -> Realtime:
    """What a run comes to; it has to be a right one."""
    frames.prepare()
    done = frames.run(request)
    frames.close()
    verify_run(done)
    return realtime_of(done)


def frozen() -> Callable[[], None]:
    """Work that takes 150 ms at every fortieth time, a hundred times, and nothing at the others."""
    count = 0
    freeze = waits(FREEZE_S)

    def work() -> None:
        nonlocal count
        count += 1
        if count % EVERY == 0 and count <= FREEZES * EVERY:
            freeze()

    return work


def overlap(preprocess_s: float, inference_s: float, draw_s: float) -> float:
    """Frames per second of an overlapped pipeline, beside those of a serial one: the best of three."""
    work = [computes(seconds) if seconds else bool for seconds in (preprocess_s, inference_s, draw_s)]
    offline = RunRequest("offline", None, 4.0, in_flight=3)

    def per_s(order: Callable[[Stages], Order]) -> float:
        return run(pipeline(order, *work), offline).delivered_per_s

    return max(per_s(Overlapped) / per_s(Serial) for _ in range(3))


def number_us() -> float:
    """Microseconds of a number in a picture of 256x256: a copy of the tensor, the blocks, and reading them."""
    tensor, rounds = np.zeros((256, 256, 3), np.float32), 200
    renderer = OpenCVRenderer(NullContext(ANYWHERE))
    renderer.prepare(tensor.shape, "float32")
    stamp = Stamp(tensor.shape, AS_TO_PIXELS)
    renderer.draw(stamp(tensor))

    def once() -> float:
        started = time.perf_counter()
        for _ in range(rounds):
            stamp(tensor)
            stamp.read(renderer)
        return (time.perf_counter() - started) / rounds

    return 1e6 * min(once() for _ in range(10))


def measure() -> Figures:
    """Frames per second, percent, counts, ratios and microseconds."""
    slow = waits(SERVICE_S)
    single = run(pipeline(Serial, infer=slow), RunRequest("single-stream", None, 10.0))
    camera = run(pipeline(Serial, infer=slow), RunRequest("camera", 60.0, 20.0))
    freezing = run(pipeline(Serial, infer=frozen()), RunRequest("camera", 60.0, FREEZES * (EVERY / 60 + FREEZE_S) + 2))
    quiet = run(pipeline(Serial), RunRequest("camera", 60.0, QUIET_FRAMES / 60))
    other_s = (1 - INFERENCE_SHARE) / 2
    return {
        "delay-20ms-single-stream": single.delivered_per_s,
        "delay-20ms-camera-60-dropped": 100 * camera.dropped_count / camera.came,
        "freezes-found": freezing.freezes,
        "freezes-quiet": quiet.freezes,
        "overlapped-balanced": overlap(BALANCED_S, BALANCED_S, 0),
        "overlapped-inference": overlap(BALANCED_S * other_s, BALANCED_S * INFERENCE_SHARE, BALANCED_S * other_s),
        "number": number_us(),
    }


if __name__ == "__main__":
    report(measure)
