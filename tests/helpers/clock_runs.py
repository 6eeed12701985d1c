"""Runs against a clock that nobody ran."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping

from framegate.realtime.run import Reason, Run, Scenario, Sight
from framegate.realtime.schedule import Schedule

RATE = 50.0
AGE_S = 0.015


def run_of(
    looks: Iterable[tuple[int, int | None]],
    *,
    scenario: Scenario = "camera",
    dropped: Mapping[int, Reason] | None = None,
    came: int | None = None,
) -> Run:
    """A run at 50 frames per second, of looks 15 ms after a frame's due time: the frame taken and the number seen."""
    schedule = Schedule(RATE, began_s=100.0)
    sights = []
    for frame, screen in looks:
        due_s = schedule.due_s(frame)
        sights.append(Sight(frame, screen, due_s, due_s + 0.005, due_s + AGE_S))
    frames = max([sight.frame for sight in sights] + list(dropped or ()), default=-1) + 1
    ended_s = max((sight.shown_s for sight in sights), default=100.0)
    return Run(scenario, RATE, 100.0, ended_s, frames if came is None else came, sights, dropped or {})


def jittery_run(rate: float, frames: int, *, late: Collection[int] = (), late_s: float = 0.15, seed: int = 1) -> Run:
    """A camera's run in which frames are 20 ms old and vary by a millisecond, one in a hundred by up to 20 ms.

    Args:
        rate: frames per second.
        frames: count of the frames that came.
        late: numbers of frames that are late; those before and after them are not among the one in a hundred.
        late_s: seconds by which they are late; what would be shown before them is dropped.
        seed: another jitter for each.
    """
    chance = random.Random(seed)  # noqa: S311 # no secret depends on it
    schedule = Schedule(rate, began_s=1000.0)
    near = {number + step for number in late for step in (-1, 0, 1)}
    sights: list[Sight] = []
    dropped: dict[int, Reason] = {}
    for number in range(frames):
        due_s = schedule.due_s(number)
        age_s = 0.016 + chance.gammavariate(16, 0.00025)
        age_s += chance.uniform(0, 0.02) if chance.random() < 0.01 and number not in near else 0
        shown_s = due_s + age_s + (late_s if number in late else 0)
        if sights and shown_s <= sights[-1].shown_s:
            dropped[number] = "queue"
        else:
            sights.append(Sight(number, number, due_s, shown_s - 0.01, shown_s))
    return Run("camera", rate, 1000.0, sights[-1].shown_s, frames, sights, dropped)
