"""Whether what stood on the screen was right, look by look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from framegate.errors import WrongOutput
from framegate.realtime.run import Run, Sight

Fault = Literal["unreadable", "repeated", "stale", "out of order"]


def faults(run: Run) -> Iterator[tuple[Sight, tuple[Fault, ...]]]:
    """The looks at the screen with what is wrong with each; a repeated frame is a stale one too.

    A number above that of the frame just taken is no fault by itself: where several are on their way, a newer one
    may have taken a frame's place before the look.
    """
    numbers = {sight.frame for sight in run.sights}
    newest = -1
    before: Sight | None = None
    for sight in run.sights:
        screen = sight.screen
        if screen is None or screen not in numbers:
            yield sight, ("unreadable",)
        else:
            checks: tuple[tuple[Fault, bool], ...] = (
                ("repeated", before is not None and _repeats(sight, before)),
                ("stale", screen < sight.frame),
                ("out of order", screen < newest),
            )
            yield sight, tuple(fault for fault, is_so in checks if is_so)
            newest = max(newest, screen)
        before = sight


def wrong_looks(run: Run) -> int:
    """How many looks at the screen saw something wrong; what is wrong in two ways is one such look."""
    return sum(bool(wrongs) for _, wrongs in faults(run))


def verify_run(run: Run) -> None:
    """Hold the run to what every pipeline owes: each frame that it takes comes to the screen, in order.

    In ``camera`` and ``offline`` a frame may be overtaken there by a newer one, and a camera's frames may be dropped
    for a reason that the run names.

    Raises:
        WrongOutput: the first frame with which something was wrong, and what stood on the screen.
    """
    accounted = {sight.frame for sight in run.sights} | run.dropped.keys()
    following = 0
    for sight, wrongs in faults(run):
        lost = next((number for number in range(following, sight.frame) if number not in accounted), None)
        if lost is not None:
            raise WrongOutput(f"frame {lost} came, and was neither shown nor dropped for a reason")
        if wrongs or (run.scenario == "single-stream" and sight.screen != sight.frame):
            raise WrongOutput(f"frame {sight.frame} was drawn, and {_seen(sight, wrongs)}")
        following = max(following, sight.frame + 1)


def _repeats(sight: Sight, before: Sight) -> bool:
    """Whether the screen is as it was, unless the frame got there before its own look."""
    return sight.screen == before.screen and (sight.screen != sight.frame or before.frame == sight.frame)


def _seen(sight: Sight, wrongs: tuple[Fault, ...]) -> str:
    if sight.screen is None:
        return "no number could be read on the screen"
    what = {
        "unreadable": "which is no frame of the run",
        "repeated": "as before",
        "stale": "an older frame",
        "out of order": "after a newer frame",
    }
    return f"{sight.screen} stood on the screen, {what[wrongs[0]] if wrongs else 'a frame that was not due'}"
