"""What every pipeline promises, checked on one that has been built and not been called yet."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from framegate.pipelines.base import Look, Pipeline
from framegate.pipelines.verify import verify_screen
from framegate.realtime.run import Run, RunRequest


class CountingBench:
    """Asks for frames one by one, and counts the rounds that it is handed otherwise."""

    def __init__(self, frames: int, *, takes_batches: bool = False) -> None:
        self.takes_batches = takes_batches
        self.calls = 0
        self._frames = frames

    def run(self, frame: Callable[[], object]) -> slice:
        for _ in range(self._frames):
            frame()
        self.calls += self._frames
        return slice(-self._frames, None)

    def repeat(self, frame: Callable[[], object], rounds: int) -> None:
        for _ in range(rounds):
            frame()
        self.calls += rounds


def check_contract(pipeline: Pipeline) -> None:
    """Prepare, measure, slow down, look, describe and close, in that order."""
    json.dumps({**pipeline.describe()})
    kept: list[Look] = []

    def keep(look: Look) -> None:
        kept.append(look)
        verify_screen(look)

    pipeline.prepare(keep)
    [first] = kept
    assert first.fed is not None
    assert first.screen.shape[-1] == 4

    batches = CountingBench(4, takes_batches=True)
    stages_s = pipeline.measure(batches)
    assert {len(seconds) for seconds in stages_s.values()} == {batches.calls}
    check_looks(pipeline)

    single = CountingBench(4)
    pipeline.measure(single)
    assert single.calls == 4
    assert list(pipeline.samples) == list(stages_s)
    assert len({len(seconds) for seconds in pipeline.samples.values()}) == 1
    check_looks(pipeline)
    check_delays(pipeline)
    json.dumps({**pipeline.describe(), **stages_s})
    pipeline.close()
    pipeline.close()


def check_run(pipeline: Pipeline, request: RunRequest) -> Run:
    """A run against a clock: every frame that came is accounted for, and stands on the screen when it is shown."""
    pipeline.prepare()
    before = {stage: len(samples) for stage, samples in pipeline.samples.items()}
    run = pipeline.run(request)
    numbers = [sight.frame for sight in run.sights]
    assert run.came >= 1  # a busy machine may have time for no more
    assert sorted([*numbers, *run.dropped]) == list(range(run.came))
    assert numbers == sorted(numbers)
    assert [sight.screen for sight in run.sights] == numbers
    assert all(sight.due_s <= sight.began_s <= sight.shown_s for sight in run.sights)
    stages_s = [samples[before.get(stage, 0) :][: len(numbers)] for stage, samples in pipeline.samples.items()]
    assert {len(seconds) for seconds in stages_s} == {len(numbers)}
    # A frame's stages lie between its beginning and its end, and do not overlap each other.
    for sight, seconds in zip(run.sights, zip(*stages_s, strict=True), strict=True):
        assert sum(seconds) <= sight.shown_s - sight.began_s + 1e-9
    check_looks(pipeline)
    return run


def check_looks(pipeline: Pipeline) -> None:
    looks = pipeline.look()
    assert looks
    for look in looks:
        verify_screen(look)
        assert look.after
        assert all(np.isfinite(values).all() for values in look.outputs.values())
        assert look.feeds[0]


def check_delays(pipeline: Pipeline) -> None:
    """A delay is in its stage, and gone when it is taken back."""
    stage, delay_s = list(pipeline.samples)[-1], 0.02
    pipeline.slow({stage: delay_s})
    pipeline()
    assert pipeline.samples[stage][-1] >= delay_s
    pipeline.slow({})
    with pytest.raises(ValueError, match=f"no stage nowhere; there is .*{stage}"):
        pipeline.slow({"nowhere": 1.0})
