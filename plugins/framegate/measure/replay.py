"""A clock that plays back what was measured elsewhere."""

from __future__ import annotations


class ReplayClock:
    """Stands still but for what it is told has passed; called, it returns seconds as a float.

    A benchmark whose function calls :meth:`advance` with a time that a page has measured gets that time as its own.
    """

    def __init__(self) -> None:
        self._now = 0.0

    def __str__(self) -> str:
        return "replay"

    def __call__(self) -> float:
        """Seconds since it was made."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let that much time pass."""
        self._now += seconds
