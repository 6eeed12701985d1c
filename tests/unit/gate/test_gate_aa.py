"""How often rules are wrong, on pairs of which the truth is known."""

from __future__ import annotations

import random
from math import log

import psutil
import pytest

from framegate.errors import ComparisonError
from framegate.gate.aa import DELAYS, LEAST_PAIRS, Rates, hogs, rates, rates_table
from framegate.gate.floors import PAIRS_FLOOR, Floors
from framegate.gate.pairs import Ended, Measured

FLOORS = Floors(general=PAIRS_FLOOR)
RULES = (
    "framegate ab",
    "pytest --gate",
    "--benchmark-compare-fail=mean:5%",
    "--benchmark-compare-fail=median:5%",
    "--benchmark-compare-fail=min:5%",
)


def identical(luck: float = 0.0) -> Measured:
    """Identical code, that was slower by a logarithm on the candidate's side; delays add what they say."""
    ratios = {delay.name: log(1 + delay.fraction) + luck for delay in DELAYS}
    return Measured(
        {"total": luck},
        {"total": (1e-3, 1e-3)},
        delayed={name: {"total": ratio} for name, ratio in ratios.items()},
        rounds_s={"": ([1e-3], [1e-3])}
        | {delay.name: ([1e-3], [1e-3 * (1 + delay.fraction) * 1.001]) for delay in DELAYS},
    )


def chance() -> random.Random:
    return random.Random(1)  # noqa: S311 # no secret


def test_on_a_machine_without_noise_every_rule_finds_what_is_beyond_its_limit_and_nothing_else() -> None:
    pairs = [{"it": identical(), "other": identical()}] * LEAST_PAIRS
    for rule, found in zip(RULES, rates(pairs, FLOORS, 10, chance()), strict=True):
        assert found == Rates(rule, 0.0, 0.0, {"+5 %": 1.0, "+10 %": 1.0}, 0.0)


def test_what_cannot_be_told_is_no_alarm() -> None:
    pairs = [{"it": identical(luck)} for luck in (-0.5, -0.3, -0.1, 0.1, 0.3, 0.5) * 5]
    ab, *_ = rates(pairs, FLOORS, 20, chance())
    assert (ab.alarms, ab.suite_alarms) == (0.0, 0.0)
    assert ab.unsure > 0.5


def test_false_alarms_are_counted_per_benchmark_and_per_run() -> None:
    # As if the code on the two sides had been the same, and one of two benchmarks always slower.
    pairs = [{"it": identical(0.2), "other": identical()}] * LEAST_PAIRS
    ab, *_ = rates(pairs, FLOORS, 10, chance())
    assert (ab.alarms, ab.suite_alarms) == (0.5, 1.0)


def test_pairs_in_which_a_benchmark_failed_are_left_out_and_enough_have_to_remain() -> None:
    good, bad = {"it": identical()}, {"it": Ended(("passed", "failed"), ("", "why"))}
    assert len(rates([*[good] * LEAST_PAIRS, bad], FLOORS, 1, chance())) == len(RULES)
    with pytest.raises(ComparisonError, match="14 of 15 pairs measured all of 1 benchmarks; 15 are needed"):
        rates([*[good] * (LEAST_PAIRS - 1), bad], FLOORS, 1, chance())


def test_the_table_has_a_line_per_rule() -> None:
    row = Rates("framegate ab", 0.001, 0.5, {"+5 %": 0.25, "+10 %": 1.0}, 0.125)
    title, *_, line = rates_table("quiet machine", [row]).splitlines()
    assert title == "quiet machine"
    assert line.split() == ["framegate", "ab", *["0.1", "%", "50.0", "%", "12.5", "%", "25.0", "%", "100.0", "%"]]


def test_hogs_are_gone_when_the_block_ends() -> None:
    own = psutil.Process()
    before = set(own.children())
    with hogs(2):
        started = set(own.children()) - before
        assert len(started) == 2
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in started)
