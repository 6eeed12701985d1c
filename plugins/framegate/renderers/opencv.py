"""Tensor to bytes with OpenCV: two passes at the speed of memory, exact all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.errors import BackendUnavailable
from framegate.libraries import how_to_load
from framegate.render import rounding
from framegate.render.base import CPURenderer
from framegate.render.guard import guarded
from framegate.render.oracle import levels, limits, to_pixels
from framegate.renderers.numpy_ import in_double

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from framegate.interfaces import Array, Drawing, Float32, Pixels
    from framegate.render.base import Convert
    from framegate.render.oracle import Layout

    Scale = Callable[[Array, Array], None]


class OpenCVRenderer(CPURenderer):
    """Converts with ``cv2.convertScaleAbs`` and ``cv2.cvtColor``."""

    def converter(self, picture: Layout) -> Convert:
        """The two calls, with their buffers.

        Raises:
            BackendUnavailable: OpenCV cannot be imported.
        """
        cv2 = _opencv()
        height, width = picture.size
        scale = _scale(cv2, picture)
        rgba = np.empty((height, width, 4), np.uint8)
        channels = rgba if picture.depth == 4 else np.empty((height, width, picture.depth), np.uint8)
        scaled = channels.reshape(1, -1)
        code = {1: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_RGB2RGBA}.get(picture.depth)

        def convert(values: Array) -> Pixels:
            scale(values.reshape(1, -1), scaled)
            if code is not None:
                cv2.cvtColor(channels, code, dst=rgba)
            return rgba

        return guarded(picture, convert)


def _opencv() -> Any:
    try:
        import cv2
    except ImportError as error:
        raise BackendUnavailable(f"OpenCV cannot be loaded: {error}", how_to_load(error)) from error
    return cv2


def _scale(cv2: Any, picture: Layout) -> Scale:
    """A function that brings values in range, (1, N), to uint8 as the oracle does: the fastest that is exact here."""
    if picture.dtype == "uint8":
        return lambda values, out: cv2.copyTo(values, None, dst=out)
    if picture.dtype == "int32":
        return lambda values, out: cv2.convertScaleAbs(values, dst=out)
    for scale in _candidates(cv2, picture):
        if is_exact(scale, picture):
            return scale
    return in_double(picture, (1, _count(picture)))


def _candidates(cv2: Any, picture: Layout) -> Iterator[Scale]:
    """Ways to compute ``floor(v * scale + offset)`` that may be exact.

    In float32 that goes wrong where the product or the sum is rounded up to the next whole number. Rounded downwards,
    nothing goes wrong if scale, offset and every k - offset are float32 themselves, as for [0, 1] and [-1, 1]: then no
    result falls below one of them unless the true value does. OpenCV rounds its result to an integer in the same mode,
    which is the floor. (The sum is not negative; ``convertScaleAbs`` would turn its sign.)
    """
    factor, fraction, whole = levels(picture.dtype, picture.drawing)
    offset = fraction + whole
    scale_down = rounding.downward(cv2.convertScaleAbs)
    if scale_down is not None:

        def rounded_down(values: Array, out: Array) -> None:
            scale_down(values, out, factor, offset)

        yield rounded_down
    if offset == 0.5:
        yield lambda values, out: cv2.multiply(values, factor, dst=out, dtype=cv2.CV_8U)


def is_exact(scale: Scale, picture: Layout) -> bool:
    """Whether a function that never falls as its argument grows rounds at the very float32 where the oracle does.

    It is enough to look at both sides of each of the 255 steps. They are repeated up to the picture's number of values:
    should OpenCV share that many among threads, which keep rounding modes of their own, it shows.
    """
    low, high = limits(picture.dtype, picture.drawing)
    steps = _steps(picture.drawing)
    # An odd number of values, so that each meets the vector code and some meet the code for what is left over.
    probes = np.concatenate([np.nextafter(steps, np.float32(low)), steps, np.linspace(low, high, 3, dtype=np.float32)])
    values = np.resize(probes, (1, max(_count(picture), 3 * len(probes))))
    out = np.empty(values.shape, np.uint8)
    scale(values, out)
    return bool((out == to_pixels(values, picture.drawing)[..., 0]).all())


def _steps(drawing: Drawing) -> Float32:
    """The smallest float32 that the oracle shows as 1, as 2, and so on to 255, found by halving."""
    levels = np.arange(1, 256)
    below, reached = (np.full(255, _rank(end)) for end in limits("float32", drawing))
    while (reached - below > 1).any():
        middle = (below + reached) // 2
        enough = to_pixels(_ranked(middle)[np.newaxis], drawing)[0, :, 0] >= levels
        below, reached = np.where(enough, below, middle), np.where(enough, middle, reached)
    return _ranked(reached)


def _rank(value: float) -> int:
    """The place of a float32 among all of them, in order: 0 for 0, 1 for the next, -1 for the one before."""
    bits = int(np.float32(value).view(np.int32))
    return bits if bits >= 0 else -(2**31) - bits


def _ranked(ranks: NDArray[np.int64]) -> Float32:
    return np.where(ranks >= 0, ranks, -(2**31) - ranks).astype(np.int32).view(np.float32)


def _count(picture: Layout) -> int:
    return picture.size.height * picture.size.width * picture.depth
