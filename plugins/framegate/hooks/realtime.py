"""Fixtures: the cell's frames against a clock, and which of them reached the screen."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.options import REALTIME, options_of
from framegate.hooks.own import is_ours
from framegate.hooks.pipeline import clock_of

if TYPE_CHECKING:
    from framegate.hooks.pictures import SavePicture
    from framegate.pipelines.base import Pipeline
    from framegate.realtime.run import Run, RunRequest

RunFrames = Callable[["Pipeline"], None]

FEW_S = 0.5
"""Seconds of a run with timing off, which only shows that it works."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse options of runs against a clock where no test that was asked for is one.

    Raises:
        UsageError: one of them is on the command line, and would say nothing.
    """
    measured = [item for item in items if is_ours(item)]
    if not measured or any("run_frames" in getattr(item, "fixturenames", ()) for item in measured):
        return
    for option in REALTIME.values():
        if config.getoption(option.key):
            raise pytest.UsageError(
                f"{option.flag} is for test_realtime, and {measured[0].name.partition('[')[0]} takes frames without a"
                " clock; leave it out, or run suites/test_realtime.py"
            )


@pytest.fixture
def run_request(pytestconfig: pytest.Config, benchmark: Any, frame_scenario: str, frame_pipeline: str) -> RunRequest:
    """What the cell's run is asked to be."""
    from framegate.realtime.run import RunRequest

    options = options_of(pytestconfig)
    in_flight = options.in_flight if frame_pipeline == "overlapped" else 1
    seconds = options.seconds if benchmark.enabled else FEW_S
    return RunRequest.of(frame_scenario, seconds, options.queue, in_flight)


@pytest.fixture
def run_frames(
    pytestconfig: pytest.Config, benchmark: Any, run_request: RunRequest, save_picture: SavePicture
) -> RunFrames:
    """Has a pipeline take frames as they come, and stores which reached the screen, when, and what their stages took.

    The rounds of the benchmark are the ages of a camera's frames when they were shown, or the seconds between frames
    where no camera says when they come.

    Raises:
        WrongOutput: a frame was not on the screen when the pipeline said that it was.
    """
    from framegate.realtime.statistics import realtime_of
    from framegate.realtime.verify import verify_run
    from framegate.results.parts import Stages

    clock = clock_of(pytestconfig)
    is_kept = options_of(pytestconfig).pictures is not None

    def take(pipeline: Pipeline) -> None:
        pipeline.prepare(save_picture if is_kept else None)
        before = {stage: len(samples) for stage, samples in pipeline.samples.items()}
        run = pipeline.run(run_request)
        verify_run(run)
        realtime_of(run).store(benchmark.extra_info)
        shown = len(run.sights)
        stages_s = {stage: samples[before.get(stage, 0) :][:shown] for stage, samples in pipeline.samples.items()}
        if shown:
            Stages(stages_s).store(benchmark.extra_info)
        seconds = iter(_rounds_s(run))
        benchmark.pedantic(lambda: clock.advance(next(seconds)), rounds=len(_rounds_s(run)), iterations=1)

    return take


def _rounds_s(run: Run) -> list[float]:
    if run.rate is not None:
        return [sight.shown_s - sight.due_s for sight in run.sights]
    times_s = [run.began_s, *(sight.shown_s for sight in run.sights)]
    return [after - before for before, after in pairwise(times_s)]
