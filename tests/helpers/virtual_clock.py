"""A clock that stands still but for what a test has pass."""

from __future__ import annotations


class VirtualClock:
    """Called, it returns seconds as a float."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds
