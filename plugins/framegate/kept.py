"""Keep open what was used lately, and close the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class KeptOpen(Generic[Key, Value]):
    """Open things by their keys. Where one more has no room, those are closed that were used longest ago.

    Args:
        close: closes one of them.
        most: number of them at most.
        most_bytes: size of all of them together at most; where there is room for two at all, the one that was used last
            stays whatever its size.
    """

    def __init__(self, close: Callable[[Value], object], most: int, most_bytes: float = math.inf) -> None:
        self._close, self._most, self._most_bytes = close, most, most_bytes
        # In the order in which they were used, the last one at the end.
        self._open: dict[Key, tuple[Value, int]] = {}

    def __contains__(self, key: Key) -> bool:
        """Whether something is open under a key, which is no use of it."""
        return key in self._open

    def get(self, key: Key) -> Value | None:
        """What is open under a key, and counts as used last from now on; None if nothing is."""
        entry = self._open.pop(key, None)
        if entry is None:
            return None
        self._open[key] = entry
        return entry[0]

    def make_room(self, size: int) -> None:
        """Close what was used longest ago until there is room for one more of so many bytes."""
        while len(self._open) >= self._most or (len(self._open) > 1 and self._bytes() + size > self._most_bytes):
            self.drop(next(iter(self._open)))

    def add(self, key: Key, value: Value, size: int) -> None:
        """Keep something of so many bytes; what was open under its key is closed."""
        self.drop(key)
        self._open[key] = value, size

    def drop(self, key: Key) -> None:
        """Close what is open under a key, if anything is."""
        if key in self._open:
            # Nothing here refers to it any more when it is closed.
            self._close(self._open.pop(key)[0])

    def close(self) -> None:
        """Close all of them."""
        for key in tuple(self._open):
            self.drop(key)

    def values(self) -> list[Value]:
        """All of them, the one that was used last at the end."""
        return [value for value, _ in self._open.values()]

    def _bytes(self) -> int:
        return sum(size for _, size in self._open.values())
