"""Rounds in the page whenever a benchmark asks for one, for comparisons in which two browsers take turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from framegate.measure.replay import ReplayClock

if TYPE_CHECKING:
    from framegate.browser.results import Rounds
    from framegate.browser.session import TFJSPage


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
        self._delays_s: Mapping[str, float] = {}

    def __call__(self) -> None:
        """One frame."""
        rounds = self._page.rounds(1, 1, 0.0, delays_s=self._delays_s)
        self._verify(rounds)
        for stage, seconds in rounds.stages_s.items():
            self.samples.setdefault(stage, []).extend(seconds)
        self._clock.advance(sum(rounds.wholes_s))

    def slow(self, delays_s: Mapping[str, float]) -> None:
        """Have stages take longer by real work in the page, to see whether it is found; ``{}`` has none of them do so.

        Args:
            delays_s: stage -> seconds.

        Raises:
            ValueError: there is no such stage.
        """
        unknown = delays_s.keys() - self.samples.keys()
        if unknown:
            raise ValueError(f"no stage {', '.join(sorted(unknown))}; there is {', '.join(self.samples)}")
        self._delays_s = delays_s
