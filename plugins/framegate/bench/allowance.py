"""The time of a run that is to be over soon: what is left of it, and what the cells that are left will take."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence

USUAL_S = {"page": 8.0, "python": 8.0}
"""Seconds of a cell by the kind of its pipeline, before one of them has ended: about those of a small model here."""
OTHER_S = 3.0
RUNS, LEAST_RUNS = 12, 5
"""How often a cell runs its model, about: to warm up, for its rounds, and for what they are compared with. A page runs
very slow ones less often."""


class Allowance:
    """Keeps account of a run's time.

    Args:
        limit_s: seconds that the run may take.
        kinds: kind of the pipeline of each cell.
        clock: function that returns seconds.
    """

    def __init__(self, limit_s: int, kinds: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.limit_s = limit_s
        self._clock = clock
        self._began_s = clock()
        self._kinds = list(kinds)
        self._taken_s: dict[str, list[float]] = defaultdict(list)
        self._running: tuple[str, float] | None = None

    @property
    def gone_s(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._began_s

    @property
    def left_s(self) -> float:
        """Seconds that the run has left; 0 where its time is over."""
        return max(0.0, self.limit_s - self.gone_s)

    def estimate_s(self) -> float:
        """Seconds until the run ends, about: never more than are left."""
        gone_s = 0.0
        if self._running is not None:
            kind, began_s = self._running
            gone_s = min(self._clock() - began_s, self.cell_s(kind))
        return min(self.left_s, sum(map(self.cell_s, self._kinds)) - gone_s)

    def cell_s(self, kind: str) -> float:
        """Seconds of a cell, about: the mean of those of its kind that were measured."""
        taken_s = self._taken_s[kind]
        return sum(taken_s) / len(taken_s) if taken_s else USUAL_S.get(kind, OTHER_S)

    def begin(self, kind: str) -> None:
        """Say that a cell begins."""
        self._running = kind, self._clock()

    def end(self, *, is_measured: bool) -> None:
        """Note the end of a cell; one that was left out says nothing of how long others take."""
        if self._running is None:
            return
        kind, began_s = self._running
        self._kinds.remove(kind)
        if is_measured:
            self._taken_s[kind].append(self._clock() - began_s)
        self._running = None

    def affords(self, frame_s: float, *, is_first: bool = False) -> bool:
        """Whether a cell can be measured in what is left, one of whose frames takes so long.

        For a first cell, without which there would be no answer, this is read generously.
        """
        return (LEAST_RUNS if is_first else RUNS) * frame_s <= self.left_s
