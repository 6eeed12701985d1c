"""The pictures that renderers are measured with."""

import numpy as np

from framegate.render.outputs import SCROLLED, scrolled_outputs
from framegate.values import Size


def test_pictures_differ_reach_both_ends_of_the_range_and_share_their_memory() -> None:
    pictures = scrolled_outputs(Size(height=16, width=24), 3)
    assert [picture.shape for picture in pictures] == [(16, 24, 3)] * 3
    ranges = [(float(picture.min()), float(picture.max()), picture.dtype.name) for picture in pictures]
    assert ranges == [(0.0, 1.0, "float32")] * 3
    assert np.array_equal(pictures[0][SCROLLED:], pictures[1][:-SCROLLED])
    assert np.shares_memory(pictures[0], pictures[1])
    assert not any(np.array_equal(pictures[0], np.flip(pictures[0], axes)) for axes in (0, 1, (0, 1)))
