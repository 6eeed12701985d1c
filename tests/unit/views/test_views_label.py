"""Labels of classifiers, by hand and against the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from shown_views import PLACEMENTS, new_frame, new_view, off, plain_frame

from framegate.errors import ModelError, UsageError
from framegate.interfaces import Array, Pixels, Size
from framegate.postprocess.drawing import Tags
from framegate.postprocess.placement import InputPlacement

LARGE = InputPlacement.same(Size(120, 200))
TAGS = Tags(LARGE.shown)


def corner(values: list[float], **options: object) -> Pixels:
    view = new_view("label", LARGE, **options)
    return np.array(view({"out": np.array([values], np.float32)}, plain_frame(LARGE)))


def lines(*texts: tuple[str, float]) -> Pixels:
    picture, top = plain_frame(LARGE), 0
    for text, share in texts:
        name, percent = TAGS.tag(text, (0, 0, 0)), TAGS.percent(share)
        picture[top : top + len(name), : name.shape[1]] = name
        picture[top : top + len(percent), name.shape[1] : name.shape[1] + percent.shape[1]] = percent
        top += max(len(name), len(percent))
    return picture


def test_the_largest_values_are_written_in_order() -> None:
    picture = corner([0.1, 0.5, 0.4], labels=["ant", "bee", "cat"], top=2)
    assert (picture == lines(("bee", 0.5), ("cat", 0.4))).all()


def test_a_softmax_is_taken_where_the_spec_says_so() -> None:
    picture = corner([0, float(np.log(3))], labels=["ant", "bee"], logits=True)
    assert (picture == lines(("bee", 0.75), ("ant", 0.25))).all()


def test_classes_without_a_label_have_their_number_and_equals_come_in_order() -> None:
    assert (corner([0.5, 0.5, 0], labels=["ant"]) == lines(("ant", 0.5), ("class 1", 0.5), ("class 2", 0))).all()


def test_nan_comes_last() -> None:
    picture = corner([np.nan, 0, np.inf], labels=["ant", "bee", "cat"])
    assert (picture == lines(("cat", 1), ("bee", 0), ("ant", 0))).all()


@pytest.mark.parametrize("shape", [(1, 0), (0,), (3, 0, 2)])
def test_an_output_without_numbers_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"this view needs a number per class, as in \(1, C\)"):
        new_view("label", LARGE)({"out": np.zeros(shape, np.float32)}, plain_frame(LARGE))


def test_keys_that_cannot_be_right_are_named() -> None:
    with pytest.raises(UsageError, match="top = 0 is not a whole number from 1 to 100"):
        new_view("label", top=0)
    with pytest.raises(UsageError, match="labels = 'cat' is neither one of"):
        new_view("label", labels="cat")


def test_tags_hold_all_of_their_text() -> None:
    short, long = TAGS.tag("class 7", (0, 0, 0)), TAGS.tag("class 70", (0, 0, 0))
    assert long.shape[1] > short.shape[1]
    for tag in (short, long):
        assert tag.any()
        assert not tag[:, -1].any()


def test_shares_beyond_one_are_written_as_ends() -> None:
    assert TAGS.percent(7).shape == TAGS.percent(1).shape
    assert (TAGS.percent(float("nan")) == TAGS.percent(-1)).all()


@settings(max_examples=40)
@given(
    values=arrays.arrays(st.sampled_from([np.float32, np.float64, np.int32, np.uint8]), st.integers(1, 12)),
    placement=st.sampled_from((*PLACEMENTS, LARGE)),
    logits=st.booleans(),
)
def test_it_shows_what_is_expected(values: Array, placement: InputPlacement, *, logits: bool) -> None:
    view = new_view("label", placement, logits=logits, labels="coco")
    for seed in (0, 1):
        assert off(view, {"out": values[np.newaxis]}, new_frame(placement, seed)) == 0
