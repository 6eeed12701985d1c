"""Outputs as channels of a map."""

from __future__ import annotations

import numpy as np
import pytest

from framegate.postprocess.planes import planes


@pytest.mark.parametrize(
    ("shape", "channels_first", "expected"),
    [
        ((1, 3, 4, 2), False, (3, 4, 2)),
        ((1, 3, 4, 2), True, (4, 2, 3)),
        ((3, 4, 2), False, (3, 4, 2)),
        ((3, 4, 2), True, (4, 2, 3)),
        ((1, 3, 4), False, (3, 4, 1)),
        ((1, 3, 4), True, (3, 4, 1)),
        ((3, 4), True, (3, 4, 1)),
        ((5, 3, 4, 2), False, (3, 4, 2)),
        ((1, 1, 3, 4), True, (3, 4, 1)),
    ],
)
def test_shapes(shape: tuple[int, ...], channels_first: bool, expected: tuple[int, ...]) -> None:  # noqa: FBT001
    values = np.arange(np.prod(shape)).reshape(shape)
    channels = planes({"out": values}, "out", channels_first=channels_first)
    assert channels.shape == expected
    assert np.shares_memory(channels, values)
