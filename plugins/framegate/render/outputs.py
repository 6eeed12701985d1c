"""Pictures such as a model returns, without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from framegate.interfaces import Float32, Size

SCROLLED = 8
"""Rows between two pictures: whole cache lines of float32 RGB at any even width."""


def scrolled_outputs(size: Size, count: int) -> list[Float32]:
    """Different pictures without symmetry: float32 (H, W, 3) in [0, 1], noise on two slopes that reaches both ends.

    They are windows on one that is a little higher, so that together they take hardly more of a processor's cache than
    the one output of a model does.
    """
    rows = size.height + (count - 1) * SCROLLED
    tensor = np.random.default_rng(0).random((rows, size.width, 3), np.float32) * np.float32(0.2)
    tensor[..., 0] += np.linspace(0.0, 0.8, size.width, dtype=np.float32)
    tensor[..., 1] += np.linspace(0.0, 0.8, rows, dtype=np.float32)[:, np.newaxis]
    np.clip(tensor, 0.0, 1.0, out=tensor)
    tensor[0::SCROLLED, 0], tensor[size.height - 1 :: SCROLLED, -1] = 0.0, 1.0
    return [tensor[top : top + size.height] for top in range(0, count * SCROLLED, SCROLLED)]
