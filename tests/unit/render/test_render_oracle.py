"""The numbers are those that TF.js 4.22.0 returned, or follow from its source, tfjs-core/src/ops/browser.ts."""

from __future__ import annotations

import numpy as np
import pytest

from framegate.errors import UsageError, WrongOutput
from framegate.interfaces import AS_TO_PIXELS, Array, Drawing, OutOfRange
from framegate.render.oracle import Levels, js_number, layout, levels, to_pixels


def grey(value: float, dtype: str = "float32", drawing: Drawing = AS_TO_PIXELS) -> int:
    rgba = to_pixels(np.full((1, 1), value, dtype), drawing)
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


@pytest.mark.parametrize(
    ("value_range", "expected"),
    [
        ((0, 1), Levels(255.0, 0.5, 0)),
        ((-1, 1), Levels(127.5, 0.0, 128)),
        ((0, 255), Levels(1.0, 0.5, 0)),
        ((-0.5, 0.5), Levels(255.0, 0.0, 128)),
        ((-128, 127), Levels(1.0, 0.5, 128)),
        ((0.25, 0.75), Levels(510.0, 0.0, -127)),
    ],
)
def test_the_usual_ranges_are_scaled_without_any_rounding(value_range: tuple[float, float], expected: Levels) -> None:
    assert levels("float32", Drawing(value_range)) == expected
    assert levels("int32", Drawing(value_range)) == Levels(1.0, 0.0, 0)


@pytest.mark.parametrize(
    ("value_range", "value", "expected"),
    [
        ((-1, 1), -1.0, 0),
        ((-1, 1), 0.0, 128),
        ((-1, 1), -0.0, 128),
        ((-1, 1), -1e-20, 127),
        ((-1, 1), -1e-45, 127),
        ((-1, 1), 1e-45, 128),
        ((-1, 1), 0.5, 191),
        ((-1, 1), 1.0, 255),
        ((-1, 1), np.nan, 0),
        ((0, 255), 0.5, 1),
        ((0, 255), np.nextafter(np.float32(0.5), np.float32(0)), 0),
        ((0, 255), 254.5, 255),
        ((0, 255), 255.0, 255),
        ((-128, 127), -0.5, 128),
        ((-128, 127), np.nextafter(np.float32(-0.5), np.float32(-1)), 127),
        # Neither end is a float32; the nearest ones are in range all the same.
        ((-0.1, 0.3), -0.1, 0),
        ((-0.1, 0.3), 0.3, 255),
        ((1, 3e38), 3e38, 255),
        ((16777215, 16777216), 16777215.0, 0),
        ((16777215, 16777216), 16777216.0, 255),
    ],
)
@pytest.mark.parametrize("out_of_range", ["strict", "clamp"])
def test_both_ends_of_a_range_are_reached_and_a_half_goes_up(
    value_range: tuple[float, float], value: float, expected: int, out_of_range: OutOfRange
) -> None:
    assert grey(value, "float32", Drawing(value_range, out_of_range)) == expected


@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1), (2, 3)])
@pytest.mark.parametrize(
    ("dtype", "value", "expected"),
    [
        ("float32", 1e30, 255),
        ("float32", np.inf, 255),
        ("float32", -1e30, 0),
        ("float32", -np.inf, 0),
        ("float32", np.nan, 0),
        ("int32", 2**31 - 1, 255),
        ("int32", 256, 255),
        ("int32", 2, 2),
        ("int32", -1, 0),
        ("int32", -(2**31), 0),
        ("uint8", 255, 255),
        ("uint8", 2, 2),
    ],
)
def test_what_is_clamped_is_black_or_full(
    value_range: tuple[float, float], dtype: str, value: float, expected: int
) -> None:
    assert grey(value, dtype, Drawing(value_range, "clamp")) == expected


def test_a_fourth_channel_is_scaled_and_clamped_as_the_others_are() -> None:
    tensor = np.array([[[-2, 0, 1, 2], [-1, 0.5, 1, -3], [0, 0, 0, np.nan]]], np.float32)
    expected = [[[0, 128, 255, 255], [0, 191, 255, 0], [128, 128, 128, 0]]]
    np.testing.assert_array_equal(to_pixels(tensor, Drawing((-1, 1), "clamp")), expected)


@pytest.mark.parametrize(
    "value_range",
    [(1, 0), (1, 1), (np.nan, 1), (0, np.nan), (0, np.inf), (-np.inf, 0), (0, 1e39), (1e8, 1e8 + 1), (0, 1e-46)],
)
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_a_range_that_is_empty_or_endless_is_refused(value_range: tuple[float, float], dtype: str) -> None:
    with pytest.raises(UsageError, match=r"^value range \[.+, .+\] is not one of float32; give two finite numbers"):
        layout((2, 2), dtype, Drawing(value_range))


@pytest.mark.parametrize(
    ("value_range", "dtype", "value", "message"),
    [
        ((-1, 1), "float32", 1.5, "a float32 Tensor must be in the range [-1 - 1] but encountered 1.5."),
        ((-1.0, 1.0), "float32", -np.inf, "a float32 Tensor must be in the range [-1 - 1] but encountered -Infinity."),
        ((0, 255), "float32", 256, "a float32 Tensor must be in the range [0 - 255] but encountered 256."),
        ((-0.1, 1e21), "float32", -1, "a float32 Tensor must be in the range [-0.1 - 1e+21] but encountered -1."),
        ((-1, 1), "int32", -1, "a int32 Tensor must be in the range [0 - 255] but encountered -1."),
    ],
)
def test_a_value_out_of_another_range_is_refused_in_the_same_words(
    value_range: tuple[float, float], dtype: str, value: float, message: str
) -> None:
    with pytest.raises(WrongOutput) as caught:
        grey(value, dtype, Drawing(value_range))
    assert str(caught.value) == f"Tensor values for {message}"


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (1, 1), (200, 200), (255, 255)])
@pytest.mark.parametrize("dtype", ["int32", "uint8"])
def test_integers_are_taken_as_they_are(dtype: str, value: int, expected: int) -> None:
    assert grey(value, dtype) == expected
    assert grey(value, dtype, Drawing((-1, 1))) == expected


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
        (np.zeros((2, 2), np.int8), "Unsupported type for toPixels: int8. Please use float32 or int32 tensors."),
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
