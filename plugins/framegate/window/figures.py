"""The figures of the frames that were shown lately, by the statistics of the suites."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from framegate.realtime.run import CAMERA, Run
from framegate.realtime.statistics import realtime_of
from framegate.realtime.verify import wrong_looks

if TYPE_CHECKING:
    from framegate.realtime.run import Reason, Sight

LATEST = 700
"""Frames that the figures are of: a few more than a p99 takes."""


@dataclass(frozen=True)
class Figures:
    """Figures of the latest frames, of 700 at most; times are seconds.

    Attributes:
        rate: frames per second that come; None where the source sets the pace.
        frames: number of frames that came.
        delivered_per_s: different frames per second that were seen on the screen.
        dropped: frames that were never seen there.
        wrong: looks at the screen that saw another frame than the one that had been drawn.
        age_median_s: median of the frames' ages when they were shown.
        age_p99_s: age that 99 % of such frames do not exceed, with 99 % confidence; None for fewer than 662 frames.
        freezes: intervals that a viewer takes for a freeze.
        stages_s: stage -> its median.
    """

    rate: float | None
    frames: int
    delivered_per_s: float
    dropped: int
    wrong: int
    age_median_s: float | None
    age_p99_s: float | None
    freezes: int
    stages_s: Mapping[str, float]

    def lines(self) -> list[str]:
        """The figures as text, one per line."""
        rate = "" if self.rate is None else f" of {self.rate:.4g}"
        wrong = f"  {self.wrong} WRONG" if self.wrong else ""
        return [
            f"delivered {self.delivered_per_s:.1f}{rate} per s  dropped {self.dropped}  freezes {self.freezes}{wrong}",
            f"age p50 {_ms(self.age_median_s)}  p99 {_ms(self.age_p99_s)}  frame {_ms(self.total_s)}",
        ]

    @property
    def total_s(self) -> float:
        """All stages together."""
        return sum(self.stages_s.values())

    def in_json(self) -> dict[str, Any]:
        """The figures as JSON can hold them."""
        return asdict(self)


class Latest:
    """Collects looks at the screen, and keeps the latest."""

    def __init__(self) -> None:
        self._sights: deque[Sight] = deque(maxlen=LATEST)

    def add(self, sight: Sight) -> None:
        """Keep one more look."""
        self._sights.append(sight)

    def figures(self, rate: float | None, dropped: Mapping[int, Reason], samples: Mapping[str, list[float]]) -> Figures:
        """The figures of these looks.

        Args:
            rate: frames per second that come; None where the source sets the pace.
            dropped: number of a frame -> why the source or its queue dropped it.
            samples: seconds of each stage; of them, the latest count.
        """
        run = self._run(rate, dropped)
        numbers = realtime_of(run)
        stages_s = {stage: median(seconds[-LATEST:]) for stage, seconds in samples.items() if seconds}
        return Figures(
            rate=rate,
            frames=numbers.came,
            delivered_per_s=numbers.delivered_per_s,
            dropped=sum(numbers.dropped.values()),
            wrong=wrong_looks(run),
            age_median_s=numbers.age_median_s,
            age_p99_s=numbers.age_p99_s,
            freezes=numbers.freezes,
            stages_s=stages_s,
        )

    def _run(self, rate: float | None, dropped: Mapping[int, Reason]) -> Run:
        """These looks as a run of their own, whose first frame has the number 0."""
        if not self._sights:
            return Run(CAMERA, rate, 0.0, 0.0, 0, ())
        first, last = self._sights[0], self._sights[-1]
        return Run(
            scenario=CAMERA,
            rate=rate,
            began_s=first.due_s,
            ended_s=last.shown_s,
            came=last.frame - first.frame + 1,
            sights=[
                sight._replace(
                    frame=sight.frame - first.frame,
                    screen=None if sight.screen is None else sight.screen - first.frame,
                )
                for sight in self._sights
            ],
            dropped={
                number - first.frame: reason
                for number, reason in dropped.items()
                if first.frame <= number <= last.frame
            },
        )


def _ms(seconds: float | None) -> str:
    return "not yet" if seconds is None else f"{1000 * seconds:.3g} ms"
