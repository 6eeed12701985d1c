"""What ``--frame-trace`` costs: frames of this process and of a page, with a trace and without, in one run."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

import numpy as np

from framegate.browser.tfjs import tfjs_files
from framegate.contexts.egl import open_egl
from framegate.gate.worker.memory import resident_bytes
from framegate.gl.timer import Timestamps
from framegate.interfaces import Drawing, GLContext
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


def measure() -> Figures:
    """Microseconds that a frame takes longer with a trace, percent at most, and percent of a page's frame."""
    context = open_egl()
    with context.current(), ExitStack() as objects:
        more_s = native_s(context, objects)
    context.release()
    return {"us": 1e6 * more_s, "native": 100 * more_s / DEVICE_EVERY_S, "page": page_percent()}


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


def page_percent() -> float:
    """How much longer a page's fastest frame takes while its browser notes events, in percent; taken in turn."""
    tfjs_files(cache_dir())
    model = specs.resolve(specs.find_spec(MODEL), sources())
    with ExitStack() as stack:
        page = opened("wasm", model, stack)
        page.aim(page.outputs[:1], "topixels", (-1, 1))
        take = partial(page.rounds, PAGE_ROUNDS, PAGE_ROUNDS, 0.0, 1)
        turns = [(min(take(noted=True).wholes_s), min(take().wholes_s)) for _ in range(TURNS)]
    return 100 * (min(noted_s for noted_s, _ in turns) / min(plain_s for _, plain_s in turns) - 1)


if __name__ == "__main__":
    report(measure)
