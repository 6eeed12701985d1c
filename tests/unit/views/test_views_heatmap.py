"""Heat maps, by hand and against the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from shown_views import BETWEEN_BARS, PLACEMENTS, new_frame, new_view, off, plain_frame

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Pixels, Size
from framegate.postprocess.base import ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.views.heatmap import HeatmapView, colour_map

TURBO = colour_map("turbo")
SLOPE = np.linspace(-3, 5, 24, dtype=np.float32).reshape(1, 4, 6, 1)
SLOPE_LEVELS = np.rint(np.linspace(0, 255, 24)).astype(int).reshape(4, 6)


def shown(values: Array, **options: object) -> Pixels:
    return np.array(new_view("heatmap", **options)({"out": values}, plain_frame()))


def test_the_frames_own_values_span_the_colours() -> None:
    assert (shown(SLOPE) == TURBO[SLOPE_LEVELS]).all()
    assert (shown(SLOPE * 1000 + 7, colours="grey")[..., 0] == SLOPE_LEVELS).all()


def test_a_fixed_range_is_the_outputs() -> None:
    request = ViewRequest(("out",), InputPlacement.same(Size(4, 6)), (0.0, 10.0), {"heatmap_range": "fixed"})
    values = np.array([[[-5, 0, 5, 10, 99, np.nan]] * 4], np.float32)
    picture = HeatmapView(request)({"out": values}, plain_frame())
    assert (picture[0] == TURBO[[0, 0, 128, 255, 255, 0]]).all()


def test_one_channel_of_several_is_shown() -> None:
    values = np.concatenate([SLOPE, -SLOPE], axis=3)
    assert (shown(values) == TURBO[SLOPE_LEVELS]).all()
    assert (shown(values, channel=1) == TURBO[255 - SLOPE_LEVELS]).all()
    with pytest.raises(ModelError, match=r"channel = 2, but output 'out' has 2 channels, from 0"):
        shown(values, channel=2)


def test_equal_values_have_the_first_colour() -> None:
    assert (shown(np.full((1, 4, 6), 3, np.int32)) == TURBO[0]).all()


def test_values_that_are_no_numbers_do_not_count() -> None:
    values = SLOPE.copy()
    values[0, 1, 1:4, 0] = np.nan, np.inf, -np.inf
    picture = shown(values)
    assert (picture[1, 1:4] == TURBO[[0, 255, 0]]).all()
    assert (picture[2] == TURBO[SLOPE_LEVELS[2]]).all()
    assert (shown(np.full((4, 6), np.nan)) == TURBO[0]).all()


def test_large_whole_numbers_are_told_apart() -> None:
    values = np.array([[2**30, 2**30 + 1, 2**30 + 2] * 2] * 4, np.int32)
    assert shown(values, colours="grey")[0, :3, 0].tolist() == [0, 128, 255]


def test_the_frame_shines_through() -> None:
    picture = shown(np.zeros((4, 6)), colours="grey", opacity=0.25)
    assert (picture == 75).all()


def test_bars_beside_the_frame_do_not_count() -> None:
    values = np.full((1, *BETWEEN_BARS.input_size), 1000, np.float32)
    top, inner = 1, 4
    values[0, top : top + inner] = np.arange(6)
    picture = new_view("heatmap", BETWEEN_BARS, colours="grey")({"out": values}, plain_frame(BETWEEN_BARS))
    assert picture.shape == (13, 20, 3)
    assert picture[6, 0, 0] == 0
    assert picture[6, -1, 0] == 255


def test_a_colour_map_that_is_none_is_refused() -> None:
    for name in ("rainbows", 7, None, ["turbo"]):
        with pytest.raises(UsageError, match=r"colours = .* is no colour map; there is: grey, autumn, .*turbo"):
            new_view("heatmap", colours=name)


@settings(max_examples=40)
@given(
    values=arrays.arrays(
        st.sampled_from([np.float32, np.int32, np.uint8]),
        st.tuples(st.just(1), st.integers(1, 9), st.integers(1, 9), st.integers(1, 2)),
    ),
    placement=st.sampled_from(PLACEMENTS),
    colours=st.sampled_from(["turbo", "jet", "viridis", "hsv"]),
    opacity=st.sampled_from([0.3, 1]),
)
def test_it_shows_what_is_expected(values: Array, placement: InputPlacement, colours: str, opacity: float) -> None:
    view = new_view("heatmap", placement, colours=colours, opacity=opacity)
    for seed in (0, 1):
        assert off(view, {"out": values}, new_frame(placement, seed)) <= view.tolerance
