"""The frames of runs against a clock, from a frame source of any kind."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framegate.frames import builtin, is_live
from framegate.frames.live import live_frames
from framegate.frames.numbers import NumberedPictures
from framegate.frames.sources import MOST_FRAMES
from framegate.realtime import feed

if TYPE_CHECKING:
    from framegate.interfaces import FrameSourceFactory, Pixels
    from framegate.realtime.feed import Feed
    from framegate.realtime.run import RunRequest

KEPT = 6
"""Pictures of a run that must not change after their frames have ended, as they are looked at, and some more."""


@dataclass(frozen=True)
class FrameFeeds:
    """Opens the frames of a source, again and again, each with its number in a strip.

    A source of many frames is decoded on a thread of its own while it runs. A device's frames come when they come.

    Attributes:
        source: the frame source, as `framegate.frames.sources.open_source` takes it.
        first: its first frames as they come, decoded: RGB uint8 (H, W, 3); no more than `MOST_FRAMES`.
        turns: what is shown in place of a source of one frame.
        factories: frame sources by name, beside the built-in ones.
        once: whether a run ends when its source does; else the source begins again.
    """

    source: str
    first: Sequence[Pixels]
    turns: Sequence[Pixels]
    factories: Mapping[str, FrameSourceFactory] = field(default_factory=dict)
    once: bool = False

    @contextmanager
    def __call__(self, request: RunRequest, clock: Callable[[], float]) -> Iterator[Feed]:
        """The frames of one run, for as long as the ``with`` statement lasts.

        Args:
            request: what the run is to be.
            clock: function that returns seconds as a float.

        Raises:
            FrameError: the source cannot be opened anew.
        """
        own_pace = is_live(self.source, builtin() | dict(self.factories))
        is_kept = not own_pace and not self.once and len(self.first) < MOST_FRAMES
        with ExitStack() as closing:
            pictures: Iterator[Pixels] = itertools.cycle(self.first if len(self.first) > 1 else self.turns)
            if not is_kept:
                # A camera's frames are counted where they wait, those that make room as well.
                live = live_frames(self.source, self.factories, loops=not self.once, newest=request.rate is None)
                pictures = closing.enter_context(live)
                # It may take seconds to come, and is not due before.
                pictures = itertools.chain([next(pictures)], pictures)
            if own_pace and request.rate is not None:
                yield feed.OnArrival(pictures, request.seconds, clock, request.queue, request.patience_s)
            else:
                yield feed.open_feed(request, NumberedPictures(pictures, request.in_flight + KEPT), clock)
