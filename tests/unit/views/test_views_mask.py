"""Masks, by hand and against the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from shown_views import PLACEMENTS, new_frame, new_view, off, plain_frame

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Size
from framegate.postprocess.base import ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.views.mask import MaskView

LEFT = np.zeros((1, 4, 6, 1), np.float32)
LEFT[:, :, :3] = 1


def test_the_background_is_replaced_by_a_colour() -> None:
    picture = new_view("mask", colour=[1, 2, 3])({"out": LEFT}, plain_frame())
    assert (picture[:, :3] == 100).all()
    assert (picture[:, 3:] == (1, 2, 3)).all()


def test_the_foreground_is_tinted() -> None:
    picture = new_view("mask", background="tint", colour=[200, 0, 100], opacity=0.25)({"out": LEFT}, plain_frame())
    assert (picture[:, :3] == (125, 75, 100)).all()
    assert (picture[:, 3:] == 100).all()


def test_the_background_is_blurred_and_the_foreground_is_not() -> None:
    frame = plain_frame()
    frame[:, 5] = 190
    frame[:, 0] = 0
    picture = new_view("mask", background="blur", blur=1)({"out": LEFT}, frame)
    assert (picture[:, :3] == frame[:, :3]).all()
    # Means of three columns, twice: 100, 130, 160 and then these.
    assert (picture[:, 4:, 0] == (130, 150)).all()


def test_half_a_foreground_is_half_of_each() -> None:
    picture = new_view("mask", colour=[0, 0, 0])({"out": np.full((1, 4, 6, 1), 0.5, np.float32)}, plain_frame())
    assert (picture == 50).all()


def test_a_sigmoid_and_a_softmax_are_taken_where_the_spec_says_so() -> None:
    third = np.full((1, 4, 6, 1), np.log(1 / 3), np.float32)
    assert (new_view("mask", colour=[0, 0, 0], logits=True)({"out": third}, plain_frame()) == 25).all()
    both = np.concatenate([third + 7, np.full_like(third, 7)], axis=3)
    assert (new_view("mask", colour=[0, 0, 0], logits=True)({"out": both}, plain_frame()) == 75).all()
    first = new_view("mask", colour=[0, 0, 0], logits=True, foreground=0)
    assert (first({"out": both}, plain_frame()) == 25).all()


def test_probabilities_are_read_in_the_outputs_range() -> None:
    view = MaskView(ViewRequest(("out",), InputPlacement.same(Size(4, 6)), (0.0, 255.0), {"colour": [0, 0, 0]}))
    assert (view({"out": np.full((1, 4, 6), 51, np.uint8)}, plain_frame()) == 20).all()


def test_nan_is_background_and_infinity_is_foreground() -> None:
    for logits in (False, True):
        view = new_view("mask", colour=[0, 0, 0], logits=logits)
        values = np.array([[[np.nan, np.inf, -np.inf] * 2] * 4], np.float32)
        assert (view({"out": values}, plain_frame())[..., 0] == [0, 100, 0] * 2).all()


def test_numbers_beyond_float32_are_told_apart() -> None:
    values = np.full((1, 4, 6, 2), 1e300)
    assert (new_view("mask", colour=[0, 0, 0], logits=True)({"out": values}, plain_frame()) == 50).all()


def test_the_channel_of_many_has_to_be_named() -> None:
    outputs = {"out": np.zeros((1, 4, 6, 21), np.float32)}
    with pytest.raises(ModelError, match=r"'out' has 21 channels; foreground = "):
        new_view("mask")(outputs, plain_frame())
    with pytest.raises(ModelError, match=r"foreground = 21, but output 'out' has 21 channels, from 0"):
        new_view("mask", foreground=21)(outputs, plain_frame())
    new_view("mask", foreground=20)(outputs, plain_frame())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"background": "hide"}, "background = 'hide' is not one of replace, blur, tint"),
        ({"blur": 0}, "blur = 0 is not a whole number from 1 to 60"),
        ({"blur": 2.5}, "blur = 2.5 is not a whole number"),
        ({"colour": [0, 0, 256]}, r"colour = \[0, 0, 256\] is not a colour such as"),
        ({"logits": 1}, "logits = 1 is not true or false"),
        ({"opacity": float("nan")}, "opacity = nan is not a number from 0 to 1"),
        ({"opacitiy": 1}, "unknown key of the view 'opacitiy' .did you mean 'opacity'"),
    ],
)
def test_keys_that_cannot_be_right_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        new_view("mask", **options)


@pytest.mark.parametrize("shape", [(6,), (0, 4, 6, 1), (1, 0, 6, 1), (1, 1, 4, 6, 1), ()])
def test_an_output_that_is_no_map_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"'out' is float32 \(.*\); this view needs numbers in the shape"):
        new_view("mask")({"out": np.zeros(shape, np.float32)}, plain_frame())


def test_an_output_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ModelError, match=r"the model has no output 'out'; .* of: a, b"):
        new_view("mask")({"a": LEFT, "b": LEFT}, plain_frame())


@settings(max_examples=40)
@given(
    values=arrays.arrays(
        st.sampled_from([np.float32, np.float64, np.uint8, np.int32]),
        st.tuples(st.just(1), st.integers(1, 9), st.integers(1, 9), st.integers(1, 3)),
    ),
    placement=st.sampled_from(PLACEMENTS),
    background=st.sampled_from(["replace", "blur", "tint"]),
    logits=st.booleans(),
    blur=st.integers(1, 5),
)
def test_it_shows_what_is_expected(
    values: Array, placement: InputPlacement, background: str, blur: int, *, logits: bool
) -> None:
    view = new_view("mask", placement, background=background, logits=logits, blur=blur, foreground=0)
    for seed in (0, 1):
        assert off(view, {"out": values}, new_frame(placement, seed)) <= view.tolerance


def test_the_blur_is_exact_at_its_largest_too() -> None:
    placement = InputPlacement.same(Size(150, 200))
    view = new_view("mask", placement, background="blur", blur=60)
    assert off(view, {"out": np.zeros((1, 9, 9), np.float32)}, new_frame(placement)) == 0
