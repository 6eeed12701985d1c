"""One number for each family of a launch."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from framegate.gate.samples import FRAME_S, checked_seconds, exact_counts, families, p95, value_of
from framegate.results.parts import ScreenCosts


def test_the_95th_percentile_is_one_of_the_values() -> None:
    assert p95([float(value) for value in range(1, 101)]) == 95
    assert p95([float(value) for value in range(20, 0, -1)]) == 19
    assert p95([7.0]) == 7


@pytest.mark.parametrize(("stat", "value"), [("min", 1.0), ("median", 3.0), ("p95", 5.0)])
def test_what_stands_for_a_launch(stat: Any, value: float) -> None:
    assert value_of([5.0, 1.0, 3.0, 4.0, 2.0], stat) == value


def test_a_benchmark_without_stages_has_its_total() -> None:
    assert families([0.2, 0.1], {}, "min") == {"total": 0.1}


def test_130_rounds_have_a_95th_percentile_and_fewer_have_none() -> None:
    rounds = [float(value) for value in range(1, 131)]
    assert families(rounds, {}, "min") == {"total": 1.0, "p95": 124.0}
    assert families(rounds, {}, "p95") == {"total": 124.0}
    assert "p95" not in families(rounds[:-1], {}, "min")


def test_a_frame_has_stages_and_misses_its_turn() -> None:
    rounds = [FRAME_S, FRAME_S + 1e-6, 0.01, 0.02]
    found = families(rounds, {"inference": [0.3, 0.2], "draw": [0.0, 0.1]}, "min")
    assert found == {"total": 0.01, "inference": 0.2, "draw": 0.0, "missed": 0.25}
    assert "missed" not in families(rounds, {"build": [1.0]}, "min")


@pytest.mark.parametrize("seconds", [[], [0.1, nan], [inf], [-0.1], [0.0, 0.0], ["0.1"], [None]])
def test_invalid_duration_is_refused(seconds: Any) -> None:
    with pytest.raises(ValueError, match=r"invalid duration|no times|are zero"):
        checked_seconds(seconds)


SCREEN = ScreenCosts(12, 16, copy_s=0.1, passes_s={}, gpu_s=None, frame_s=0.2, in_flight_s=0.1)


def test_exact_counts_by_their_last_names() -> None:
    extra = {"screen": SCREEN.stored(), "browser": {"tensors_left": 0, "bytes_left": 0.5}, "frame": {"size": 3}}
    assert exact_counts(extra) == {"tensor_bytes": 12, "uploaded_bytes": 16, "tensors_left": 0}
    assert exact_counts({"screen": None, "browser": "no"}) == exact_counts({}) == {}
