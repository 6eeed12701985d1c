"""When outputs agree with another runtime's, and when they belong to an earlier feed."""

import numpy as np
import pytest

from framegate.errors import WrongOutput
from framegate.inference.agreement import (
    agrees,
    rounded_otherwise,
    verify_agreement,
    verify_as_rounded,
    verify_finite,
    verify_latest,
)
from framegate.interfaces import Array
from framegate.values import Tolerance

RAMP = np.linspace(-1, 1, 1000, dtype=np.float32)
CLASSES = np.arange(1000, dtype=np.int32) // 50
LEVELS = np.arange(1000, dtype=np.int32) // 4


def changed(values: Array, count: int, by: float) -> Array:
    found = values.copy()
    found[:count] += np.array(by, values.dtype)
    return found


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(nothing: float) -> None:
    with pytest.raises(WrongOutput, match="output 'a' has 1 values of 1000 that are NaN or infinite"):
        verify_finite({"a": np.append(RAMP[1:], np.float32(nothing))})


def test_the_difference_is_a_share_of_the_range() -> None:
    assert verify_agreement({"a": RAMP + np.float32(0.001)}, {"a": RAMP}, "other") == pytest.approx(0.0005, rel=1e-3)


@pytest.mark.parametrize(
    ("found", "expected", "is_right"),
    [
        (RAMP, RAMP, True),
        (RAMP + np.float32(0.0019), RAMP, True),
        (RAMP + np.float32(0.0021), RAMP, False),
        (changed(RAMP, 1, 0.0021), RAMP, False),
        # A constant: what rounding makes of it, and more.
        (np.array([5.000001], np.float32), np.array([5], np.float32), True),
        (np.array([5.001], np.float32), np.array([5], np.float32), False),
        (np.array([0], np.float32), np.array([0], np.float32), True),
        # Where two classes are equally likely, one in a thousand.
        (changed(CLASSES, 1, 3), CLASSES, True),
        (changed(CLASSES, 2, 3), CLASSES, False),
        (changed(CLASSES, 2, 1), CLASSES, False),
        # Levels may be rounded otherwise, everywhere.
        (LEVELS + np.int32(1), LEVELS, True),
        (changed(LEVELS, 2, 2), LEVELS, False),
        (RAMP > 0, RAMP > 0, True),
        (RAMP > 0, RAMP <= 0, False),
    ],
)
def test_how_far_outputs_may_be_apart(found: Array, expected: Array, *, is_right: bool) -> None:
    assert agrees({"a": found}, {"a": expected}, "other") is is_right


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_infinities_agree_with_their_like_alone(nothing: float) -> None:
    odd = np.append(RAMP, np.float32(nothing))
    assert agrees({"a": odd}, {"a": odd}, "other")
    for other in (np.append(RAMP, np.float32(0)), np.append(RAMP, np.float32(-nothing))):
        if not np.array_equal(other, odd, equal_nan=True):
            assert not agrees({"a": odd}, {"a": other}, "other")
            assert not agrees({"a": other}, {"a": odd}, "other")


def test_outputs_with_other_names_are_compared_in_order() -> None:
    assert agrees({"x": RAMP, "y": CLASSES}, {"a": RAMP, "b": CLASSES}, "other")
    with pytest.raises(WrongOutput, match=r"output 'x' has shape \(2,\), that of 'other' has \(1000,\)"):
        verify_agreement({"x": RAMP[:2]}, {"a": RAMP}, "other")
    with pytest.raises(WrongOutput, match=r"outputs are \['x'\], those of 'other' are \['a', 'b'\]"):
        verify_agreement({"x": RAMP}, {"a": RAMP, "b": RAMP}, "other")


@pytest.mark.parametrize("late", [1, 2])
def test_outputs_of_an_earlier_feed_are_called_so(late: int) -> None:
    references = [{"a": RAMP}, {"a": RAMP[::-1]}, {"a": RAMP * 2}]
    with pytest.raises(WrongOutput, match=f"; it is what comes of the picture that was fed {late} before"):
        verify_latest(references[late], references, "other")
    assert verify_latest(references[0], references, "other") == 0


def test_a_model_that_makes_much_of_a_rounding_is_compared_no_closer_than_it_can_be_known() -> None:
    expected = {"a": RAMP}

    def verify(off: float, moved: float) -> tuple[float, float]:
        def run_rounded() -> dict[str, Array]:
            return {"a": RAMP + np.float32(2 * moved)}

        return verify_as_rounded({"a": RAMP + np.float32(2 * off)}, [expected], "other", Tolerance(1e-4), run_rounded)

    # The range is 2, of which all numbers are shares.
    assert verify(0.9e-4, 0.0) == pytest.approx((0.9e-4, 1e-4), rel=1e-2)
    assert verify(1.5e-4, 1e-5) == pytest.approx((1.5e-4, 1.6e-4), rel=1e-2)
    with pytest.raises(WrongOutput, match=r"0\.00034; 0\.00032 is allowed"):
        verify(1.7e-4, 1e-5)
    with pytest.raises(WrongOutput, match=r"0\.0002 is allowed"):
        verify(1.5e-4, 1e-7)
    assert verify(9e-4, 1e-2) == pytest.approx((9e-4, 1e-3), rel=1e-2)
    with pytest.raises(WrongOutput, match=r"0\.0002 is allowed"):
        verify(1.1e-3, 1e-2)


def test_float16_lets_a_model_be_known_less_closely() -> None:
    half = Tolerance(1e-2, 0.1, "float16")

    def verify(off: float) -> tuple[float, float]:
        return verify_as_rounded(
            {"a": RAMP + np.float32(2 * off)}, [{"a": RAMP}], "other", half, lambda: {"a": RAMP + np.float32(2 * 4e-3)}
        )

    assert verify(9e-3) == pytest.approx((9e-3, 1e-2), rel=1e-2)
    assert verify(6e-2) == pytest.approx((6e-2, 6.4e-2), rel=1e-2)
    with pytest.raises(WrongOutput, match=r"0\.128 is allowed"):
        verify(7e-2)


def test_nothing_is_rounded_where_outputs_agree_or_are_far_off() -> None:
    def run_rounded() -> dict[str, Array]:
        raise AssertionError("the reference was run for nothing")

    verify_as_rounded({"a": RAMP}, [{"a": RAMP}], "other", Tolerance(1e-4), run_rounded)
    with pytest.raises(WrongOutput):
        verify_as_rounded({"a": RAMP * 2}, [{"a": RAMP}], "other", Tolerance(1e-4), run_rounded)
    with pytest.raises(WrongOutput):
        verify_as_rounded({"a": RAMP + np.float32(0.003)}, [{"a": RAMP}], "other", Tolerance(), run_rounded)


def test_floats_move_by_one_step_and_integers_stay() -> None:
    feeds = {"a": RAMP, "b": CLASSES, "c": np.zeros((0, 3), np.float32)}
    moved = rounded_otherwise(feeds)
    step = float(np.spacing(np.float32(1)))
    assert np.abs(moved["a"].astype(np.float64) - RAMP).max() == step
    assert np.abs(rounded_otherwise(feeds, "float16")["a"] - RAMP).max() == pytest.approx(2**-10)
    beyond = {"a": np.full(3, 1e5, np.float32)}
    assert np.isfinite(rounded_otherwise(beyond, "float16")["a"]).all()
    assert np.mean(moved["a"] != RAMP) > 0.9
    assert moved["a"].dtype == np.float32
    assert moved["b"] is CLASSES
    assert moved["c"].shape == (0, 3)
    np.testing.assert_array_equal(moved["a"], rounded_otherwise(feeds)["a"])
