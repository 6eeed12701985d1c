"""Runs of a pipeline that is nothing but the seconds that each of its frames takes, on a clock of its own."""

from __future__ import annotations

from collections.abc import Callable

from framegate.realtime.run import Reason, Run, Sight
from framegate.realtime.schedule import Schedule


def service_run(rate: float, frames: int, service_s: Callable[[int], float], queue: int = 1) -> Run:
    """A camera's run through a pipeline with one frame under way, and a queue that keeps the newest ones.

    Args:
        rate: frames that come per second.
        frames: count of the frames that come.
        service_s: number of a frame -> seconds of its way.
        queue: frames that can wait.
    """
    schedule = Schedule(rate, began_s=0.0)
    sights: list[Sight] = []
    dropped: dict[int, Reason] = {}
    number, now_s = 0, 0.0
    while number < frames:
        oldest = max(number, schedule.number_due(now_s) - queue + 1)
        dropped.update((lost, "queue") for lost in range(number, min(oldest, frames)))
        if oldest >= frames:
            break
        began_s = max(now_s, schedule.due_s(oldest))
        now_s = began_s + service_s(oldest)
        sights.append(Sight(oldest, oldest, schedule.due_s(oldest), began_s, now_s))
        number = oldest + 1
    return Run("camera", rate, 0.0, now_s, frames, sights, dropped)
