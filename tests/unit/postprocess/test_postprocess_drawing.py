"""What is drawn into pictures, pixel by pixel."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from framegate.postprocess.drawing import Rectangle, disc, line, outline, paste, square, stamp_at

HEIGHT, WIDTH = 7, 9
near = st.integers(-12, 20)
anywhere = near | st.integers(-1_000_000, 1_000_000)


@given(top=anywhere, left=anywhere)
def test_a_small_picture_is_cut_at_the_edges(top: int, left: int) -> None:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    small = np.random.default_rng(0).integers(1, 256, (4, 5, 3), np.uint8)
    paste(picture, small, top, left)
    for row, column in np.ndindex(HEIGHT, WIDTH):
        inside = 0 <= row - top < 4 and 0 <= column - left < 5
        assert (picture[row, column] == (small[row - top, column - left] if inside else 0)).all()


@given(top=anywhere, left=anywhere, bottom=anywhere, right=anywhere, thickness=st.integers(1, 3))
def test_an_outline_lies_inside_of_its_rectangle(top: int, left: int, bottom: int, right: int, thickness: int) -> None:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    outline(picture, Rectangle(top, left, bottom, right), thickness, (1, 2, 3))
    for row, column in np.ndindex(HEIGHT, WIDTH):
        depth = min(row - top, bottom - 1 - row, column - left, right - 1 - column)
        assert picture[row, column].tolist() == ([1, 2, 3] if 0 <= depth < thickness else [0, 0, 0])


@given(start=st.tuples(near, near), end=st.tuples(near, near))
@example(start=(0, -2), end=(15, 20))
def test_a_line_goes_from_end_to_end_without_a_gap(start: tuple[int, int], end: tuple[int, int]) -> None:
    places = line(start, end).T
    assert (*places[0],) == start
    assert (*places[-1],) == end
    assert (np.abs(np.diff(places, axis=0)).max(axis=1, initial=0) <= 1).all()
    steps = len(places) - 1
    # In whole numbers, as half a pixel is allowed and no more.
    times_steps = np.outer(np.arange(steps + 1), np.subtract(end, start))
    assert (2 * np.abs(steps * (places - start) - times_steps) <= steps).all()


def test_brushes_are_centred_and_cut_at_the_edges() -> None:
    assert disc(0).tolist() == [[0], [0]]
    assert disc(1).T.tolist() == [[-1, 0], [0, -1], [0, 0], [0, 1], [1, 0]]
    assert square(2).T.tolist() == [[-1, -1], [-1, 0], [0, -1], [0, 0]]
    picture = np.zeros((3, 3, 3), np.uint8)
    stamp_at(picture, np.array([[0, 9], [0, 9]]), disc(1), (5, 5, 5))
    assert picture[..., 0].tolist() == [[5, 5, 0], [5, 0, 0], [0, 0, 0]]
