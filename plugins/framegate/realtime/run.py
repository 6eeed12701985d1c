"""What happened in a run against a clock: which frames came, which were seen on the screen, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

Scenario = Literal["camera", "single-stream", "offline"]
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)
"""``camera``: frames come on a schedule that waits for nobody. ``single-stream``: the next frame comes when the last is
on the screen. ``offline``: all frames are there, and as many are under way as fit."""

Reason = Literal["queue", "late", "in flight"]
"""Where a frame was dropped: newer ones pushed it out of the source's queue; it was too old when its turn came; it had
begun its way and was not seen on the screen."""


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
    """

    scenario: Scenario
    rate: float | None
    began_s: float
    ended_s: float
    came: int
    sights: Sequence[Sight]
    dropped: Mapping[int, Reason] = field(default_factory=dict)
    ended: str | None = None
