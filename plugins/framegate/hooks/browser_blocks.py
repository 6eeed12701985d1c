"""Rounds in the page whenever a benchmark asks for one, for comparisons in which two browsers take turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from framegate.measure.replay import ReplayClock

if TYPE_CHECKING:
    from framegate.browser.session import Rounds, TFJSPage


class PageRounds:
    """Each call has the page run a frame, and lets the page's own seconds pass on the clock.

    Attributes:
        samples: seconds of each stage in every call, as a ``StageTimer`` keeps them.

    Args:
        page: fed and aimed.
        clock: the one that the benchmark reads.
        verify: refuses what the page left behind.
    """

    def __init__(self, page: TFJSPage, clock: ReplayClock, verify: Callable[[Rounds], None]) -> None:
        self._page, self._clock, self._verify = page, clock, verify
        self.samples: dict[str, list[float]] = {}

    def __call__(self) -> None:
        """One frame."""
        rounds = self._page.rounds(1, 1, 0.0)
        self._verify(rounds)
        for stage, seconds in rounds.stages_s.items():
            self.samples.setdefault(stage, []).extend(seconds)
        self._clock.advance(sum(rounds.wholes_s))
