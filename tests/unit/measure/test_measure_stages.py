import itertools
from collections.abc import Callable, Mapping
from typing import Any, Never

import numpy as np
import pytest

from framegate.interfaces import Array, Pixels, Size, Stage
from framegate.measure.frame import FRAME_STAGES, FrameLoop, frame_stages
from framegate.measure.stages import StageTimer, run
from framegate.postprocess.base import View, ViewRequest
from framegate.postprocess.placement import InputPlacement
from framegate.postprocess.stage import Postprocess


def ticking(*steps: float) -> Callable[[], float]:
    """A clock that moves on by the given seconds, one step a reading."""
    return itertools.accumulate(steps).__next__


CHAIN = (Stage("double", lambda value: 2 * value), Stage("text", str))


def test_run_passes_the_value_on() -> None:
    assert run(CHAIN, 4) == "8"


def test_each_stage_gets_the_time_between_two_readings() -> None:
    timer = StageTimer(CHAIN, ticking(100, 3, 5, 1000, 7, 11))
    assert timer(4) == "8"
    assert timer(5) == "10"
    assert timer.samples == {"double": [3, 7], "text": [5, 11]}


def test_rounds_leaves_out_the_warm_up_and_the_last_call() -> None:
    timer = StageTimer(CHAIN[:1], ticking(*range(1, 13)))
    for value in range(6):
        timer(value)
    assert timer.samples == {"double": [2, 4, 6, 8, 10, 12]}
    assert timer.rounds(3) == {"double": [6, 8, 10]}
    assert timer.rounds(2, calls_after=0) == {"double": [10, 12]}


def test_two_stages_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="share a name"):
        StageTimer([CHAIN[0], CHAIN[0]])


def test_an_error_in_a_stage_leaves_no_half_sample_behind_it() -> None:
    def broken(_: Any) -> Never:
        raise RuntimeError("broken")

    timer = StageTimer([CHAIN[0], Stage("broken", broken)], ticking(1, 1, 1))
    with pytest.raises(RuntimeError):
        timer(1)
    assert timer.samples == {"double": [], "broken": []}


def test_a_delay_in_a_view_comes_out_as_put_in() -> None:
    clock = itertools.count()

    class Slow(View):
        def __call__(self, outputs: Mapping[str, Array], frame: Pixels) -> Pixels:
            for _ in range(int(outputs["seconds"])):
                next(clock)
            return frame

    frame = np.zeros((2, 3, 3), np.uint8)
    view = Slow(ViewRequest(("seconds",), InputPlacement.same(Size(2, 3))))
    stages = frame_stages(
        preprocess=lambda number: number,
        model=(Stage("inference", lambda number: {"seconds": np.array(number)}), Stage("readback", lambda made: made)),
        postprocess=Postprocess(view, frame, {}),
        renderer=tuple(Stage(name, lambda picture: picture) for name in ("convert", "draw", "present")),
    )
    loop = FrameLoop([3, 50, 0], stages, clock.__next__)
    for _ in range(3):
        loop()
    # Each reading of this clock is itself one second.
    samples = {name: [second - 1 for second in seconds] for name, seconds in loop.timer.samples.items()}
    assert samples == {name: [3, 50, 0] if name == "postprocess" else [0, 0, 0] for name in FRAME_STAGES}


def test_a_frame_has_its_six_stages_and_to_picture_counts_as_convert() -> None:
    seen = []
    clock = itertools.count()

    def stage(name: str, seconds: int) -> Callable[[Any], str]:
        def call(value: Any) -> str:
            seen.append((name, value))
            for _ in range(seconds):
                next(clock)
            return f"{value}>{name}"

        return call

    stages = frame_stages(
        preprocess=stage("preprocess", 1),
        model=(Stage("inference", stage("inference", 20)), Stage("readback", stage("readback", 3))),
        postprocess=stage("postprocess", 4),
        renderer=(
            Stage("convert", stage("convert", 5)),
            Stage("draw", stage("draw", 6)),
            Stage("present", stage("present", 7)),
        ),
    )
    loop = FrameLoop(["f0", "f1"], stages, clock.__next__)
    for _ in range(3):
        loop()
    assert tuple(stage.name for stage in stages) == FRAME_STAGES
    # Each reading of this clock is itself one second.
    assert {name: samples[0] - 1 for name, samples in loop.timer.samples.items()} == {
        "preprocess": 1,
        "inference": 20,
        "readback": 3,
        "postprocess": 4,
        "convert": 5,
        "draw": 6,
        "present": 7,
    }
    assert [value for name, value in seen if name == "preprocess"] == ["f0", "f1", "f0"]
    assert seen[6] == ("present", "f0>preprocess>inference>readback>postprocess>convert>draw")
