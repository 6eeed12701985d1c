"""Maps of a model's input at the pixels of a frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.interfaces import Size
from framegate.postprocess.maps import NearestMap, SmoothMap, bilinear, nearest, positions
from framegate.postprocess.placement import InputPlacement
from framegate.words import Fit

sizes = st.builds(Size, st.integers(1, 40), st.integers(1, 40))


def test_a_map_of_the_shown_parts_size_is_as_it_is() -> None:
    values = np.arange(24, dtype=np.float32).reshape(4, 6)
    placement = InputPlacement.same(Size(4, 6))
    assert (SmoothMap(placement)(values) == values).all()
    assert (NearestMap(placement)(values.astype(np.uint8)) == values).all()


def test_pixels_lie_between_the_maps_and_end_at_its_outermost() -> None:
    placement = InputPlacement.of(Size(2, 8), Size(2, 4), "resize")
    rows, columns = positions(placement, Size(2, 4))
    assert rows.tolist() == [0, 1]
    assert columns.tolist() == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]
    assert nearest(placement, Size(2, 4))[1].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_map_may_be_smaller_than_the_input() -> None:
    placement = InputPlacement.of(Size(4, 16), Size(8, 8), "resize")
    assert nearest(placement, Size(2, 4))[0].tolist() == [0, 0, 1, 1]
    assert nearest(placement, Size(2, 4))[1].tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4


def test_bars_are_not_mixed_in() -> None:
    placement = InputPlacement.of(Size(8, 16), Size(8, 8), "letterbox")
    values = np.full((8, 8), 100, np.float32)
    values[2:6] = 1
    assert (SmoothMap(placement)(values) == 1).all()
    assert SmoothMap(placement).cut(values).shape == (4, 8)


@given(frame=sizes, entire=sizes, size=sizes, fit=st.sampled_from(["crop", "resize", "letterbox"]))
def test_any_map_is_scaled_as_the_oracle_does(frame: Size, entire: Size, size: Size, fit: Fit) -> None:
    placement = InputPlacement.of(frame, entire, fit)
    values = np.random.default_rng(0).random(size, np.float32)
    smooth = SmoothMap(placement)
    for _ in range(2):
        assert smooth(values) == pytest.approx(bilinear(values, placement), abs=1e-4)
    levels = (values * 255).astype(np.uint8)
    rows, columns = nearest(placement, size)
    assert (NearestMap(placement)(levels) == levels[rows][:, columns]).all()
    assert SmoothMap(placement).cut(values).size > 0
