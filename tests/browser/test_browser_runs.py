"""From what a page tells of its frames to a run: numbers, times and drops, without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from framegate.browser.results import PageRun
from framegate.browser.runs import page_run
from framegate.browser.trace import Mark
from framegate.realtime.run import RunRequest

RATE = 10.0
CAMERA = RunRequest("camera", RATE)
STAGES = {"upload": 0.01, "draw": 0.02}


def answer(*frames: Sequence[Any], ended: str | None = None) -> dict[str, Any]:
    """The page's answer, for a number, when it was due, and the number on the canvas, if that is another one."""
    sights = [
        (number, screen[0] if screen else number, due_s, due_s + 0.05, due_s + 0.15, STAGES)
        for number, due_s, *screen in frames
    ]
    return {
        "sights": sights,
        "began": 1.0,
        "display_interval": None,
        "ended": ended,
        "tensors_left": 0,
        "bytes_left": 0,
    }


def taken(*frames: Sequence[Any], numbers: int = 100) -> PageRun:
    return page_run(CAMERA, answer(*frames), 0.0, numbers)


def numbers_of(measured: PageRun) -> list[int]:
    return [sight.frame for sight in measured.run.sights]


def test_frames_are_numbered_from_the_first_and_on_this_process_clock() -> None:
    measured = page_run(CAMERA, answer((7, 2.0), (8, 2.1, 7), (10, 2.3), ended="why"), 1000.0, 100)
    run = measured.run
    assert (run.scenario, run.rate, run.came, run.ended) == ("camera", RATE, 4, "why")
    assert tuple(run.sights[1]) == pytest.approx((1, 0, 1002.1, 1002.15, 1002.25))
    assert [(sight.frame, sight.screen) for sight in run.sights] == [(0, 0), (1, 0), (3, 3)]
    assert run.dropped == {2: "queue"}
    assert [run.began_s, run.ended_s] == pytest.approx([1002.0, 1002.45])
    assert (measured.frames, measured.stages_s) == (3, {"upload": [0.01] * 3, "draw": [0.02] * 3})


def test_a_canvas_without_a_number_is_a_look_all_the_same() -> None:
    assert [sight.screen for sight in taken((3, 1.0), (4, 1.1, None)).run.sights] == [0, None]


def test_a_run_without_frames_is_one() -> None:
    measured = page_run(CAMERA, answer(ended="no camera"), 10.0, 100)
    assert (measured.run.came, measured.run.sights, measured.run.ended) == (0, [], "no camera")
    assert measured.run.began_s == measured.run.ended_s == 11.0
    assert measured.stages_s == {}


def test_a_clip_that_begins_again_goes_on_counting_and_its_first_picture_counts_once() -> None:
    measured = taken((98, 1.0), (99, 1.1), (0, 1.2), (0, 1.3), (1, 1.4), (51, 6.5))
    assert numbers_of(measured) == [0, 1, 2, 3, 53]
    assert len(measured.stages_s["draw"]) == 5


def test_a_gap_longer_than_half_the_clip_follows_from_the_time() -> None:
    assert numbers_of(taken((1, 1.0), (81, 9.0), (1, 21.0))) == [0, 80, 200]


def test_a_picture_that_is_newer_than_its_time_gets_the_time_that_it_was_due() -> None:
    run = taken((1, 1.0), (3, 1.1), (3, 1.2), (4, 1.3)).run
    assert [(sight.frame, sight.due_s) for sight in run.sights] == [
        (0, 1.0),
        (2, pytest.approx(1.2)),
        (3, pytest.approx(1.3)),
    ]
    assert run.sights[1].began_s == pytest.approx(1.2)


def test_a_first_picture_that_is_newer_than_its_time_counts_once() -> None:
    run = taken((1, 1.0), (1, 1.1), (2, 1.2)).run
    assert [(sight.frame, sight.due_s) for sight in run.sights] == [(0, 1.1), (1, 1.2)]
    assert (run.came, run.began_s) == (2, 1.1)
    assert numbers_of(taken((99, 1.0), (99, 1.1), (0, 1.2), (2, 1.4))) == [0, 1, 3]


def test_a_page_that_takes_its_first_picture_twice_shows_it() -> None:
    assert numbers_of(taken((1, 1.0), (1, 1.1), (3, 1.2))) == [0, 0, 2]


def test_what_a_frame_did_before_its_picture_was_due_is_in_no_stage() -> None:
    told = answer((1, 1.0), (3, 1.1))
    told["sights"][1] = (3, 3, 1.1, 1.15, 1.25, {"upload": 0.06, "draw": 0.04})
    measured = page_run(CAMERA, told, 0.0, 100)
    assert measured.run.sights[1].began_s == pytest.approx(1.2)
    assert measured.stages_s == {"upload": [0.01, pytest.approx(0.01)], "draw": [0.02, 0.04]}


@pytest.mark.parametrize("times_s", [(1.0, 1.252, 1.453), (1.0, 1.33, 1.4)])
def test_a_newer_picture_that_is_taken_again_counts_once_however_its_times_are_off(times_s: Sequence[float]) -> None:
    first, newer, again = times_s
    assert numbers_of(taken((1, first), (5, newer), (5, again), (6, again + 0.1))) == [0, 4, 5]


def test_a_camera_s_unrest_is_none_of_the_page_s_doing() -> None:
    times_s = [1.0, 1.16, 1.2, 1.34, 1.4]
    run = taken(*enumerate(times_s)).run
    assert [sight.due_s for sight in run.sights] == times_s
    assert numbers_of(taken(*enumerate(times_s))) == [0, 1, 2, 3, 4]


def test_a_page_that_is_fed_the_same_picture_always_shows_it() -> None:
    assert numbers_of(taken((5, 1.0), (5, 1.1), (5, 1.2))) == [0, 0, 0]


def test_frames_of_no_schedule_follow_each_other() -> None:
    measured = page_run(RunRequest("single-stream"), answer((65535, 1.0), (65536, 1.01, 0), (65537, 9.0, 1)), 0.0)
    assert [(sight.frame, sight.screen) for sight in measured.run.sights] == [(0, 0), (1, 1), (2, 2)]
    assert measured.run.dropped == {}


def test_a_frame_is_shown_when_the_display_has_it_and_dropped_in_flight_when_it_never_does() -> None:
    frames = answer((1, 1.0), (2, 1.1), (4, 1.3))
    marks = [Mark(1, 1.14, 1.2), Mark(2, 1.24, None), Mark(4, 1.44, 1.49)]
    measured = page_run(CAMERA, frames, 100.0, 100, marks)
    assert [sight.frame for sight in measured.run.sights] == [0, 1, 3]
    assert measured.run.dropped == {2: "queue"}
    assert measured.display is not None
    run = measured.display.run
    assert [(sight.frame, sight.shown_s) for sight in run.sights] == [(0, 101.2), (3, 101.49)]
    assert run.dropped == {1: "in flight", 2: "queue"}
    assert run.ended_s == 101.49
    assert measured.display.behind_s == pytest.approx([0.05, 0.04])
