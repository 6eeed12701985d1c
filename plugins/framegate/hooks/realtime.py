"""Fixtures: the cell's frames against a clock, and which of them reached the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from framegate.errors import UsageError
from framegate.hooks.gate import OPTIONS as GATED
from framegate.hooks.own import is_ours
from framegate.hooks.pipeline import clock_of, store_facts
from framegate.hooks.registries import registries_of
from framegate.hooks.settings import options_of, usage_errors
from framegate.options import REALTIME

if TYPE_CHECKING:
    from framegate.hooks.pictures import KeepLook
    from framegate.hooks.trace import WriteTrace
    from framegate.pipelines.base import Pipeline
    from framegate.realtime.run import RunRequest
    from framegate.trace.keeper import Keeper

RunFrames = Callable[["Pipeline"], None]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse options of runs against a clock that would say nothing: no test is one, or none of its kind.

    Raises:
        UsageError: one of them is on the command line.
    """
    measured = [item for item in items if is_ours(item)]
    if any("run_frames" in getattr(item, "fixturenames", ()) for item in measured):
        from framegate.matrix import check_scenarios

        named = {field for field, option in REALTIME.items() if config.getoption(option.key)}
        with usage_errors():
            check_scenarios(options_of(config), named, is_gated=GATED in config.stash)
        return
    for option in REALTIME.values() if measured else ():
        if config.getoption(option.key):
            raise pytest.UsageError(
                f"{option.flag} is for test_realtime, and {measured[0].name.partition('[')[0]} takes frames without a"
                " clock; leave it out, or run suites/test_realtime.py"
            )


@pytest.fixture
def run_request(pytestconfig: pytest.Config, frame_scenario: str, frame_pipeline: str) -> RunRequest:
    """What the cell's run is asked to be.

    Raises:
        UsageError: it looks for a rate, and the source's frames come when they come.
    """
    from framegate.frames import builtin, is_live
    from framegate.realtime.run import RunRequest, is_searched

    options = options_of(pytestconfig)
    in_flight = options.in_flight if frame_pipeline == "overlapped" else 1
    patience_s = None if options.patience_ms is None else options.patience_ms / 1000
    run_request = RunRequest.of(frame_scenario, options.seconds, options.queue, in_flight, patience_s)
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
    from framegate.results.parts import StageSamples

    clock = clock_of(pytestconfig)

    def take(pipeline: Pipeline) -> None:
        pipeline.prepare(keep_look)
        if getattr(benchmark, "runs_blocks", False):
            with pipeline.sights(endless(run_request)) as sights:
                benchmark(OneByOne(pipeline, sights, clock, run_request))
            return
        pipeline.keep_calls(trace_keeper)
        if benchmark.enabled:
            last = Take.asked(pipeline, run_request, options_of(pytestconfig).intervals, trace_keeper)
        else:
            last = Take.untimed(pipeline, run_request, trace_keeper)
        last.part.store(benchmark.extra_info)
        store_facts(benchmark.extra_info, pipeline)
        if last.run.sights:
            StageSamples(last.stages_s).store(benchmark.extra_info)
            write_trace(last.stages_s, last.kept, last.run, run_request.queue)
        seconds = iter(last.rounds_s)
        benchmark.pedantic(lambda: clock.advance(next(seconds)), rounds=len(last.rounds_s), iterations=1)

    return take
