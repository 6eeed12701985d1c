"""Take frames to a screen against a clock, and read there which of them arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from framegate.errors import FrameError
from framegate.frames.numbers import unwrap
from framegate.realtime.run import Run, Sight

if TYPE_CHECKING:
    from framegate.interfaces import Frame
    from framegate.realtime.feed import Feed
    from framegate.realtime.run import RunRequest


class Watched(Protocol):
    """Takes frames to a screen, one per call."""

    def __call__(self) -> Frame:
        """Take the next frame to the screen, and return it when its pixels are there.

        Raises:
            StopIteration: there are no more frames.
        """
        ...

    def number(self) -> int | None:
        """The number that stands on the screen, its lower 16 bits, as read there; None where none can be read."""
        ...


def sights(pipeline: Watched, clock: Callable[[], float]) -> Iterator[Sight]:
    """Have a pipeline take frames until no more come, and look at its screen after each.

    Args:
        pipeline: pipeline that takes its frames from a feed.
        clock: the clock of the feed.

    Raises:
        FrameError: the source of the frames has stopped.
    """
    while True:
        try:
            frame = pipeline()
        except StopIteration:
            return
        shown_s = clock()
        number = pipeline.number()
        screen = None if number is None else unwrap(number, frame.number)
        yield Sight(frame.number, screen, frame.due_s, frame.began_s, shown_s)


def watched_run(pipeline: Watched, feed: Feed, request: RunRequest, clock: Callable[[], float]) -> Run:
    """A run from its first frame to its last.

    Args:
        pipeline: pipeline that takes its frames from ``feed``.
        feed: frames of the run.
        request: what the feed was opened for.
        clock: the clock of the feed.
    """
    seen: list[Sight] = []
    ended = None
    try:
        # One after another, so that those before a fault are kept.
        for sight in sights(pipeline, clock):
            seen.append(sight)  # noqa: PERF402
    except FrameError as error:
        ended = str(error)
    # What is due after a source has stopped does not come.
    feed.close()
    return Run(
        scenario=request.scenario,
        rate=feed.rate,
        began_s=feed.began_s,
        ended_s=seen[-1].shown_s if seen else feed.began_s,
        came=feed.came(),
        sights=seen,
        dropped=feed.dropped,
        ended=ended,
    )
