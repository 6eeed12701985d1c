"""Fixtures: the cell's frames against a clock, and which of them reached the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.gate import OPTIONS as GATED
from framegate.hooks.own import is_ours
from framegate.hooks.pipeline import clock_of, store_facts
from framegate.hooks.registries import registries_of
from framegate.hooks.settings import options_of
from framegate.options import REALTIME
from framegate.words import ALL

if TYPE_CHECKING:
    from framegate.hooks.pictures import KeepLook
    from framegate.hooks.trace import WriteTrace
    from framegate.pipelines.base import Pipeline
    from framegate.realtime.run import RunRequest
    from framegate.trace.keeper import Keeper

RunFrames = Callable[["Pipeline"], None]

FEW_S = 0.5
"""Seconds of a run with timing off, which only shows that it works."""
UNTIMED_RATE = 30.0
"""Frames per second of a run with timing off that would look for a rate."""


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
    from framegate.pipelines.against_clock import OneByOne, Take, endless
    from framegate.realtime.run import is_searched
    from framegate.results.parts import StageSamples

    clock = clock_of(pytestconfig)

    def take(pipeline: Pipeline) -> None:
        pipeline.prepare(keep_look)
        if getattr(benchmark, "runs_blocks", False):
            with pipeline.sights(endless(run_request)) as sights:
                benchmark(OneByOne(pipeline, sights, clock, run_request))
            return
        pipeline.keep_calls(trace_keeper)
        if not is_searched(run_request):
            last = Take.of(pipeline, run_request, trace_keeper)
        elif benchmark.enabled:
            last = Take.fastest(pipeline, run_request, options_of(pytestconfig).intervals, trace_keeper)
        else:
            last = Take.of(pipeline, replace(run_request, rate=UNTIMED_RATE), trace_keeper)
        last.part.store(benchmark.extra_info)
        store_facts(benchmark.extra_info, pipeline)
        if last.run.sights:
            StageSamples(last.stages_s).store(benchmark.extra_info)
            write_trace(last.stages_s, last.kept, last.run, run_request.queue)
        seconds = iter(last.rounds_s)
        benchmark.pedantic(lambda: clock.advance(next(seconds)), rounds=len(last.rounds_s), iterations=1)

    return take
