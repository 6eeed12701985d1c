"""Class maps, by hand and against the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from shown_views import PLACEMENTS, SAME, new_frame, new_view, off, plain_frame

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Size
from framegate.postprocess.placement import InputPlacement

THREE = [[0, 0, 0], [200, 0, 0], [0, 100, 200]]


@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.uint8])
@pytest.mark.parametrize("shape", [(1, 4, 6), (1, 4, 6, 1), (4, 6)])
def test_numbers_of_classes_are_coloured(dtype: type[np.generic], shape: tuple[int, ...]) -> None:
    classes = np.arange(24).reshape(4, 6) % 3
    picture = new_view("classes", palette=THREE, opacity=1)(
        {"out": classes.reshape(shape).astype(dtype)}, plain_frame()
    )
    assert (picture == np.array(THREE)[classes]).all()


def test_the_largest_of_several_channels_wins_and_the_first_of_equals() -> None:
    values = np.zeros((1, 4, 6, 3), np.float32)
    values[:, 1, :, 2] = 1
    values[:, 2, :, 1:] = 1
    picture = new_view("classes", palette=THREE, opacity=1)({"out": values}, plain_frame())
    assert (picture[:, 0] == np.array(THREE)[[0, 2, 1, 0]]).all()


def test_colours_are_mixed_with_the_frame_but_for_transparent_classes() -> None:
    classes = np.array([[0, 1, 2, 0, 1, 2]] * 4)
    view = new_view("classes", palette=THREE, opacity=0.25, transparent=[0, 7])
    picture = view({"out": classes}, plain_frame())
    assert picture[0, :3].tolist() == [[100, 100, 100], [125, 75, 75], [75, 100, 125]]


def test_classes_have_sharp_edges_in_a_larger_frame() -> None:
    placement = InputPlacement.of(Size(8, 12), Size(4, 6), "resize")
    classes = np.arange(24).reshape(1, 4, 6) % 3
    picture = new_view("classes", placement, palette=THREE, opacity=1)({"out": classes}, plain_frame(placement))
    assert (picture == np.array(THREE)[classes[0].repeat(2, 0).repeat(2, 1)]).all()


def test_palettes_have_names() -> None:
    classes = np.array([[0, 1, 2, 15, 15, 15]] * 4)
    picture = new_view("classes", opacity=1)({"out": classes}, plain_frame())
    assert picture[0, :4].tolist() == [[0, 0, 0], [128, 0, 0], [0, 128, 0], [192, 128, 128]]
    picture = new_view("classes", palette="cityscapes", opacity=1)({"out": classes}, plain_frame())
    assert picture[0, 0].tolist() == [128, 64, 128]
    new_view("classes", palette="hues")({"out": np.full((4, 6), 1023)}, plain_frame())


def test_a_class_without_a_colour_is_refused() -> None:
    view = new_view("classes", palette=THREE)
    with pytest.raises(ModelError, match=r"'out' has classes from 0 to 3, and the palette has 3 colours"):
        view({"out": np.zeros((1, 4, 6, 4), np.float32)}, plain_frame())
    for wrong in (3, -1, np.nan, np.inf, 1e30):
        values = np.zeros((1, 4, 6), np.float32)
        values[0, 0, 0] = wrong
        with pytest.raises(ModelError, match=r"has classes from .*; palette = "):
            view({"out": values}, plain_frame())


@pytest.mark.parametrize(
    "value", ["rainbow", [], [[1, 2]], [[1, 2, 3.5]], [[0, 0, 300]], 7, {}, [[True, 0, 0]], ["voc"]]
)
def test_a_palette_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match=r"palette = .* is neither one of voc, cityscapes, hues nor a list of colours"):
        new_view("classes", palette=value)


def test_transparent_has_to_be_a_list() -> None:
    with pytest.raises(UsageError, match=r"transparent = 0 is not a list of whole numbers"):
        new_view("classes", transparent=0)


@settings(max_examples=40)
@given(
    values=arrays.arrays(np.float32, st.tuples(st.just(1), st.integers(1, 9), st.integers(1, 9), st.integers(2, 5))),
    placement=st.sampled_from(PLACEMENTS),
    transparent=st.lists(st.integers(0, 5), max_size=2),
)
def test_it_shows_what_is_expected(values: Array, placement: InputPlacement, transparent: list[int]) -> None:
    view = new_view("classes", placement, transparent=transparent)
    for seed in (0, 1):
        assert off(view, {"out": values}, new_frame(placement, seed)) <= view.tolerance


@settings(max_examples=40)
@given(values=arrays.arrays(st.sampled_from([np.int32, np.int64, np.uint8, np.float32, np.float64]), (4, 6)))
def test_any_numbers_are_shown_or_refused(values: Array) -> None:
    view = new_view("classes", SAME)
    try:
        assert off(view, {"out": values}, new_frame()) <= view.tolerance
    except ModelError:
        assert not (np.rint(values.astype(float)).min() >= 0 and np.rint(values.astype(float)).max() <= 255)
