"""Numbers of runs against a clock that nobody made."""

from __future__ import annotations

from dataclasses import replace

from framegate.results.realtime import Attempt, Realtime, Search

QUIET = Realtime(
    scenario="camera",
    rate=30.0,
    seconds=24.0,
    came=720,
    delivered=720,
    delivered_per_s=30.0,
    dropped={"queue": 0, "late": 0, "in flight": 0},
    waiting=0,
    repeated=0,
    stale=0,
    out_of_order=0,
    unreadable=0,
    ages_s=(),
    age_median_s=0.0181,
    age_p90_s=0.0195,
    age_p99_s=0.0213,
    low_per_s=None,
    jitter_s=0.0004,
    animation_error_mean_s=0.0006,
    animation_error_p99_s=0.002,
    freezes=0,
    longest_freeze_s=0.0,
    frozen_s=0.0,
    settled=True,
)
BUSY = replace(
    QUIET,
    delivered=630,
    delivered_per_s=26.25,
    dropped={"queue": 85, "late": 3, "in flight": 1},
    waiting=1,
    age_p99_s=None,
    more_s={"age_p99_s": 1.22, "low_per_s": 14.0},
    freezes=2,
    longest_freeze_s=0.21,
)


def searched(sustained: float | None, failed: float | None) -> Search:
    attempts = [Attempt(sustained, sustained=True, dropped=0, age_p99_s=0.01)] if sustained else []
    attempts += [Attempt(failed, sustained=False, dropped=9, age_p99_s=None)] if failed else []
    return Search(sustained, 2.0, tuple(attempts))
