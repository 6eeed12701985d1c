"""What happened in a run against a clock: which frames came, which were seen on the screen, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, get_args

from framegate.realtime.schedule import MAX, Rate

Scenario = Literal["camera", "single-stream", "offline"]
CAMERA: Final = "camera"
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)
"""``camera``: frames come on a schedule that waits for nobody. ``single-stream``: the next frame comes when the last is
on the screen. ``offline``: all frames are there, and as many are under way as fit."""

Reason = Literal["queue", "late", "in flight"]
"""Where a frame was dropped: newer ones pushed it out of the source's queue; it was too old when its turn came; it had
begun its way and was not seen on the screen."""


@dataclass(frozen=True)
class RunRequest:
    """What a run against a clock is asked to be.

    Attributes:
        scenario: how frames come.
        rate: frames that come per second; of ``camera`` alone.
        seconds: how long they come.
        queue: number of frames that wait for the pipeline at most; the oldest makes room for a new one.
        in_flight: number of frames that are on their way at once at most, where stages overlap.
        patience_s: age at which a camera's frame is dropped when its turn comes; None takes any.
    """

    scenario: Scenario = "camera"
    rate: float | None = None
    seconds: float = 24.0
    queue: int = 1
    in_flight: int = 2
    patience_s: float | None = None

    @classmethod
    def of(cls, cell: str, seconds: float, queue: int, in_flight: int, patience_s: float | None = None) -> RunRequest:
        """The run that a cell names: ``camera-30``, ``camera-max`` or ``offline``."""
        name = next(name for name in SCENARIOS if cell.startswith(name))
        rate = cell.removeprefix(name).removeprefix("-")
        # The next frame of a single stream comes when the last one is on the screen.
        at_once = 1 if name == "single-stream" else in_flight
        return cls(name, None if rate in {"", MAX} else float(rate), seconds, queue, at_once, patience_s)


def is_searched(request: RunRequest) -> bool:
    """Whether a run asks for the highest rate that is sustained."""
    return request.scenario == CAMERA and request.rate is None


def cell_names(scenarios: Sequence[str], rates: Sequence[Rate]) -> list[str]:
    """What the runs of several scenarios are called in tests' names; a camera has one for each rate."""
    return [
        name
        for scenario in scenarios
        for name in ([f"camera-{rate}" for rate in map(_rate_name, rates)] if scenario == CAMERA else [scenario])
    ]


def _rate_name(rate: Rate) -> str:
    return rate if isinstance(rate, str) else f"{rate:.6g}"


class Sight(NamedTuple):
    """A look at the screen, after a frame was taken there.

    Attributes:
        frame: number of the frame that the pipeline had taken.
        screen: number that stood on the screen; None where none could be read.
        due_s: when the frame was due, on the clock of the run.
        began_s: when its way began: the first stage took it.
        shown_s: when its pixels were on the screen.
    """

    frame: int
    screen: int | None
    due_s: float
    began_s: float
    shown_s: float


@dataclass(frozen=True)
class Run:
    """A run against a clock, with every frame of it. All times are seconds of one clock.

    Attributes:
        scenario: how frames came.
        rate: frames that came per second; None where no schedule said when.
        began_s: when the first frame was due.
        ended_s: when the last frame was shown.
        came: number of frames that came by then, those that were dropped included; they are numbered from 0.
        sights: looks at the screen, in their order.
        dropped: number of a frame -> why it was dropped by the source or the queue. Frames that were taken and never
            seen are not in it; they follow from ``sights``.
        ended: why the run ended before its time, in words; None for one that lasted as long as it was to.
        display_interval_s: seconds between two refreshes of the display; None where they are not known.
    """

    scenario: Scenario
    rate: float | None
    began_s: float
    ended_s: float
    came: int
    sights: Sequence[Sight]
    dropped: Mapping[int, Reason] = field(default_factory=dict)
    ended: str | None = None
    display_interval_s: float | None = None
