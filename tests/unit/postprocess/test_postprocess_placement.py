"""A point of the frame is where the model sees it, for each way to fit."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.interfaces import Size
from framegate.postprocess.placement import InputPlacement
from framegate.preprocess.fit import between_bars, fit
from framegate.words import Fit

SIDES = st.integers(1, 400)
SIZES = st.builds(Size, SIDES, SIDES)


def test_a_crop_is_shown_as_it_is() -> None:
    placement = InputPlacement.of(Size(480, 640), Size(256, 128), "crop")
    assert placement == InputPlacement.same(Size(256, 128))
    frame = np.arange(480 * 640 * 3, dtype=np.uint32).astype(np.uint8).reshape(480, 640, 3)
    np.testing.assert_array_equal(placement.crop(frame), fit(frame, Size(256, 128), "crop"))


def test_a_resized_frame_is_shown_whole() -> None:
    placement = InputPlacement.of(Size(480, 640), Size(256, 128), "resize")
    assert placement == InputPlacement(Size(256, 128), Size(480, 640), 0, 0, 5, 1.875)


def test_bars_are_outside_of_the_frame() -> None:
    placement = InputPlacement.of(Size(480, 640), Size(256, 256), "letterbox")
    assert placement == InputPlacement(Size(256, 256), Size(480, 640), 0, -80, 2.5, 2.5)


@given(frame=SIZES, size=SIZES, how=st.sampled_from(("letterbox", "resize")))
def test_the_frames_corners_are_those_of_what_is_between_the_bars(frame: Size, size: Size, how: Fit) -> None:
    placement = InputPlacement.of(frame, size, how)
    top, left, inner = between_bars(frame, size) if how == "letterbox" else (0, 0, size)
    assert placement.left + left * placement.scale_x == pytest.approx(0, abs=1e-6)
    assert placement.top + top * placement.scale_y == pytest.approx(0, abs=1e-6)
    assert placement.left + (left + inner.width) * placement.scale_x == pytest.approx(frame.width)
    assert placement.top + (top + inner.height) * placement.scale_y == pytest.approx(frame.height)


@given(
    frame=st.builds(Size, st.integers(40, 90), st.integers(40, 90)), where=st.data(), how=st.sampled_from(get_args(Fit))
)
def test_a_spot_of_the_frame_is_found_again(frame: Size, where: st.DataObject, how: Fit) -> None:
    """A bright square of the shown part, as the model sees it, has its centre where the placement says."""
    size, side = Size(40, 40), 8
    placement = InputPlacement.of(frame, size, how)
    top = where.draw(st.integers(0, placement.shown.height - side))
    left = where.draw(st.integers(0, placement.shown.width - side))
    picture = np.zeros((*frame, 3), np.uint8)
    placement.crop(picture)[top : top + side, left : left + side] = 255
    seen = fit(picture, size, how)[..., 0].astype(float)
    ys, xs = np.indices(size) + 0.5
    x, y = (seen * xs).sum() / seen.sum(), (seen * ys).sum() / seen.sum()
    assert placement.left + x * placement.scale_x == pytest.approx(left + side / 2, abs=0.75)
    assert placement.top + y * placement.scale_y == pytest.approx(top + side / 2, abs=0.75)
