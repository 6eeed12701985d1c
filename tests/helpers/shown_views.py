"""Views as the tests make them, and how they are compared with what is expected of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from framegate.interfaces import Array, Pixels, Size
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.views import builtin

SAME = InputPlacement.same(Size(4, 6))
LARGER = InputPlacement.of(Size(13, 20), Size(4, 6), "resize")
BETWEEN_BARS = InputPlacement.of(Size(13, 20), Size(7, 6), "letterbox")
PLACEMENTS = (SAME, LARGER, BETWEEN_BARS)


def new_view(
    name: str, placement: InputPlacement = SAME, outputs: tuple[str, ...] = ("out",), /, **options: object
) -> View:
    view = builtin()[name](ViewRequest(outputs, placement, options=options))
    assert isinstance(view, View)
    return view


def new_frame(placement: InputPlacement = SAME, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (*placement.shown, 3), np.uint8)


def plain_frame(placement: InputPlacement = SAME, level: int = 100) -> Pixels:
    return np.full((*placement.shown, 3), level, np.uint8)


def off(view: View, outputs: Mapping[str, Array], frame: Pixels) -> int:
    """The largest difference between what a view shows and what is expected; neither call may change its arguments."""
    copies = {name: values.copy() for name, values in outputs.items()}
    kept = frame.copy()
    shown = view(outputs, frame)
    expected = view.expected(outputs, frame)
    assert shown.shape == expected.shape
    assert shown.dtype == np.uint8
    assert all(np.array_equal(outputs[name], copies[name], equal_nan=True) for name in copies)
    assert np.array_equal(frame, kept)
    return int(np.abs(shown.astype(int) - expected).max())
