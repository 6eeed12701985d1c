"""The figures in the window are those of the suites, of the latest frames."""

import pytest

from framegate.realtime.run import Sight
from framegate.window.figures import LATEST, Latest


def latest(*frames: int, interval_s: float = 0.1, age_s: float = 0.02) -> Latest:
    looks = Latest()
    for frame in frames:
        due_s = frame * interval_s
        looks.add(Sight(frame, frame, due_s, due_s, due_s + age_s))
    return looks


def test_every_frame_is_shown() -> None:
    figures = latest(*range(11)).figures(10.0, {}, {"inference": [0.01, 0.03, 0.02], "draw": []})
    assert (figures.frames, figures.dropped, figures.wrong, figures.freezes) == (11, 0, 0, 0)
    assert figures.delivered_per_s == pytest.approx(10)
    assert figures.age_median_s == pytest.approx(0.02)
    assert figures.age_p99_s is None
    assert figures.stages_s == {"inference": 0.02}
    assert figures.lines() == [
        "delivered 10.0 of 10 per s  dropped 0  freezes 0",
        "age p50 20 ms  p99 not yet  frame 20 ms",
    ]


def test_frames_that_were_dropped_since_the_first_of_them_count() -> None:
    figures = latest(5, 6, 9).figures(10.0, {1: "queue", 7: "queue", 8: "late", 12: "queue"}, {})
    assert (figures.frames, figures.dropped) == (5, 2)


def test_a_frame_that_stands_on_the_screen_in_place_of_another_is_told() -> None:
    looks = latest(0, 1)
    looks.add(Sight(2, 1, 0.2, 0.2, 0.22))
    assert looks.figures(10.0, {}, {}).lines()[0].endswith(" 1 WRONG")


def test_as_many_are_kept_as_a_p99_takes() -> None:
    figures = latest(*range(LATEST + 50)).figures(10.0, {}, {})
    assert figures.frames == LATEST
    assert figures.age_p99_s == pytest.approx(0.02)


def test_before_the_first_frame() -> None:
    assert Latest().figures(None, {}, {}).lines()[0] == "delivered 0.0 per s  dropped 0  freezes 0"
