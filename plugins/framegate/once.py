"""Cache the result, or the error, of an expensive call."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from framegate.errors import FramegateError

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """Makes the value of each key at its first use; a key that failed raises the same error again, at once.

    A thousand cells that need a missing library cost one attempt, not a thousand.
    """

    def __init__(self, make: Callable[[Key], Value]) -> None:
        self._make = make
        self._failed: dict[Key, FramegateError] = {}
        self.made: dict[Key, Value] = {}

    def forget(self, key: Key) -> Value:
        """Give back what was made for ``key``; its next use makes it anew."""
        return self.made.pop(key)

    def __call__(self, key: Key) -> Value:
        """The value of ``key``, made now if it is the first time."""
        if key in self._failed:
            raise self._failed[key].with_traceback(None)
        if key not in self.made:
            try:
                self.made[key] = self._make(key)
            except FramegateError as error:
                self._failed[key] = error
                raise
        return self.made[key]
