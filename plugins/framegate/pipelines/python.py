"""Frames in this process: OpenCV preprocessing, a runtime, and a renderer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from framegate.errors import UsageError
from framegate.frames.turns import TURNS, WARM_UP
from framegate.interfaces import Drawing, Frame, Renderer
from framegate.measure.stages import Clock
from framegate.pipelines.base import Bench, Look, StagesS
from framegate.realtime.runner import sights, watched_run

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.models.output_range import ShownRange
    from framegate.pipelines.order import Order
    from framegate.postprocess.stage import Postprocess
    from framegate.realtime.feed import Feed
    from framegate.realtime.run import Run, RunRequest, Sight
    from framegate.render.stamp import Stamp

OpenFeed = Callable[["RunRequest", Clock], AbstractContextManager["Feed"]]
"""Opens the frames of a run."""

FIRST, LAST = "the first frame", "the last frame"


class Apart(NamedTuple):
    """What becomes of a frame, computed apart from the way that is measured.

    Attributes:
        picture: the picture that the model is fed, uint8.
        feeds: the tensors of that picture, by input.
    """

    picture: Callable[[Pixels], Pixels]
    feeds: Callable[[Pixels], Mapping[str, Array]]


class Numbers(NamedTuple):
    """How frames are told apart on the screen, in runs against a clock.

    Attributes:
        stamp: last step before the renderer, which writes a frame's number into the picture that is drawn.
        open_feed: function that opens the frames of a run.
    """

    stamp: Stamp
    open_feed: OpenFeed


class PythonPipeline:
    """Each call takes the next frame through all stages; the seconds of each stage are kept.

    Args:
        frames: endless; the first `WARM_UP` of them are for ``prepare``.
        order: order in which frames go through their stages, as from `frame_stages`.
        postprocess: the stage between the model and its renderer, which holds the latest outputs.
        renderer: prepared; closed by whoever made it.
        drawing: how the renderer was told to draw.
        apart: what becomes of a frame.
        numbers: how frames are told apart on the screen; None where they are not.
        shown_range: how the values of the first frame lie in the range in which they are shown; None where a view
            draws a picture of them.
    """

    def __init__(
        self,
        frames: Iterator[Frame],
        order: Order,
        postprocess: Postprocess,
        renderer: Renderer,
        drawing: Drawing,
        apart: Apart,
        numbers: Numbers | None = None,
        shown_range: ShownRange | None = None,
    ) -> None:
        self._frames = frames
        self._postprocess, self._renderer, self._drawing, self._apart = postprocess, renderer, drawing, apart
        self._order, self._numbers, self._shown_range = order, numbers, shown_range
        self._feed: Feed | None = None
        self._latest: deque[Frame] = deque(maxlen=TURNS)
        self.samples = order.samples
        self.slow = order.slow
        self.keep_calls = order.keep_calls

    def __call__(self) -> Frame:
        """Take the next frame to the screen."""
        return self._order(self._frames, self._draws)

    def run(self, request: RunRequest) -> Run:
        """Take the frames of a run against a clock, and read their numbers on the screen.

        Raises:
            UsageError: this pipeline was built without numbers.
        """
        with self._opened(request) as feed:
            return watched_run(self, feed, request, self._order.clock)

    @contextmanager
    def sights(self, request: RunRequest) -> Iterator[Iterator[Sight]]:
        """The same frame by frame, for whoever decides how many frames a run has.

        Raises:
            UsageError: this pipeline was built without numbers.
        """
        with self._opened(request):
            yield sights(self, self._order.clock)

    @property
    def feed(self) -> Feed:
        """The frames of the run that goes on.

        Raises:
            UsageError: none does.
        """
        if self._feed is None:
            raise UsageError("this pipeline is in no run against a clock; open one with sights")
        return self._feed

    @contextmanager
    def _opened(self, request: RunRequest) -> Iterator[Feed]:
        if self._numbers is None:
            raise UsageError("this pipeline writes no numbers into its pictures; build it with them to run it")
        self._order.in_flight = request.in_flight
        with self._numbers.open_feed(request, self._order.clock) as feed:
            self._frames = self._feed = feed
            yield feed

    def number(self) -> int | None:
        """The number that stands on the screen; None where there is none."""
        return None if self._numbers is None else self._numbers.stamp.read(self._renderer)

    def fed(self) -> Pixels:
        """The picture that the model was fed for the last frame, uint8 (H, W, 3) or (H, W), computed apart."""
        return self._apart.picture(self._latest[0].picture)

    def prepare(self, keep: Callable[[Look], None] | None = None) -> None:
        """Take the frames that drivers and runtimes start up with."""
        for index in range(WARM_UP):
            self()
            if keep is not None and index == 0:
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
        feeds = [self._apart.feeds(frame.picture) for frame in self._latest]
        drawn = self._postprocess.expected()
        return Look(
            after=after,
            screen=self._renderer.read(),
            drawn=drawn if self._numbers is None else self._numbers.stamp(drawn),
            feeds=feeds,
            outputs=self._postprocess.outputs,
            drawing=self._drawing,
            tolerance=self._renderer.tolerance + self._postprocess.view.tolerance,
            shown_range=self._shown_range,
            fed=self.fed(),
            number=self._latest[0].number,
        )

    def describe(self) -> Mapping[str, Mapping[str, Any]]:
        """Nothing beside the stages."""
        return {}

    def close(self) -> None:
        """End the threads of the order."""
        self._order.close()

    def _draws(self, frame: Frame) -> None:
        self._latest.appendleft(frame)
        self._postprocess.frame = frame.picture
        if self._numbers is not None:
            self._numbers.stamp.number = frame.number
