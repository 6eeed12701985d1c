"""Ranges that do not fit the values of a picture, and what to write instead."""

import numpy as np
import pytest

from framegate.interfaces import Array, Range
from framegate.models.output_range import ShownRange

RAMP = np.linspace(0, 1, 1001, dtype=np.float32)
CLASSES = np.arange(1001, dtype=np.int32) % 21


@pytest.mark.parametrize(
    ("picture", "shown", "doubt", "fitting"),
    [
        (RAMP * 2 - 1, (0, 1), "49.0% of the values are clamped", (-1, 1)),
        (RAMP * 1.06 - 0.06, (0, 1), None, None),  # an overshoot
        (RAMP * 1.2 - 0.2, (0, 1), "15.0% of the values are clamped", (-1, 1)),
        (RAMP * 255, (0, 1), "99.6% of the values are clamped", (0, 255)),
        (RAMP * 255, (-1, 1), "99.5% of the values are clamped", (0, 255)),
        (RAMP, (0, 255), "the picture is black", (0, 1)),
        (CLASSES, (0, 255), "the picture is black", (0, 20)),
        (np.zeros(9, np.float32), (0, 1), "the picture is black", (-1, 1)),
        (RAMP * 0 - 1, (-1, 1), "the picture is black", (-1, 0)),
        (RAMP + 4, (0, 1), "the picture is white", (0, 255)),
        (RAMP * 8.4 - 4.7, (0, 1), "87.7% of the values are clamped", (-5, 4)),
        (RAMP, (0, 1), None, None),
        (RAMP, (-1, 1), None, None),
        (RAMP * 0 + 0.5, (0, 1), None, None),
        (np.array([np.nan, np.inf], np.float32), (0, 1), None, None),
    ],
)
def test_what_is_in_doubt(picture: Array, shown: Range, doubt: str | None, fitting: Range | None) -> None:
    found = ShownRange.of(picture, shown)
    # What is stored of it is read again, and NumPy's own numbers are not.
    assert {type(found.smallest), type(found.largest), type(found.clamped)} == {float}
    assert found.doubt() == doubt
    if fitting is not None:
        assert found.fitting() == fitting


def test_the_note_names_the_keys_of_a_spec() -> None:
    assert ShownRange.of(RAMP * 1.2 - 0.2, (0, 1)).note() == (
        "15.0% of the values are clamped: its output is from -0.2 to 1, and is shown as [0, 1]. If that is not"
        " what it means, write output_range = [-1, 1] in a spec, and input_range if the model is not fed what it was"
        " trained on either."
    )
    assert ShownRange.of(RAMP, (0, 1)).note() is None
