"""Arithmetic on shapes that may be partly unknown."""

import pytest

from framegate.analysis.tensors import (
    MismatchError,
    Shape,
    broadcast,
    concatenate,
    product,
    reshape,
    shape_text,
    transposed_window,
    window,
)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation", "out"),
    [
        (224, 3, 2, "same", 1, 112),
        (225, 3, 2, "same", 1, 113),
        (224, 3, 2, "valid", 1, 111),
        (8, 3, 1, "valid", 2, 4),
        (8, 8, 1, "valid", 1, 1),
        (None, 3, 2, "same", 1, None),
    ],
)
def test_a_window_slides(
    size: int | None, kernel: int, stride: int, padding: str, dilation: int, out: int | None
) -> None:
    assert window(size, kernel, stride, padding, dilation) == out


def test_explicit_padding_counts_on_both_sides() -> None:
    assert window(224, 7, 2, "explicit", extra=6) == 112


def test_a_window_wider_than_its_input_does_not_fit() -> None:
    with pytest.raises(MismatchError, match="a window of 9 is wider than its input of 8"):
        window(8, 9, 1, "valid")


def test_a_transposed_window_grows() -> None:
    assert transposed_window(8, 4, 2, "same") == 16
    assert transposed_window(8, 4, 2, "valid") == 18
    assert transposed_window(8, 2, 3, "valid") == 24


@pytest.mark.parametrize(
    ("shapes", "out"),
    [
        ([(1, 8, 8, 4), (4,)], (1, 8, 8, 4)),
        ([(1, 8, 1), (3, 1, 5)], (3, 8, 5)),
        ([(None, 8), (4, 8)], (4, 8)),
        ([(None, 8), (1, 8)], (None, 8)),
        ([None, (4,)], None),
    ],
)
def test_shapes_broadcast(shapes: list[Shape], out: Shape) -> None:
    assert broadcast(shapes) == out


def test_shapes_that_do_not_broadcast_are_named() -> None:
    with pytest.raises(MismatchError, match=r"\[8, 3\] and \[8, 4\]"):
        broadcast([(8, 3), (8, 4)])


def test_joined_lengths_add_up() -> None:
    assert concatenate([(1, 2, 3), (1, 2, 5)], -1) == (1, 2, 8)
    assert concatenate([(1, None, 3), (1, 2, None)], 2) == (1, 2, None)
    with pytest.raises(MismatchError):
        concatenate([(1, 2, 3), (1, 4, 3)], 2)
    with pytest.raises(MismatchError):
        concatenate([(1, 2)], 2)


def test_a_minus_one_is_worked_out() -> None:
    assert reshape((2, 3, 4), (-1, 6)) == (4, 6)
    assert reshape((None, 3), (-1, 6)) == (None, 6)
    with pytest.raises(MismatchError):
        reshape((2, 3), (4,))
    with pytest.raises(MismatchError):
        reshape((2, 3), (-1, 4))


def test_nothing_times_the_unknown_is_nothing() -> None:
    assert product((2, None)) is None
    assert product((0, None)) == 0
    assert product(()) == 1


def test_no_product_is_larger_than_all_that_runs() -> None:
    assert product([1 << 64, 1 << 64]) == 1 << 128
    assert product([1 << 64, 1 << 64, 2]) is None
    assert product([1 << 64] * 1000) is None


def test_unknowns_are_shown() -> None:
    assert shape_text((1, None)) == "[1, ?]"
    assert shape_text(None) == "?"
