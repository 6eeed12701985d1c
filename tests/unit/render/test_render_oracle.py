"""The numbers are those that TF.js 4.22.0 returned, or follow from its source, tfjs-core/src/ops/browser.ts."""

from __future__ import annotations

import numpy as np
import pytest

from framegate.errors import UsageError, WrongOutput
from framegate.interfaces import Array
from framegate.render.oracle import js_number, to_pixels


def grey(value: float, dtype: str = "float32") -> int:
    rgba = to_pixels(np.full((1, 1), value, dtype))
    red, green, blue, alpha = rgba[0, 0].tolist()
    assert red == green == blue
    assert alpha == 255
    return int(red)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, 0),
        (-0.0, 0),
        (1.0, 255),
        (0.5, 128),
        (0.7, 178),
        (0.9, 229),
        (0.5 / 255, 1),
        (np.nextafter(np.float32(0.5 / 255), np.float32(0)), 0),
        (np.nextafter(np.float32(1), np.float32(0)), 255),
        (np.finfo(np.float32).smallest_subnormal, 0),
        (np.nan, 0),
    ],
)
def test_float32_is_scaled_in_double_and_a_half_goes_up(value: float, expected: int) -> None:
    assert grey(value) == expected


def test_a_float32_product_would_be_wrong_where_the_oracle_is_right() -> None:
    for value, expected in ((0.7, 178), (0.9, 229)):
        assert np.floor(np.float32(value) * np.float32(255) + np.float32(0.5)) == expected + 1


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (1, 1), (200, 200), (255, 255)])
def test_int32_is_taken_as_it_is(value: int, expected: int) -> None:
    assert grey(value, "int32") == expected


def test_one_channel_is_grey_three_are_opaque_four_bring_their_alpha() -> None:
    np.testing.assert_array_equal(to_pixels(np.array([[[10]]], np.int32)), [[[10, 10, 10, 255]]])
    np.testing.assert_array_equal(to_pixels(np.array([[[1, 2, 3]]], np.int32)), [[[1, 2, 3, 255]]])
    np.testing.assert_array_equal(to_pixels(np.array([[[1, 2, 3, 4]]], np.int32)), [[[1, 2, 3, 4]]])
    np.testing.assert_array_equal(to_pixels(np.array([[[1, 0, 0, np.nan]]], np.float32)), [[[255, 0, 0, 0]]])


def test_rows_and_columns_stay_where_they_are() -> None:
    tensor = np.arange(6, dtype=np.int32).reshape(2, 3)
    np.testing.assert_array_equal(to_pixels(tensor)[..., 0], tensor)


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (np.zeros(3, np.float32), "toPixels only supports rank 2 or 3 tensors, got rank 1."),
        (np.zeros((1, 2, 2, 3), np.float32), "toPixels only supports rank 2 or 3 tensors, got rank 4."),
        (np.zeros((2, 2, 2), np.float32), "toPixels only supports depth of size 1, 3 or 4 but got 2"),
        (np.zeros((2, 2, 5), np.float32), "toPixels only supports depth of size 1, 3 or 4 but got 5"),
        (np.zeros((2, 2, 0), np.float32), "toPixels only supports depth of size 1, 3 or 4 but got 0"),
        (
            np.zeros((2, 2), np.float64),
            "Unsupported type for toPixels: float64. Please use float32 or int32 tensors.",
        ),
        (np.zeros((2, 2), np.uint8), "Unsupported type for toPixels: uint8. Please use float32 or int32 tensors."),
        (np.zeros((0, 2), np.float32), "a tensor of shape (0, 2) has no pixels; give it a height and a width"),
        # Rank before depth, and depth before dtype.
        (np.zeros((1, 1, 1, 2), np.float64), "toPixels only supports rank 2 or 3 tensors, got rank 4."),
        (np.zeros((1, 1, 2), np.float64), "toPixels only supports depth of size 1, 3 or 4 but got 2"),
    ],
)
def test_what_is_no_picture_is_refused_in_tfjs_words(tensor: Array, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        to_pixels(tensor)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("dtype", "value", "limit", "printed"),
    [
        ("float32", np.nextafter(np.float32(1), np.float32(2)), 1, "1.0000001192092896"),
        ("float32", 2.0, 1, "2"),
        ("float32", -1e-30, 1, "-1.0000000031710769e-30"),
        ("float32", -np.finfo(np.float32).smallest_subnormal, 1, "-1.401298464324817e-45"),
        ("float32", np.inf, 1, "Infinity"),
        ("float32", -np.inf, 1, "-Infinity"),
        ("int32", 256, 255, "256"),
        ("int32", -1, 255, "-1"),
        ("int32", -(2**31), 255, "-2147483648"),
    ],
)
@pytest.mark.parametrize("channel", [0, 3])
def test_a_value_out_of_range_is_refused_in_tfjs_words(
    dtype: str, value: float, limit: int, printed: str, channel: int
) -> None:
    tensor = np.zeros((2, 3, 4), dtype)
    tensor[1, 1, channel] = value
    with pytest.raises(WrongOutput) as caught:
        to_pixels(tensor)
    assert str(caught.value) == (
        f"Tensor values for a {dtype} Tensor must be in the range [0 - {limit}] but encountered {printed}."
    )


def test_the_first_value_out_of_range_is_named_and_nan_is_not_one() -> None:
    with pytest.raises(WrongOutput, match=r"encountered 3\.$"):
        to_pixels(np.array([[np.nan, 1.0], [3.0, -1.0]], np.float32))


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (-2.25, "-2.25"),
        (100.0, "100"),
        (123456.789, "123456.789"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.25e-7, "1.25e-7"),
        (0.1, "0.1"),
    ],
)
def test_numbers_are_printed_as_javascript_prints_them(value: float, printed: str) -> None:
    assert js_number(value) == printed
