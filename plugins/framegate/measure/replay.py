"""Play back what was measured elsewhere: a clock, and a function that takes as long as it took."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence

Samples = Mapping[str, Sequence[float]]
"""Seconds by stage, one list a stage and all of one length."""


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


class Replay:
    """Each call takes, on a clock, as long as one round took elsewhere; if none is left, more are measured.

    Args:
        clock: the benchmark's.
        measure: runs rounds, and has stages take so many seconds longer by real work; stage -> seconds.
        measured: rounds that there are already.
    """

    def __init__(
        self, clock: ReplayClock, measure: Callable[[Mapping[str, float]], Samples], measured: Samples | None = None
    ) -> None:
        self.samples: dict[str, list[float]] = {}
        """Seconds by stage of each call so far."""
        self._clock = clock
        self._measure = measure
        self._delays_s: Mapping[str, float] = {}
        self._waiting: deque[dict[str, float]] = deque()
        self._add(measured or {})

    def __call__(self) -> None:
        """Let the next round pass."""
        if not self._waiting:
            self._add(self._measure(self._delays_s))
        round_s = self._waiting.popleft()
        for stage, seconds in round_s.items():
            self.samples[stage].append(seconds)
        self._clock.advance(sum(round_s.values()))

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """Have stages take longer by real work from now on, to see whether it is found; ``{}`` has none of them do so.

        Args:
            delays_s: stage -> seconds.

        Raises:
            ValueError: there is no such stage.
        """
        unknown = delays_s.keys() - self.samples.keys()
        if unknown:
            raise ValueError(f"no stage {', '.join(sorted(unknown))}; there is {', '.join(self.samples)}")
        self._delays_s = delays_s
        self._waiting.clear()

    def _add(self, rounds: Samples) -> None:
        for stage in rounds:
            self.samples.setdefault(stage, [])
        self._waiting += (dict(zip(rounds, parts, strict=True)) for parts in zip(*rounds.values(), strict=True))
