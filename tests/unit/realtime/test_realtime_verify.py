"""A pipeline that shows something else than it should is found at the first frame that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from clock_runs import run_of

from framegate.errors import WrongOutput
from framegate.realtime.run import SCENARIOS, Run, Scenario
from framegate.realtime.verify import verify_run

Looks = Iterable[tuple[int, int | None]]
FRAMES = range(1_000)
AT = 500
"""The frame with which a mutant begins to be wrong; it is to be found by ten frames later."""


def before() -> Looks:
    return [(frame, frame - 1 if frame >= AT else frame) for frame in FRAMES]


def once_repeated() -> Looks:
    return [(frame, frame - 1 if frame == AT else frame) for frame in FRAMES]


def drawn_only_once() -> Looks:
    return [(frame, min(frame, AT)) for frame in FRAMES]


def swapped() -> Looks:
    return [(frame, {AT: AT + 1, AT + 1: AT}.get(frame, frame)) for frame in FRAMES]


def swapped_ways() -> Looks:
    return [(number, number) for frame in FRAMES for number in [{AT: AT + 1, AT + 1: AT}.get(frame, frame)]]


def taken_twice() -> Looks:
    return [(number, number) for frame in FRAMES for number in [AT if frame == AT + 1 else frame]]


def lost() -> Looks:
    return [(frame, frame) for frame in FRAMES if frame != AT]


def black() -> Looks:
    return [(frame, None if frame == AT else frame) for frame in FRAMES]


def another() -> Looks:
    return [(frame, 65_535 if frame == AT else frame) for frame in FRAMES]


MUTANTS = [before, once_repeated, drawn_only_once, swapped, swapped_ways, taken_twice, lost, black, another]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_mutant_is_found_within_ten_frames(mutant: Callable[[], Looks], scenario: Scenario) -> None:
    looks = list(mutant())
    verify_run(run_of(looks[:AT], scenario=scenario))
    with pytest.raises(WrongOutput):
        verify_run(run_of(looks[: AT + 10], scenario=scenario))


@pytest.mark.parametrize(
    ("looks", "message"),
    [
        ([(0, None)], "frame 0 was drawn, and no number could be read on the screen"),
        ([(0, 0), (1, 7)], "frame 1 was drawn, and 7 stood on the screen, which is no frame of the run"),
        ([(0, 0), (1, 0)], "frame 1 was drawn, and 0 stood on the screen, as before"),
        ([(0, 0), (1, 1), (2, 2), (3, 1)], "frame 3 was drawn, and 1 stood on the screen, an older frame"),
        ([(1, 1), (0, 0)], "frame 0 was drawn, and 0 stood on the screen, after a newer frame"),
        ([(0, 0), (2, 2)], "frame 1 came, and was neither shown nor dropped for a reason"),
        ([(0, 1), (1, 1)], "frame 0 was drawn, and 1 stood on the screen, a frame that was not due"),
    ],
)
def test_the_first_wrong_frame_is_named_with_what_was_seen(looks: Looks, message: str) -> None:
    with pytest.raises(WrongOutput) as error:
        verify_run(run_of(looks, scenario="single-stream"))
    assert str(error.value) == message


RIGHT_RUNS = [
    run_of([]),
    run_of([(0, 0), (1, 1)], scenario="single-stream"),
    run_of([(0, 0), (3, 3)], dropped={1: "queue", 2: "late"}),
    run_of([(0, 0), (1, 2), (2, 2), (3, 3)]),  # 1 was overtaken
    run_of([(0, 0), (1, 1)], came=9),
]


@pytest.mark.parametrize("run", RIGHT_RUNS)
def test_a_right_run_is_right(run: Run) -> None:
    verify_run(run)
