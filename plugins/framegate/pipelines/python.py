"""Frames in this process: OpenCV preprocessing, a runtime, and a renderer."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from framegate.frames.turns import TURNS, WARM_UP
from framegate.interfaces import Drawing, Frame, Renderer, Stages
from framegate.measure.stages import Clock, StageTimer
from framegate.pipelines.base import Bench, Look, StagesS

if TYPE_CHECKING:
    from framegate.interfaces import Array, Pixels
    from framegate.preprocess.tensor import ToPicture

LAST = "the last frame"


class Apart(NamedTuple):
    """What becomes of a frame, computed apart from the way that is measured.

    Attributes:
        picture: the picture that the model is fed, uint8.
        feeds: the tensors of that picture, by input.
    """

    picture: Callable[[Pixels], Pixels]
    feeds: Callable[[Pixels], Mapping[str, Array]]


class PythonPipeline:
    """Each call takes the next frame through all stages; the seconds of each stage are kept.

    Args:
        frames: endless; the first `WARM_UP` of them are for ``prepare``.
        stages: the stages of a frame, as from `frame_stages`.
        picture: the last step between ``stages``' model and its renderer, which holds the latest outputs.
        renderer: prepared; closed by whoever made it.
        drawing: how the renderer was told to draw.
        apart: what becomes of a frame.
        clock: returns seconds as a float.
    """

    def __init__(
        self,
        frames: Iterator[Frame],
        stages: Stages,
        picture: ToPicture,
        renderer: Renderer,
        drawing: Drawing,
        apart: Apart,
        clock: Clock = time.perf_counter,
    ) -> None:
        self._next = frames.__next__
        self._picture, self._renderer, self._drawing, self._apart = picture, renderer, drawing, apart
        self._latest: deque[Frame] = deque(maxlen=TURNS)
        self._timer = StageTimer(stages, clock)
        self.samples = self._timer.samples
        self.slow = self._timer.slow

    def __call__(self) -> None:
        """Take the next frame to the screen."""
        frame = self._next()
        self._latest.appendleft(frame)
        self._timer(frame.picture)

    def prepare(self, keep: Callable[[str, Pixels], None] | None = None) -> None:
        """Take the frames that drivers and runtimes start up with."""
        for index in range(WARM_UP):
            self()
            if keep is not None and index == 0:
                keep("input", self._apart.picture(self._latest[0].picture))
                keep("screen", self._renderer.read())

    def measure(self, bench: Bench) -> StagesS:
        """Call itself as often as ``bench`` does."""
        rounds = bench.run(self)
        stages_s = {stage: samples[rounds] for stage, samples in self.samples.items()}
        return stages_s if any(stages_s.values()) else {}

    def look(self) -> Sequence[Look]:
        """The last frame."""
        feeds = [self._apart.feeds(frame.picture) for frame in self._latest]
        look = Look(
            after=LAST,
            screen=self._renderer.read(),
            drawn=self._picture.tensor,
            feeds=feeds,
            outputs=self._picture.outputs,
            drawing=self._drawing,
            tolerance=self._renderer.tolerance,
        )
        return [look]

    def describe(self) -> Mapping[str, Mapping[str, Any]]:
        """Nothing beside the stages."""
        return {}

    def close(self) -> None:
        """Nothing is this pipeline's own."""
