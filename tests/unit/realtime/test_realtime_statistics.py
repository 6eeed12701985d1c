"""The numbers of runs of which everything is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from clock_runs import AGE_S, RATE, jittery_run, run_of
from hypothesis import given, settings
from hypothesis import strategies as st

from framegate.realtime.run import Reason, Run, Sight
from framegate.realtime.statistics import realtime_of


def right(*numbers: int) -> list[tuple[int, int]]:
    return [(number, number) for number in numbers]


def shown_at(*times_s: float, rate: float | None = None) -> Run:
    """Frames that are due every 10 ms and are shown then."""
    sights = [Sight(number, number, number / 100, shown_s, shown_s) for number, shown_s in enumerate(times_s)]
    return Run("camera", rate, 0.0, times_s[-1], len(times_s), sights)


def test_a_quiet_run() -> None:
    part = realtime_of(run_of(right(*range(101))))
    assert (part.scenario, part.rate, part.came, part.delivered, part.waiting) == ("camera", RATE, 101, 101, 0)
    assert [part.seconds, part.delivered_per_s] == pytest.approx([101 / RATE, RATE])
    assert part.dropped == {"queue": 0, "late": 0, "in flight": 0}
    assert (part.repeated, part.stale, part.out_of_order, part.unreadable) == (0, 0, 0, 0)
    assert part.ages_s == pytest.approx([AGE_S] * 101)
    assert [part.age_median_s, part.age_p90_s] == pytest.approx([AGE_S, AGE_S])
    assert [part.jitter_s, part.animation_error_mean_s] == pytest.approx([0, 0])
    assert (part.freezes, part.longest_freeze_s, part.frozen_s) == (0, 0, 0)
    assert (part.settled, part.ended, part.missed_display_intervals, part.search) == (True, None, None, None)


def test_what_the_samples_do_not_give_is_none_and_says_how_long_it_would_take() -> None:
    part = realtime_of(run_of(right(*range(100))))
    assert (part.age_p99_s, part.animation_error_p99_s, part.low_per_s) == (None, None, None)
    per_s = part.delivered_per_s
    assert part.more_s == {
        "age_p99_s": 562 / per_s,
        "animation_error_p99_s": 563 / per_s,
        "low_per_s": 901 / per_s,
    }
    long = realtime_of(run_of(right(*range(1001))))
    assert [long.age_p99_s, long.low_per_s] == pytest.approx([AGE_S, RATE])
    assert long.more_s == {}


def test_frames_that_come_to_the_screen_late_are_delivered_in_more_time_than_they_came_in() -> None:
    part = realtime_of(shown_at(0.4, 0.8, rate=100.0))
    assert (part.seconds, part.delivered_per_s) == (0.8, 2.5)


def test_drops_have_their_reasons_and_the_rest_was_in_flight_or_waits() -> None:
    dropped: dict[int, Reason] = {1: "queue", 2: "queue", 4: "late"}
    part = realtime_of(run_of([(0, 0), (3, 3), (5, 6), (6, 6), (8, 8)], dropped=dropped, came=12))
    # 5 was overtaken on its way, 7 was never heard of again, and 9 to 11 had only come when the run ended.
    assert part.dropped == {"queue": 2, "late": 1, "in flight": 2}
    assert (part.came, part.delivered, part.waiting, part.dropped_count) == (12, 4, 3, 5)


def test_faults_are_counted_and_a_frame_is_as_old_as_when_it_was_first_seen() -> None:
    looks = [(0, 0), (1, 0), (2, 1), (3, 3), (4, 2), (5, None), (6, 999)]
    part = realtime_of(run_of(looks))
    assert (part.repeated, part.stale, part.out_of_order, part.unreadable) == (1, 3, 1, 2)
    assert part.delivered == 4  # 0, 1, 3 and 2
    assert part.ages_s == pytest.approx([AGE_S, AGE_S + 1 / RATE, AGE_S, AGE_S + 2 / RATE])
    assert part.dropped["in flight"] == 3  # 4, 5 and 6


def test_steps_on_the_screen_are_held_against_the_cameras() -> None:
    part = realtime_of(shown_at(0.0, 0.010, 0.025, 0.030, 0.045))
    assert part.animation_error_mean_s == pytest.approx((0 + 0.005 + 0.005 + 0.005) / 4)
    assert part.jitter_s == pytest.approx(0.0025)  # of 10, 15, 5 and 15 ms, whose median is 12.5 ms


def test_where_a_frame_was_dropped_the_camera_made_two_steps_as_well() -> None:
    part = realtime_of(run_of(right(0, 1, 3, 4), dropped={2: "queue"}))
    assert part.animation_error_mean_s == pytest.approx(0)


def test_in_offline_ages_begin_with_the_way_of_a_frame() -> None:
    sights = [Sight(number, number, 0.0, number / 10, number / 10 + 0.25) for number in range(3)]
    assert realtime_of(Run("offline", None, 0.0, 0.45, 3, sights)).ages_s == pytest.approx([0.25] * 3)


@pytest.mark.parametrize(
    ("rate", "missed"),
    [(100.0, 3), (None, 3), (99.0, 3), (50.0, 1), (41.0, 0)],  # 10 ms, 10 ms, 10 ms, 20 ms, 24 ms on 10 ms
)
def test_refreshes_without_a_new_frame_are_missed(rate: float | None, missed: int) -> None:
    run = shown_at(0.0, 0.010, 0.031, 0.060, 0.070, rate=rate)
    assert realtime_of(replace(run, display_interval_s=0.010)).missed_display_intervals == missed


def test_a_run_without_frames_has_numbers_too() -> None:
    part = realtime_of(Run("camera", 30.0, 5.0, 5.0, 0, [], ended="the camera is not there"))
    assert (part.came, part.delivered, part.delivered_per_s, part.age_median_s, part.jitter_s) == (0, 0, 0, None, None)
    assert (part.more_s, part.settled, part.ended) == ({}, None, "the camera is not there")


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(-5, 40))), max_size=40),
    st.dictionaries(st.integers(0, 30), st.sampled_from(["queue", "late"]), max_size=5),
)
def test_every_frame_that_came_is_accounted_for(
    looks: list[tuple[int, int | None]], dropped: dict[int, Reason]
) -> None:
    frames = [frame for frame, _ in looks]
    run = run_of(looks, dropped={number: reason for number, reason in dropped.items() if number not in frames})
    part = realtime_of(run)
    assert part.came == part.delivered + part.dropped_count + part.waiting
    assert min(part.waiting, part.delivered, *part.dropped.values()) >= 0
    assert len(part.ages_s) == part.delivered


def test_twenty_thousand_frames_are_soon_counted() -> None:
    run = jittery_run(60, 20_000)
    part = realtime_of(run)
    assert (part.came, part.waiting, part.settled, part.freezes) == (20_000, 0, True, 0)
    assert part.age_p99_s is not None
    ages_s = sorted(part.ages_s)
    assert ages_s[int(0.99 * len(ages_s))] <= part.age_p99_s <= ages_s[int(0.995 * len(ages_s))]


def test_the_part_is_stored_and_read() -> None:
    extra_info: dict[str, Any] = {}
    part = replace(realtime_of(run_of(right(*range(100)))), ended="the clip ended")
    part.store(extra_info)
    assert type(part).read(extra_info) == part
