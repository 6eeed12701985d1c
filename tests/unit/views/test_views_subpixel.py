"""Depth to space, by hand and against the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from shown_views import new_frame, new_view

from framegate.errors import ModelError
from framegate.interfaces import Array


def test_four_channels_are_a_square_of_grey_pixels() -> None:
    values = np.arange(8, dtype=np.float32).reshape(1, 1, 2, 4)
    picture = new_view("subpixel")({"out": values}, new_frame())
    assert picture[..., 0].tolist() == [[0, 1, 4, 5], [2, 3, 6, 7]]


def test_twelve_channels_are_a_square_of_colours() -> None:
    values = np.arange(12, dtype=np.int32).reshape(1, 1, 1, 12)
    picture = new_view("subpixel")({"out": values}, new_frame())
    assert picture.dtype == np.float32
    assert picture.tolist() == [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]


def test_channels_that_are_no_squares_are_refused() -> None:
    for count in (2, 5, 6, 8, 24):
        with pytest.raises(ModelError, match=f"'out' has {count} channels, which are no squares of pixels"):
            new_view("subpixel")({"out": np.zeros((1, 2, 2, count), np.float32)}, new_frame())


@settings(max_examples=40)
@given(
    values=arrays.arrays(
        np.float32,
        st.tuples(st.just(1), st.integers(1, 4), st.integers(1, 4), st.sampled_from([1, 3, 4, 9, 12, 16, 27, 48])),
    )
)
def test_it_shows_what_is_expected(values: Array) -> None:
    view = new_view("subpixel")
    for _ in range(2):
        picture = view({"out": values}, new_frame())
        assert np.array_equal(picture, view.expected({"out": values}, new_frame()), equal_nan=True)
        assert picture.size == values.size
