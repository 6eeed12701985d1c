"""Keep what was made for the last few input shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from framegate.interfaces import Array

Made = TypeVar("Made")
Shapes = tuple[tuple[int, ...], ...]

KEPT_SHAPES = 3


class PerShape(Generic[Made]):
    """Makes a value for the shapes of the inputs at their first use; the one unused for longest goes first.

    Runtimes that know all shapes run up to several times faster than with dynamic ones, and a camera's frames have one
    shape for a long time.

    Args:
        make: makes the value; what it raises is raised.
    """

    def __init__(self, make: Callable[[Shapes], Made]) -> None:
        self._make = make
        self._made: dict[Shapes, Made] = {}

    def __call__(self, arrays: Sequence[Array]) -> Made:
        """The value for arrays of these shapes."""
        shapes = tuple(array.shape for array in arrays)
        value = self._made.pop(shapes, None)
        if value is None:
            while len(self._made) >= KEPT_SHAPES:
                del self._made[next(iter(self._made))]
            value = self._make(shapes)
        self._made[shapes] = value
        return value

    def clear(self) -> None:
        """Forget all of them."""
        self._made.clear()
