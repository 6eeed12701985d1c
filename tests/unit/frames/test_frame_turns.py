"""Frames in turn: a late one must be another picture, at whatever the source."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.frames.sources import open_frames
from framegate.frames.turns import LEAST, TURNS, WARM_UP, in_turn
from framegate.interfaces import Pixels
from framegate.preprocess.fit import crop
from framegate.preprocess.steps import BUILTIN_STEPS
from framegate.values import Size


def plain(*levels: int) -> list[Pixels]:
    return [np.full((4, 5, 3), level, np.uint8) for level in levels]


def least_difference(frames: Sequence[Pixels]) -> int:
    """The smallest over all frames, as they are shown, of the largest difference from one of the two before it."""
    shown = [*frames, *frames[WARM_UP:]]
    return min(
        int(np.abs(frame.astype(int) - earlier).max())
        for index, frame in enumerate(shown)
        for earlier in shown[max(0, index - 2) : index]
    )


def levels_of(frames: Sequence[Pixels]) -> list[int]:
    return [int(frame[0, 0, 0]) for frame in frames]


def test_the_photo_is_shown_in_variants_and_the_first_is_the_photo() -> None:
    (photo,) = open_frames("photo")
    turns = in_turn([photo])
    assert turns[0] is photo
    values = photo.astype(int)
    for shown, expected in zip(
        turns[1:], [values[::-1, ::-1] + 51, values[:, ::-1] + 102, values[::-1] + 153, values + 204], strict=True
    ):
        np.testing.assert_array_equal(shown, expected % 256)


def test_a_clip_that_moves_is_shown_as_it_is() -> None:
    clip = open_frames("clip")
    assert all(shown is frame for shown, frame in zip(in_turn(clip), clip, strict=True))


def test_they_are_laid_out_as_the_frame_is_and_read_only() -> None:
    for frame in in_turn(open_frames("photo")):
        assert frame.dtype == np.uint8
        assert (frame.shape, frame.strides) == ((512, 512, 3), (1536, 3, 1))
        assert not frame.flags.writeable


@pytest.mark.parametrize(
    ("levels", "kept"),
    [
        ([0, 50, 100, 150, 200], [0, 50, 100, 150, 200]),
        ([0, 0, 50, 50, 60, 100, 100, 150, 200, 250], [0, 50, 100, 150, 200, 250]),
        ([0, 50, 0, 100, 150, 200], [0, 50, 100, 150, 200]),
        ([0, 50, 100, 150, 200, 100, 140], [0, 50, 100, 150, 200]),
    ],
)
def test_frames_of_a_clip_that_repeat_one_of_the_two_before_are_left_out(levels: list[int], kept: list[int]) -> None:
    turns = in_turn(plain(*levels))
    assert levels_of(turns) == kept
    assert least_difference(turns) >= LEAST


@pytest.mark.parametrize("levels", [[7], [7] * 60, [7, 200], [7, 200, 7, 200], [7, 50, 100, 150]])
def test_what_hardly_moves_is_its_first_picture_in_variants(levels: list[int]) -> None:
    turns = in_turn(plain(*levels))
    assert levels_of(turns) == [7, 58, 109, 160, 211]


@given(st.lists(st.integers(0, 255), min_size=1, max_size=12))
def test_a_frame_differs_from_the_two_before_it_whatever_the_clip(levels: list[int]) -> None:
    turns = in_turn(plain(*levels))
    assert len(turns) >= WARM_UP + TURNS
    assert least_difference(turns) >= LEAST
    assert levels_of(turns)[0] == levels[0]


@given(st.integers(0, 255))
def test_no_two_variants_of_a_picture_of_one_colour_are_alike(level: int) -> None:
    levels = sorted(levels_of(in_turn(plain(level))))
    assert min(after - before for before, after in pairwise(levels)) >= 51


@pytest.mark.parametrize("step", BUILTIN_STEPS)
@pytest.mark.parametrize("size", [16, 64, 256])
def test_no_step_makes_one_picture_of_the_photos_variants(step: str, size: int) -> None:
    frames = [BUILTIN_STEPS[step](crop(frame, Size(size, size))) for frame in in_turn(open_frames("photo"))]
    assert least_difference(frames) > 2  # which is more than any renderer may be off
