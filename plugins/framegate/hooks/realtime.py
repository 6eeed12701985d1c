"""Fixtures: the cell's frames against a clock, and which of them reached the screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from framegate.errors import WrongOutput
from framegate.hooks.gate import OPTIONS as GATED
from framegate.hooks.options import REALTIME, options_of
from framegate.hooks.own import is_ours
from framegate.hooks.pipeline import clock_of, store_facts
from framegate.hooks.registries import ALL, registries_of

if TYPE_CHECKING:
    from framegate.hooks.pictures import KeepLook
    from framegate.hooks.trace import WriteTrace
    from framegate.measure.replay import ReplayClock
    from framegate.pipelines.base import Pipeline
    from framegate.realtime.run import Run, RunRequest, Sight
    from framegate.results.realtime import Realtime
    from framegate.trace.keeper import Keeper, Kept

RunFrames = Callable[["Pipeline"], None]

FEW_S = 0.5
"""Seconds of a run with timing off, which only shows that it works."""
GUESS_S, GUESS_RATE = 3.0, 30.0
"""Seconds of the run that gives a first guess of the highest rate; the rate with timing off, where none is sought."""
SEARCH_S = 150.0
"""Seconds that the search for the highest rate may take."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse options of runs against a clock that would say nothing: no test is one, or none of its kind.

    Raises:
        UsageError: one of them is on the command line.
    """
    measured = [item for item in items if is_ours(item)]
    if any("run_frames" in getattr(item, "fixturenames", ()) for item in measured):
        _check_scenarios(config)
        return
    for option in REALTIME.values() if measured else ():
        if config.getoption(option.key):
            raise pytest.UsageError(
                f"{option.flag} is for test_realtime, and {measured[0].name.partition('[')[0]} takes frames without a"
                " clock; leave it out, or run suites/test_realtime.py"
            )


def _check_scenarios(config: pytest.Config) -> None:
    options = options_of(config)
    cameras = not options.scenario or {"camera", ALL} & {*options.scenario}
    overlapped = {"overlapped", ALL} & {*options.pipeline}
    for name in () if cameras else ("rate", "queue", "patience_ms", "intervals"):
        if config.getoption(REALTIME[name].key):
            raise pytest.UsageError(
                f"{REALTIME[name].flag} is for a camera, and --frame-scenario={','.join(options.scenario)} has none;"
                " leave one of them out, or add camera"
            )
    if "max" in options.rate and GATED in config.stash:
        raise pytest.UsageError(
            "--gate compares runs at one rate, and --frame-rate=max searches another each time; name one, such as 30"
        )
    if config.getoption(REALTIME["in_flight"].key) and not overlapped:
        raise pytest.UsageError(
            "--frame-in-flight is for stages that overlap; add --frame-pipeline=overlapped, or leave it out"
        )


@pytest.fixture
def run_request(pytestconfig: pytest.Config, benchmark: Any, frame_scenario: str, frame_pipeline: str) -> RunRequest:
    """What the cell's run is asked to be.

    Raises:
        UsageError: it looks for a rate, and the source's frames come when they come.
    """
    from framegate.errors import UsageError
    from framegate.frames import builtin, is_live
    from framegate.realtime.run import RunRequest, is_searched

    options = options_of(pytestconfig)
    in_flight = options.in_flight if frame_pipeline == "overlapped" else 1
    seconds = options.seconds if benchmark.enabled else FEW_S
    run_request = RunRequest.of(frame_scenario, seconds, options.queue, in_flight)
    if options.patience_ms is not None:
        run_request = replace(run_request, patience_s=options.patience_ms / 1000)
    sources = builtin() | dict(registries_of(pytestconfig).frame_sources)
    if is_searched(run_request) and is_live(options.source, sources):
        raise UsageError(
            f"--frame-rate=max searches a rate, and {options.source} has one of its own; leave it out, or give another"
            " --frame-source"
        )
    return run_request


@pytest.fixture
def run_frames(
    pytestconfig: pytest.Config,
    benchmark: Any,
    run_request: RunRequest,
    keep_look: KeepLook | None,
    trace_keeper: Keeper | None,
    write_trace: WriteTrace,
) -> RunFrames:
    """Has a pipeline take frames as they come, and stores which reached the screen, when, and what their stages took.

    The rounds of the benchmark are the ages of a camera's frames when they were shown, or the seconds between frames
    where no camera says when they come.

    Raises:
        WrongOutput: a frame was not on the screen when the pipeline said that it was.
    """
    from framegate.realtime.run import is_searched
    from framegate.realtime.search import search_rate, seconds_needed
    from framegate.results.parts import StageSamples

    clock = clock_of(pytestconfig)

    def take(pipeline: Pipeline) -> None:
        pipeline.prepare(keep_look)
        if getattr(benchmark, "runs_blocks", False):
            with pipeline.sights(endless(run_request)) as sights:
                benchmark(OneByOne(pipeline, sights, clock, run_request))
            return
        takes: dict[float | None, Take] = {}
        pipeline.keep_calls(trace_keeper)

        def at(request: RunRequest) -> Realtime:
            take = Take.of(pipeline, request, trace_keeper)
            takes[take.part.rate] = take
            return take.part

        def at_rate(rate: float) -> Realtime:
            return at(replace(run_request, rate=rate, seconds=seconds_needed(rate)))

        if is_searched(run_request) and benchmark.enabled:
            guess = at(replace(run_request, scenario="single-stream", seconds=GUESS_S))
            part = search_rate(at_rate, guess.delivered_per_s, options_of(pytestconfig).intervals, SEARCH_S)
        else:
            part = at(replace(run_request, rate=GUESS_RATE) if is_searched(run_request) else run_request)
        part.store(benchmark.extra_info)
        store_facts(benchmark.extra_info, pipeline)
        last = takes[part.rate]
        if last.run.sights:
            StageSamples(last.stages_s).store(benchmark.extra_info)
            write_trace(last.stages_s, last.kept, last.run, run_request.queue)
        rounds_s = _rounds_s(last.run)
        seconds = iter(rounds_s)
        benchmark.pedantic(lambda: clock.advance(next(seconds)), rounds=len(rounds_s), iterations=1)

    return take


def endless(request: RunRequest) -> RunRequest:
    """The same run, without an end.

    Raises:
        UsageError: it looks for a rate, and has none.
    """
    from framegate.errors import UsageError
    from framegate.realtime.run import is_searched

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
        from framegate.realtime.statistics import realtime_of
        from framegate.realtime.verify import verify_run

        before = {stage: len(samples) for stage, samples in pipeline.samples.items()}
        if keeper is not None:
            keeper.take()
        run = pipeline.run(request)
        verify_run(run)
        stages_s = {
            stage: samples[before.get(stage, 0) :][: len(run.sights)] for stage, samples in pipeline.samples.items()
        }
        return cls(run, realtime_of(run), stages_s, None if keeper is None else keeper.take())


def _rounds_s(run: Run) -> list[float]:
    from framegate.realtime.run import CAMERA

    if run.scenario == CAMERA:
        return [sight.shown_s - sight.due_s for sight in run.sights]
    times_s = [run.began_s, *(sight.shown_s for sight in run.sights)]
    return [after - before for before, after in pairwise(times_s)]
