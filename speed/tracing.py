"""What ``--frame-trace`` costs: frames of this process and of a page, with a trace and without, in one run."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from functools import partial

import numpy as np

from framegate.browser.tfjs import tfjs_files
from framegate.contexts.egl import open_egl
from framegate.gate.worker.memory import resident_bytes
from framegate.gl.timer import Timestamps
from framegate.interfaces import Drawing, GLContext
from framegate.measure.events import BrowserEvents
from framegate.measure.frame import FrameLoop
from framegate.measure.stages import TimedCall
from framegate.models import specs
from framegate.models.sources import builtin as sources
from framegate.paths import cache_dir
from framegate.renderers import builtin
from framegate.trace.keeper import DEVICE_EVERY_S, Keeper
from speed.figures import Figures, report
from speed.interleaved import best_of_interleaved
from speed.pages import MODEL, opened

SIDE = 256
ROUNDS = 300
TURNS, PAGE_ROUNDS = 5, 9
MAIN_THREAD = "CrRendererMain"


def measure() -> Figures:
    """Microseconds that a frame takes longer with a trace, percent at most; percent and events of a page's frame."""
    context = open_egl()
    with context.current(), ExitStack() as objects:
        more_s = native_s(context, objects)
    context.release()
    percent, events = page_costs()
    return {"us": 1e6 * more_s, "native": 100 * more_s / DEVICE_EVERY_S, "page": percent, "events": events}


def native_s(context: GLContext, objects: ExitStack) -> float:
    """Seconds that a frame takes longer which the device is asked of."""
    tensor = np.random.default_rng(0).random((SIDE, SIDE, 3), np.float32)
    keeper, timestamps = Keeper(resident_bytes), Timestamps(context.functions, objects)
    keeper.watch_device("egl", timestamps)

    def keep(call: TimedCall) -> None:
        keeper(call)
        timestamps.is_on = True

    loops = []
    for is_traced in (True, False):
        renderer = builtin()["gl-upload"](context)
        objects.callback(renderer.close)
        renderer.prepare(tensor.shape, "float32", Drawing(out_of_range="clamp"))
        if is_traced:
            renderer.watch_passes(timestamps.around)  # type: ignore[attr-defined] # no part of all renderers
        loop = FrameLoop([tensor], renderer.stages())
        loop.timer.keep = keep if is_traced else None
        loops.append(loop)
    traced_s, plain_s = best_of_interleaved(loops, ROUNDS)
    return traced_s - plain_s


def page_costs() -> tuple[float, float]:
    """What it takes a page that its browser notes events, both taken in turn.

    Returns:
        How much longer its fastest frame takes, in percent, and how many events its main thread notes for a frame.
    """
    tfjs_files(cache_dir())
    model = specs.resolve(specs.find_spec(MODEL), sources())
    with ExitStack() as stack:
        page = opened("wasm", model, stack)
        page.aim(page.outputs[:1], "topixels", (-1, 1))
        take = partial(page.rounds, PAGE_ROUNDS, PAGE_ROUNDS, 0.0, 1)
        turns = [(take(noted=True), take()) for _ in range(TURNS)]
    noted_s, plain_s = (min(min(rounds.wholes_s) for rounds in side) for side in zip(*turns, strict=True))
    counts = [main_thread_events(noted.events) / PAGE_ROUNDS for noted, _ in turns if noted.events is not None]
    return 100 * (noted_s / plain_s - 1), sorted(counts)[TURNS // 2]


def main_thread_events(noted: BrowserEvents) -> int:
    """The number of events of the busiest page's main thread, those that only name something left out."""
    threads = {
        (event["pid"], event["tid"])
        for event in noted.events
        if event["name"] == "thread_name" and event["args"]["name"] == MAIN_THREAD
    }
    counts = Counter((event["pid"], event["tid"]) for event in noted.events if event["ph"] != "M")
    return max(counts[thread] for thread in threads)


if __name__ == "__main__":
    report(measure)
