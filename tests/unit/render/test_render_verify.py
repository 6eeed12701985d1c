from __future__ import annotations

import numpy as np
import pytest

from framegate.errors import WrongOutput
from framegate.interfaces import Drawing
from framegate.render.oracle import to_pixels
from framegate.render.verify import psnr_db, verify_pixels

TENSOR = np.linspace(0, 1, 4 * 5 * 3, dtype=np.float32).reshape(4, 5, 3)


def test_the_oracles_picture_is_right() -> None:
    verify_pixels(to_pixels(TENSOR), TENSOR, 0)


def test_the_picture_is_compared_with_the_same_drawings() -> None:
    drawing = Drawing((-1, 0.5), "clamp")
    verify_pixels(to_pixels(TENSOR, drawing), TENSOR, drawing=drawing)
    with pytest.raises(WrongOutput, match="expected 0, found 170"):
        verify_pixels(to_pixels(TENSOR, drawing), TENSOR)


@pytest.mark.parametrize("step", [1, -1])
def test_one_step_off_is_wrong_unless_tolerated(step: int) -> None:
    got = to_pixels(TENSOR)
    got[2, 3, 1] = int(got[2, 3, 1]) + step
    verify_pixels(got, TENSOR, 1)
    with pytest.raises(WrongOutput, match="1 of 20 pixels differ from toPixels by more than 0; the largest diff"):
        verify_pixels(got, TENSOR, 0)


def test_says_how_many_are_off_by_how_much_and_where() -> None:
    tensor = np.full((4, 5, 3), 100, np.int32)
    got = to_pixels(tensor)
    got[0, 0] = 98
    got[2, 3, 2] = 130
    with pytest.raises(WrongOutput) as caught:
        verify_pixels(got, tensor, 1)
    assert str(caught.value) == (
        "wrong picture: 2 of 20 pixels differ from toPixels by more than 1; the largest difference is 157,"
        " at row 0, column 0, channel A: expected 255, found 98"
    )


def test_a_difference_does_not_wrap_around() -> None:
    with pytest.raises(WrongOutput, match="the largest difference is 255, at row 0, column 0, channel R: expected 0"):
        verify_pixels(np.full((1, 1, 4), 255, np.uint8), np.zeros((1, 1), np.float32), 254)


def test_a_picture_upside_down_or_of_another_size_is_wrong() -> None:
    with pytest.raises(WrongOutput, match="wrong picture: "):
        verify_pixels(to_pixels(TENSOR)[::-1], TENSOR, 1)
    with pytest.raises(WrongOutput, match=r"expected uint8 \(4, 5, 4\), found uint8 \(5, 4, 4\)"):
        verify_pixels(np.zeros((5, 4, 4), np.uint8), TENSOR)
    with pytest.raises(WrongOutput, match=r"found float32 \(4, 5, 4\)"):
        verify_pixels(np.zeros((4, 5, 4), np.float32), TENSOR)


def test_psnr_in_numbers() -> None:
    zeros = np.zeros((2, 2))
    assert psnr_db(zeros + 0.1, zeros) == pytest.approx(20)
    assert psnr_db(zeros, zeros) == np.inf
