"""How much faster the best ways to the screen are than the float texture, and how far from one copy of the tensor."""

from __future__ import annotations

from functools import partial

import numpy as np

from framegate.contexts.egl import open_egl
from framegate.contexts.null import NullContext
from framegate.interfaces import Array, Drawing, GLContext
from framegate.renderers import builtin
from framegate.renderers.opencv import OpenCVRenderer
from speed.figures import Figures, report
from speed.interleaved import best_of_interleaved

CLAMP = Drawing(out_of_range="clamp")
ROUNDS = {64: 1000, 256: 200, 512: 100, 1024: 30}


def measure() -> Figures:
    """Times as fast as ``gl-texture``, and copies of the tensor, of the fastest draws in an ``egl`` context."""
    figures = {"opencv-convert-copies": conversion()}
    context = open_egl()
    with context.current():
        for side in ROUNDS:
            names = ("gl-upload-numba", "gl-upload") if side > 64 else ("gl-upload-numba",)
            figures |= drawn(context, side, names)
    context.release()
    return figures


def image(side: int) -> Array:
    """float32 (side, side, 3) in [0, 1)."""
    return np.random.default_rng(0).random((side, side, 3), np.float32)


def conversion() -> float:
    """How many copies of a tensor OpenCV's conversion takes as long as."""
    tensor = image(256)
    renderer = OpenCVRenderer(NullContext())
    renderer.prepare(tensor.shape, "float32")
    convert = renderer.stages()[0].call
    copy = partial(np.copyto, np.empty_like(tensor), tensor)
    converted_s, copied_s = best_of_interleaved([partial(convert, tensor), copy], 2000)
    return converted_s / copied_s


def drawn(context: GLContext, side: int, names: tuple[str, ...]) -> Figures:
    """Both figures of renderers at one size."""
    tensor = image(side)
    renderers = [builtin()[name](context) for name in ("gl-texture", *names)]
    for renderer in renderers:
        renderer.prepare(tensor.shape, "float32", CLAMP)
    copy = partial(np.copyto, np.empty_like(tensor), tensor)
    texture_s, *seconds, copy_s = best_of_interleaved(
        [*(partial(renderer.draw, tensor) for renderer in renderers), copy], ROUNDS[side]
    )
    for renderer in renderers:
        renderer.close()
    times = {f"{names[0]}-{side}-vs-gl-texture": texture_s / seconds[0]}
    copies = {f"{name}-{side}-copies": taken / copy_s for name, taken in zip(names, seconds, strict=True)}
    return times | copies


if __name__ == "__main__":
    report(measure)
