"""A machine that is slower, or too busy, than it was: what it excuses, and what it does not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from history_of import FAILED, FIVE, entry, findings, only, run

from framegate.gate.verdicts import Verdict
from framegate.gate.worker.plugin import waited


def test_a_slow_machine_turns_a_slower_benchmark_into_one_that_cannot_be_told() -> None:
    finding = only(findings(run(entry("it", 1.5e-3, draw=5e-4), canary=1.5e-3), FIVE))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "the machine itself is slower by 50 %" in finding.reason


def busy(run: dict[str, Any], *waited: float) -> dict[str, Any]:
    run["framegate_gate"]["waited"] = list(waited)
    return run


@pytest.mark.parametrize(
    ("schedule", "times"),
    [("2000 2400 17\n", 2.2), ("2000 0 17\n", 1.0), ("0 0 0\n", 0.0), ("", 0.0), ("x y z", 0.0), (None, 0.0)],
)
def test_what_a_process_waited_is_the_systems_word(tmp_path: Path, schedule: str | None, times: float) -> None:
    if schedule is not None:
        (tmp_path / "schedstat").write_text(schedule)
    assert waited(tmp_path / "schedstat") == pytest.approx(times)


def test_a_machine_that_is_too_busy_cannot_tell() -> None:
    # The canary is the fastest of several: it finds a moment of quiet that a whole benchmark does not.
    finding = only(findings(busy(run(entry("it", 1.54e-3, draw=5e-4)), 2.1, 5.0, 3.0, 1.9, 2.2), FIVE))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "took 2.2 times as long as they ran" in finding.reason


def test_what_is_slower_than_the_wait_explains_is_a_regression() -> None:
    now = run(entry("it", 2.3e-3, draw=5e-4))
    assert only(findings(busy(copy.deepcopy(now), *[2.2] * 5), FIVE)).verdict is Verdict.REGRESSED
    assert only(findings(busy(now, *[2.4] * 5), FIVE)).verdict is Verdict.INCONCLUSIVE


def test_a_wait_that_was_as_long_before_excuses_nothing() -> None:
    before = [busy(run(entry("it", 1e-3, draw=5e-4)), 1.5, 1.6, 1.5, 1.4, 1.5) for _ in range(5)]
    now = run(entry("it", 1.15e-3, draw=5e-4))
    assert only(findings(busy(copy.deepcopy(now), 1.5, 1.5, 1.5, 1.5, 1.5), before)).verdict is Verdict.REGRESSED
    longer = only(findings(busy(now, 1.8, 1.9, 1.8, 1.8, 1.8), before))
    assert longer.verdict is Verdict.INCONCLUSIVE
    assert "the wait for a processor is longer by 20 %" in longer.reason


@pytest.mark.parametrize("waited", [None, [], [0.0] * 5, ["x"], [float("inf")], [-1.0], [1.0] * 5, [True]])
def test_a_wait_that_is_short_or_not_known_excuses_nothing(waited: Any) -> None:
    now = run(entry("it", 1.3e-3, draw=5e-4))
    now["framegate_gate"]["waited"] = waited
    assert only(findings(now, FIVE)).verdict is Verdict.REGRESSED


def test_times_that_are_all_zero_are_never_a_baseline() -> None:
    assert only(findings(run(entry("it", 0.0, draw=5e-4)), [])).verdict is Verdict.NOTHING
    assert only(findings(run(entry("it", 1e-3, draw=0.0)), [run(entry("it", 1e-3, draw=0.0))])).verdict is Verdict.SAME


def test_a_machine_that_is_a_little_slower_hides_nothing_much_slower() -> None:
    assert only(findings(run(entry("it", 3e-3, draw=5e-4), canary=1.1e-3), FIVE)).verdict is Verdict.REGRESSED


@pytest.mark.parametrize("canary", [1.5e-3, 1e-3, 0.5e-3])
def test_a_slow_machine_hides_neither_a_leak_nor_anything_else(canary: float) -> None:
    leak = entry("it", 1.5e-3, draw=5e-4, left=1)
    assert only(findings(run(leak, canary=canary), FIVE)).verdict is Verdict.REGRESSED
    assert only(findings(run(canary=canary), FIVE, {"it": [FAILED]})).verdict is Verdict.FAILED
    assert only(findings(run(canary=canary), FIVE, {})).verdict is Verdict.MISSING


@pytest.mark.parametrize("canary", [0.5e-3, 2e-3])
def test_nothing_is_divided_by_the_machines_speed(canary: float) -> None:
    now = run(entry("it", 1e-3, draw=5e-4), canary=canary)
    finding = only(findings(now, FIVE))
    assert finding.verdict is Verdict.SAME
    assert finding.shifts[0].change == pytest.approx(0)


@pytest.mark.parametrize("canary", [None, [], ["x"], [float("nan")], 3])
def test_a_machine_whose_speed_is_not_known_hides_nothing(canary: Any) -> None:
    now = run(entry("it", 1.5e-3, draw=5e-4), canary=2e-3)
    broken = copy.deepcopy(FIVE)
    for each in broken:
        each["framegate_gate"]["canary"] = canary
    assert only(findings(now, broken)).verdict is Verdict.REGRESSED
