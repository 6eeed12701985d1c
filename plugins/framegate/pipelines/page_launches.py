"""What the browsers of a cell measured, one launch of them after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, Any

from framegate.results.page import Arrivals, PageLaunch

if TYPE_CHECKING:
    from framegate.browser.results import Delivered, PageRounds


@dataclass(frozen=True)
class BrowserLaunch:
    """What one browser measured for the cell.

    Attributes:
        rounds: frames one after another.
        delivered: frames as the browser asked for them.
        start_s: seconds from the browser's start to the end of the first measured frame; None if another cell had it.
    """

    rounds: PageRounds
    delivered: Delivered
    start_s: float | None

    @property
    def median_s(self) -> float:
        """Median seconds of a frame."""
        return median(self.rounds.wholes_s)


def describe_launches(launches: Sequence[BrowserLaunch]) -> dict[str, Any]:
    """What all launches measured beside the stages of their rounds."""
    return {
        "dispatch_s": list(chain.from_iterable(launch.rounds.dispatch_s for launch in launches)),
        "outside": max(launch.rounds.outside for launch in launches),
        "raf": asdict(delivered([launch.delivered for launch in launches])),
        "tensors_left": sum(launch.rounds.tensors_left for launch in launches),
        "bytes_left": sum(launch.rounds.bytes_left for launch in launches),
        "bytes_read": sum(launch.rounds.bytes_read for launch in launches),
        "launches": [asdict(PageLaunch(launch.median_s, launch.rounds.frames, launch.start_s)) for launch in launches],
    }


def joined(launches: Sequence[BrowserLaunch]) -> dict[str, list[float]]:
    """Seconds of every round by stage, one launch after another."""
    stages = launches[0].rounds.stages_s
    return {stage: list(chain.from_iterable(launch.rounds.stages_s[stage] for launch in launches)) for stage in stages}


def delivered(animated: Sequence[Delivered]) -> Arrivals:
    """What came to the canvas in all launches."""
    return Arrivals.of(
        frames=sum(launch.frames for launch in animated),
        callbacks=sum(launch.callbacks for launch in animated),
        seconds=sum(launch.seconds for launch in animated),
    )
