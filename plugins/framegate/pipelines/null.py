"""A pipeline without model and screen: frames end in memory. The template for new ones, and a test double."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from framegate.errors import UsageError
from framegate.frames.numbers import read_number
from framegate.interfaces import Frame, Pixels, Stage
from framegate.measure.stages import Clock, KeepCall, StageTimer
from framegate.pipelines.base import Bench, Look, StagesS
from framegate.realtime.runner import sights, watched_run

if TYPE_CHECKING:
    from framegate.interfaces import Array
    from framegate.realtime.feed import Feed
    from framegate.realtime.run import Run, RunRequest, Sight

FIRST, LAST = "the first frame", "the last frame"


class NullPipeline:
    """Each frame is copied to a screen in memory, as its own output.

    Args:
        frames: endless; the first is for ``prepare``.
        clock: function that returns seconds as a float.
        open_feed: function that opens the frames of a run, whose pictures have their numbers in a strip.
    """

    def __init__(
        self,
        frames: Iterator[Frame],
        clock: Clock = time.perf_counter,
        open_feed: Callable[[RunRequest, Clock], AbstractContextManager[Feed]] | None = None,
    ) -> None:
        self._frames = frames
        self._clock, self._open_feed = clock, open_feed
        self._screen = np.zeros((0, 0, 4), np.uint8)
        self._fed: list[Pixels] = []
        self._timer = StageTimer((Stage("inference", self._infer), Stage("present", self._present)), clock)
        self.samples = self._timer.samples
        self.slow = self._timer.slow

    def __call__(self) -> Frame:
        """Take the next frame to the screen."""
        frame = next(self._frames)
        self._fed = [frame.picture, *self._fed[:1]]
        self._timer(frame.picture, frame.number)
        return frame

    def keep_calls(self, keep: KeepCall | None) -> None:
        """Have ``keep`` given the clock's readings from now on."""
        self._timer.keep = keep

    def run(self, request: RunRequest) -> Run:
        """Take the frames of a run; their numbers are in the pictures.

        Raises:
            UsageError: nothing was given to open them with.
        """
        with self._opened(request) as feed:
            return watched_run(self, feed, request, self._clock)

    @contextmanager
    def sights(self, request: RunRequest) -> Iterator[Iterator[Sight]]:
        """The same frame by frame."""
        with self._opened(request):
            yield sights(self, self._clock)

    @contextmanager
    def _opened(self, request: RunRequest) -> Iterator[Feed]:
        if self._open_feed is None:
            raise UsageError("this pipeline has no frames for a run; build it with open_feed")
        with self._open_feed(request, self._clock) as feed:
            self._frames = feed
            yield feed

    def number(self) -> int | None:
        """The number in the strip of the picture on the screen."""
        return read_number(self._screen[..., :3])

    def prepare(self, keep: Callable[[Look], None] | None = None) -> None:
        """Take one frame."""
        self()
        if keep is not None:
            keep(self._look(FIRST))

    def measure(self, bench: Bench) -> StagesS:
        """Call itself as often as ``bench`` does."""
        rounds = bench.run(self)
        stages_s = {stage: samples[rounds] for stage, samples in self.samples.items()}
        return stages_s if any(stages_s.values()) else {}

    def look(self) -> Sequence[Look]:
        """The last frame."""
        return [self._look(LAST)]

    def _look(self, after: str) -> Look:
        drawn = self._drawn(self._fed[0])
        feeds = [{"frame": self._drawn(fed)} for fed in self._fed]
        return Look(after, self._read(), drawn, feeds, {"frame": drawn}, fed=self._fed[0])

    def describe(self) -> Mapping[str, Mapping[str, Any]]:
        """Nothing beside the stages."""
        return {}

    def close(self) -> None:
        """Drop the screen."""
        self._screen = np.zeros((0, 0, 4), np.uint8)

    def _infer(self, picture: Pixels) -> Pixels:
        return picture

    def _present(self, picture: Pixels) -> None:
        height, width, _ = picture.shape
        self._screen = np.full((height, width, 4), 255, np.uint8)
        self._screen[..., :3] = picture

    def _read(self) -> Pixels:
        return self._screen

    @staticmethod
    def _drawn(picture: Pixels) -> Array:
        return (picture / np.float32(255)).astype(np.float32)
