"""Frames in turn: a late one must be another picture, at whatever the source."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegate.frames import in_turn, open_frames
from framegate.frames.turns import LEAST, TURNS
from framegate.interfaces import Pixels
from framegate.preprocess.fit import crop
from framegate.preprocess.steps import BUILTIN_STEPS
from framegate.values import Size


def plain(*levels: int) -> list[Pixels]:
    return [np.full((4, 5, 3), level, np.uint8) for level in levels]


def least_difference(frames: Sequence[Pixels]) -> int:
    """The smallest over all frames of the largest difference from either of the two frames before it."""
    return min(
        int(np.abs(frame.astype(int) - frames[index - late]).max())
        for index, frame in enumerate(frames)
        for late in range(1, TURNS)
    )


def test_the_photo_is_shown_in_three_variants_and_the_first_is_the_photo() -> None:
    (photo,) = open_frames("photo")
    turns = in_turn([photo])
    assert len(turns) == 3
    assert turns[0] is photo
    np.testing.assert_array_equal(turns[1], (photo[::-1, ::-1].astype(int) + 85) % 256)
    np.testing.assert_array_equal(turns[2], (photo[:, ::-1].astype(int) + 170) % 256)


def test_a_clip_that_moves_is_shown_as_it_is() -> None:
    clip = open_frames("clip")
    assert all(shown is frame for shown, frame in zip(in_turn(clip), clip, strict=True))


def test_they_are_laid_out_as_the_frame_is_and_read_only() -> None:
    for frame in in_turn(open_frames("photo")):
        assert (frame.shape, frame.dtype, frame.strides) == ((512, 512, 3), np.uint8, (1536, 3, 1))
        assert not frame.flags.writeable


@pytest.mark.parametrize(
    ("levels", "kept"),
    [
        ([0, 50, 100], [0, 50, 100]),
        ([0, 0, 50, 50, 60, 100, 100], [0, 50, 100]),
        ([0, 50, 0, 100, 150], [0, 50, 100, 150]),
        ([0, 50, 100, 0, 60], [0, 50, 100]),
    ],
)
def test_frames_of_a_clip_that_repeat_one_of_the_two_before_are_left_out(levels: list[int], kept: list[int]) -> None:
    turns = in_turn(plain(*levels))
    assert [int(frame[0, 0, 0]) for frame in turns] == kept
    assert least_difference(turns) >= LEAST


@pytest.mark.parametrize("levels", [[7], [7] * 60, [7, 200], [7, 200, 7, 200], [7, 38, 7, 8]])
def test_what_hardly_moves_is_its_first_picture_in_variants(levels: list[int]) -> None:
    turns = in_turn(plain(*levels))
    assert [int(frame[0, 0, 0]) for frame in turns] == [7, 92, 177]


@given(st.lists(st.integers(0, 255), min_size=1, max_size=12))
def test_a_frame_differs_from_the_two_before_it_whatever_the_clip(levels: list[int]) -> None:
    turns = in_turn(plain(*levels))
    assert len(turns) >= TURNS
    assert least_difference(turns) >= LEAST
    assert turns[0][0, 0, 0] == levels[0]


@pytest.mark.parametrize("step", BUILTIN_STEPS)
@pytest.mark.parametrize("size", [16, 64, 256])
def test_no_step_makes_one_picture_of_the_photos_variants(step: str, size: int) -> None:
    frames = [BUILTIN_STEPS[step](crop(frame, Size(size, size))) for frame in in_turn(open_frames("photo"))]
    assert least_difference(frames) >= 16
