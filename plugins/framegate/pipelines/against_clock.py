"""Runs of a pipeline against a clock: what each came to, the one at the highest rate, and one frame at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from framegate.errors import UsageError, WrongOutput
from framegate.realtime.run import CAMERA, is_searched
from framegate.realtime.search import search_rate, seconds_needed
from framegate.realtime.statistics import realtime_of
from framegate.realtime.verify import verify_run

if TYPE_CHECKING:
    from framegate.measure.replay import ReplayClock
    from framegate.pipelines.base import Pipeline
    from framegate.realtime.run import Run, RunRequest, Sight
    from framegate.results.realtime import Realtime
    from framegate.trace.keeper import Keeper, Kept

GUESS_S = 3.0
"""Seconds of the run that gives a first guess of the highest rate."""
SEARCH_S = 150.0
"""Seconds that the search for the highest rate may take."""
UNTIMED_S = 0.5
"""Seconds of a run with timing off, which only shows that it works."""
UNTIMED_RATE = 30.0
"""Frames per second of a run with timing off that would look for a rate."""


class Take(NamedTuple):
    """A run of a pipeline, and what it came to."""

    run: Run
    part: Realtime
    stages_s: dict[str, list[float]]
    kept: Kept | None = None

    @classmethod
    def of(cls, pipeline: Pipeline, request: RunRequest, keeper: Keeper | None = None) -> Take:
        """Have a pipeline take a run's frames; ``keeper``, if there is one, is given their calls, and has no others.

        Raises:
            WrongOutput: a frame was not on the screen when the pipeline said that it was.
        """
        before = {stage: len(samples) for stage, samples in pipeline.samples.items()}
        if keeper is not None:
            keeper.take()
        run = pipeline.run(request)
        verify_run(run)
        stages_s = {
            stage: samples[before.get(stage, 0) :][: len(run.sights)] for stage, samples in pipeline.samples.items()
        }
        return cls(run, realtime_of(run), stages_s, None if keeper is None else keeper.take())

    @classmethod
    def fastest(cls, pipeline: Pipeline, request: RunRequest, intervals: int, keeper: Keeper | None = None) -> Take:
        """Search the highest rate that a pipeline sustains, and return the run at it.

        Args:
            pipeline: what takes the frames.
            request: a run whose rate is searched.
            intervals: frame intervals under which the bound of the ages' p99 has to be.
            keeper: keeper of that run's calls, if there is one.

        Raises:
            WrongOutput: a frame was not on the screen when the pipeline said that it was.
        """
        takes: dict[float | None, Take] = {}

        def at(request: RunRequest) -> Realtime:
            take = cls.of(pipeline, request, keeper)
            takes[take.part.rate] = take
            return take.part

        def at_rate(rate: float) -> Realtime:
            return at(replace(request, rate=rate, seconds=seconds_needed(rate)))

        guess = at(replace(request, scenario="single-stream", seconds=GUESS_S))
        part = search_rate(at_rate, guess.delivered_per_s, intervals, SEARCH_S)
        return takes[part.rate]._replace(part=part)

    @classmethod
    def untimed(cls, pipeline: Pipeline, request: RunRequest, keeper: Keeper | None = None) -> Take:
        """Have a pipeline take the frames of a run that is as short as can be, at a rate that is not searched.

        Raises:
            WrongOutput: a frame was not on the screen when the pipeline said that it was.
        """
        rate = UNTIMED_RATE if is_searched(request) else request.rate
        return cls.of(pipeline, replace(request, seconds=UNTIMED_S, rate=rate), keeper)

    @classmethod
    def asked(cls, pipeline: Pipeline, request: RunRequest, intervals: int, keeper: Keeper | None = None) -> Take:
        """Have a pipeline take a run's frames, at the rate that it names or at the highest one.

        Args:
            pipeline: what takes the frames.
            request: the run.
            intervals: as for `fastest`.
            keeper: as for `of`.

        Raises:
            WrongOutput: a frame was not on the screen when the pipeline said that it was.
        """
        if is_searched(request):
            return cls.fastest(pipeline, request, intervals, keeper)
        return cls.of(pipeline, request, keeper)

    @property
    def rounds_s(self) -> list[float]:
        """The ages of a camera's frames when they were shown, or the seconds between frames without a camera."""
        run = self.run
        if run.scenario == CAMERA:
            return [sight.shown_s - sight.due_s for sight in run.sights]
        times_s = [run.began_s, *(sight.shown_s for sight in run.sights)]
        return [after - before for before, after in pairwise(times_s)]


def endless(request: RunRequest) -> RunRequest:
    """The same run, without an end.

    Raises:
        UsageError: it looks for a rate, and has none.
    """
    if is_searched(request):
        raise UsageError("--frame-rate=max is no rate that two revisions can be compared at; name one, such as 30")
    return replace(request, seconds=math.inf)


class OneByOne:
    """Each call takes the next frame of a run, and has its age pass on the clock; without a camera, its own time.

    Attributes:
        samples: seconds of each stage in every frame so far; none where stages work on several frames at once.
    """

    def __init__(self, pipeline: Pipeline, sights: Iterator[Sight], clock: ReplayClock, request: RunRequest) -> None:
        self._sights, self._clock = sights, clock
        self._is_late = request.rate is not None
        self.samples = pipeline.samples if request.in_flight == 1 else {}
        self.slow = pipeline.slow

    def __call__(self) -> None:
        """Take a frame.

        Raises:
            WrongOutput: it was not on the screen when the pipeline said that it was.
        """
        sight = next(self._sights)
        if sight.screen != sight.frame:
            raise WrongOutput(f"frame {sight.frame} was drawn, and the screen shows {sight.screen}")
        self._clock.advance(sight.shown_s - (sight.due_s if self._is_late else sight.began_s))
