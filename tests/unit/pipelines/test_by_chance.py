"""A model that throws dice is told by running it again, and only where something differs."""

from __future__ import annotations

import numpy as np

from framegate.interfaces import Array
from framegate.pipelines.base import Look
from framegate.pipelines.verify import is_by_chance

BLACK = np.zeros((2, 2, 4), np.uint8)


def look(*, again: float | None) -> Look:
    """A look at a model that returned ones, and returns something else now, unless it cannot be asked."""
    outputs = {"y": np.ones(4, np.float32)}

    def run() -> dict[str, Array]:
        return {"y": np.linspace(1, again or 0, 4, dtype=np.float32)}

    return Look("the last frame", BLACK, BLACK, [{}], outputs, again=None if again is None else run)


def test_only_other_outputs_of_the_same_picture_are_chance() -> None:
    assert is_by_chance(look(again=2.0))
    assert not is_by_chance(look(again=1.0))
    assert not is_by_chance(look(again=None))
