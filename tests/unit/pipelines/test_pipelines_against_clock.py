"""What a pipeline's runs against a clock come to, on runs whose seconds are known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import pytest
from service_runs import service_run

from framegate.errors import UsageError, WrongOutput
from framegate.measure.replay import ReplayClock
from framegate.pipelines.against_clock import OneByOne, Take, endless
from framegate.realtime.run import Run, RunRequest, Sight

if TYPE_CHECKING:
    from framegate.pipelines.base import Pipeline

SERVICE_S = 0.020


class Served:
    """A pipeline whose frames take 20 ms; it keeps the samples of all its runs, and what it was asked."""

    def __init__(self) -> None:
        self.samples: dict[str, list[float]] = {"inference": []}
        self.asked: list[RunRequest] = []
        self.slow = None

    def run(self, request: RunRequest) -> Run:
        self.asked.append(request)
        rate = request.rate
        if rate is None:
            times = [SERVICE_S * number for number in range(100)]
            sights = [Sight(n, n, began_s, began_s, began_s + SERVICE_S) for n, began_s in enumerate(times)]
            run = Run("single-stream", None, 0.0, 100 * SERVICE_S, 100, sights, {})
        else:
            run = service_run(rate, math.ceil(rate * request.seconds), lambda _: SERVICE_S)
        self.samples["inference"] += [len(self.asked) + number / 1000 for number in range(len(run.sights))]
        return run


@pytest.fixture
def served() -> Served:
    return Served()


def take(served: Served, request: RunRequest) -> Take:
    return Take.of(cast("Pipeline", served), request)


def test_a_take_has_the_stages_of_its_own_frames_only(served: Served) -> None:
    request = RunRequest.of("camera-30", 1, 1, 1)
    assert take(served, request).stages_s["inference"][0] == 1
    second = take(served, request)
    assert second.stages_s["inference"][0] == 2
    assert len(second.stages_s["inference"]) == len(second.run.sights) == 30


def test_the_rounds_of_a_camera_are_ages_and_others_are_the_seconds_between_frames(served: Served) -> None:
    assert take(served, RunRequest.of("camera-10", 1, 1, 1)).rounds_s == pytest.approx([SERVICE_S] * 10)
    assert take(served, RunRequest.of("single-stream", 1, 1, 1)).rounds_s == pytest.approx([SERVICE_S] * 100)


def test_the_fastest_take_is_the_run_at_the_rate_that_is_sustained(served: Served) -> None:
    fastest = Take.fastest(cast("Pipeline", served), RunRequest.of("camera-max", 24, 1, 1), intervals=2)
    assert fastest.part.search is not None
    assert fastest.run.rate == fastest.part.rate == fastest.part.search.rate
    assert 48.5 < (fastest.run.rate or 0) < 50.5
    assert served.asked[0].scenario == "single-stream"
    at_it = [number for number, request in enumerate(served.asked, 1) if request.rate == fastest.run.rate]
    assert int(fastest.stages_s["inference"][0]) == at_it[-1]


def test_a_run_that_looks_for_a_rate_cannot_be_endless() -> None:
    assert endless(RunRequest.of("camera-30", 24, 1, 1)).seconds == math.inf
    with pytest.raises(UsageError, match="--frame-rate=max is no rate that two revisions can be compared at"):
        endless(RunRequest.of("camera-max", 24, 1, 1))


@pytest.mark.parametrize(("scenario", "seconds"), [("camera-30", 0.5), ("single-stream", 0.25)])
def test_one_frame_at_a_time_has_its_age_pass_or_its_own_time(served: Served, scenario: str, seconds: float) -> None:
    clock = ReplayClock()
    sights = iter([Sight(0, 0, 1.0, 1.25, 1.5), Sight(1, 0, 2.0, 2.25, 2.5)])
    one = OneByOne(cast("Pipeline", served), sights, clock, RunRequest.of(scenario, 1, 1, 1))
    before_s = clock()
    one()
    assert clock() - before_s == pytest.approx(seconds)
    with pytest.raises(WrongOutput, match="frame 1 was drawn, and the screen shows 0"):
        one()
