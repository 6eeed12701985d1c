"""When outputs agree with another runtime's, and when they belong to an earlier feed."""

import numpy as np
import pytest

from framegate.errors import WrongOutput
from framegate.inference.agreement import agrees, verify_agreement, verify_finite, verify_latest
from framegate.interfaces import Array

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
