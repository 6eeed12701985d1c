"""Both stages of a comparison, from scripted pairs to findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import log

import pytest
from pairs_of import always, measured, scripted

from framegate.gate.ab import Comparison, Turn, conclude, measure
from framegate.gate.floors import PAIRS_FLOOR, Floors
from framegate.gate.pairs import Ended, Measured
from framegate.gate.verdicts import Finding, Verdict

FLOORS = Floors(general=PAIRS_FLOOR)
QUIET = (-0.002, -0.001, 0.0, 0.001, 0.002)


def constant(**ratios: float) -> dict[str, Measured]:
    return {"it": measured(**ratios)}


def of(pairs: Mapping[str, Measured | Ended], floors: Floors = FLOORS) -> Finding:
    comparison = Comparison([pairs] * 5, [pairs] * 10)
    (finding,) = conclude(comparison, floors)
    return finding


def test_what_stage_one_settles_is_measured_in_five_pairs() -> None:
    run_pair, calls = scripted([constant(total=value) for value in QUIET])
    comparison = measure(run_pair, FLOORS)
    assert [wanted for wanted, _ in calls] == [None] * 5
    assert [str(turn) for _, turn in calls][:2] == ["pair 1 of 5", "pair 2 of 5"]
    (finding,) = conclude(comparison, FLOORS)
    assert finding.verdict is Verdict.SAME
    assert finding.shifts[0].p is None
    assert finding.shifts[0].change == pytest.approx(0)


@pytest.mark.parametrize(("median", "pairs"), [(0.0198, 5), (0.0199, 15), (-0.0199, 15), (-0.0198, 5)])
def test_two_percent_either_way_is_looked_at_again(median: float, pairs: int) -> None:
    first = [constant(total=value) for value in (-1.0, -1.0, median, 1.0, 1.0)]
    run_pair, calls = scripted([*first, *[constant(total=0.0)] * 10])
    measure(run_pair, FLOORS)
    assert len(calls) == pairs


def test_the_first_five_are_thrown_away() -> None:
    run_pair, _ = scripted([*[constant(total=1.0)] * 5, *[constant(total=value) for value in (*QUIET, *QUIET)]])
    (finding,) = conclude(measure(run_pair, FLOORS), FLOORS)
    assert finding.verdict is Verdict.SAME
    assert finding.shifts[0].change == pytest.approx(0, abs=1e-3)


def test_only_what_is_open_is_measured_again() -> None:
    def make() -> dict[str, Measured]:
        return {"slow": measured(total=log(1.1)), "same": measured(total=0.0)}

    wanted = []

    def run_pair(keys: object, turn: Turn) -> Mapping[str, Measured | Ended]:
        wanted.append(keys)
        return always(make)(keys, turn)  # type: ignore[arg-type]  # what measure passes

    findings = conclude(measure(run_pair, FLOORS), FLOORS)
    assert wanted == [None] * 5 + [["slow"]] * 10
    assert [each.verdict for each in findings] == [Verdict.REGRESSED, Verdict.SAME]


def test_a_stage_is_named_and_the_rest_is_the_same() -> None:
    finding = of(constant(total=0.0, draw=log(1.18), convert=0.0))
    assert finding.verdict is Verdict.REGRESSED
    assert [shift.family for shift in finding.worst()] == ["draw"]
    assert finding.worst()[0].change == pytest.approx(0.18)


def test_a_stage_that_moved_by_fewer_microseconds_than_count_has_not() -> None:
    assert of({"it": measured(base_s=1e-4, total=0.0, draw=log(1.18))}).verdict is Verdict.SAME


def test_a_marker_on_the_candidates_side_is_the_floor() -> None:
    slow = measured(total=log(1.18))
    slow.marker = {"floor": 0.2}
    assert of({"it": slow}).verdict is Verdict.SAME
    slow.marker = {"floor": 0.01, "absolute_s": 1.0}
    assert of({"it": slow}).verdict is Verdict.SAME


def test_what_is_skipped_in_one_pair_and_slower_in_the_others_does_not_pass() -> None:
    slow: dict[str, Measured | Ended] = {"it": measured(total=log(2))}
    skipped: dict[str, Measured | Ended] = {"it": Ended(("skipped", "skipped"), ("busy", "busy"))}
    (finding,) = conclude(Comparison([slow, skipped, slow, slow, slow], []), FLOORS)
    assert finding.verdict is Verdict.FAILED
    (finding,) = conclude(Comparison([skipped] * 5, []), FLOORS)
    assert finding.verdict is Verdict.SAME


def test_faster_code_has_improved() -> None:
    assert of(constant(total=-log(1.1))).verdict is Verdict.IMPROVED


def test_what_cannot_be_told_says_what_would_settle_it() -> None:
    wild = [-0.5, -0.4, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4, 0.5]
    first = [constant(total=0.1)] * 5
    (finding,) = conclude(Comparison(first, [constant(total=value) for value in wild]), FLOORS, pair_s=30.0)
    assert finding.verdict is Verdict.INCONCLUSIVE
    pairs, minutes = map(int, re.findall(r"\d+", finding.reason))
    assert finding.reason == f"--pairs {pairs} would settle it in such noise, which would take about {minutes} min"
    assert pairs > 100
    assert minutes == pytest.approx(pairs / 2, abs=1)


def test_a_floor_of_nothing_is_settled_by_no_number_of_pairs() -> None:
    values = (-0.02, -0.01, 0.0, 0.01, 0.02) * 2
    (finding,) = conclude(
        Comparison([constant(total=0.1)] * 5, [constant(total=value) for value in values]), Floors(general=0.0)
    )
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.reason == "no number of pairs settles a floor of 0 %"


def test_missed_frames_are_a_difference_of_shares() -> None:
    finding = of(constant(total=0.0, missed=0.2))
    assert finding.verdict is Verdict.REGRESSED
    assert finding.worst()[0].change == pytest.approx(0.2)
    assert of(constant(total=0.0, missed=0.04)).verdict is Verdict.SAME


def test_a_leak_is_a_regression_though_no_time_has_changed() -> None:
    leak = measured(total=0.0)
    leak.counts = {"tensors_left": (0, 1), "bytes_left": (8, 8)}
    finding = of({"it": leak})
    assert finding.verdict is Verdict.REGRESSED
    assert [(shift.family, shift.change) for shift in finding.worst()] == [("tensors_left", 1)]


def test_a_slower_machine_on_the_candidates_side_makes_it_inconclusive_and_no_more() -> None:
    drifting = measured(canary=log(1.1), total=log(1.2))
    finding = of({"it": drifting})
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "the machine itself was slower on the candidate's side by 10 %" in finding.reason
    assert of({"it": measured(canary=log(1.1), total=log(1.5))}).verdict is Verdict.REGRESSED
    drifting.counts = {"tensors_left": (0, 1)}
    assert of({"it": drifting}).verdict is Verdict.REGRESSED
    assert of({"it": measured(canary=log(1.1), total=-log(1.2))}).verdict is Verdict.IMPROVED


def test_a_faster_machine_hides_nothing() -> None:
    assert of({"it": measured(canary=-log(1.5), total=log(1.2))}).verdict is Verdict.REGRESSED


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        (("passed", "failed"), "failed"),
        (("failed", "passed"), "failed"),
        (("failed", "failed"), "failed"),
        (("skipped", "failed"), "failed"),
        (("passed", "skipped"), "missing"),
        (("skipped", "passed"), "no-baseline"),
        (("skipped", "skipped"), "same"),
    ],
)
def test_what_was_not_measured_on_either_side(outcomes: tuple[str, str], verdict: str) -> None:
    ended = Ended(outcomes, ("why the base", "why the candidate"))
    finding = of({"it": ended})
    assert finding.verdict == verdict
    assert "why the" in finding.reason


def test_one_that_fails_in_the_last_pair_of_all_has_failed() -> None:
    good, bad = constant(total=0.2), {"it": Ended(("passed", "failed"), ("", "a wrong picture"))}
    (finding,) = conclude(Comparison([good] * 5, [*[good] * 9, bad]), FLOORS)
    assert (finding.verdict, finding.reason) == (Verdict.FAILED, "a wrong picture")


def test_a_family_that_some_pairs_had_too_few_rounds_for_is_left_out() -> None:
    # A benchmark of about 100 ms has five rounds a block in one launch, and two in the next.
    both, one = constant(total=0.2, p95=0.2), constant(total=0.2)
    (finding,) = conclude(Comparison([both] * 5, [*[both] * 3, *[one] * 7]), FLOORS)
    assert finding.verdict is Verdict.REGRESSED
    assert [shift.family for shift in finding.shifts] == ["total"]


def test_nothing_collected_is_nothing_found() -> None:
    run_pair, _ = scripted([{}] * 5)
    assert conclude(measure(run_pair, FLOORS), FLOORS) == ()


def test_the_correction_is_over_all_that_was_collected() -> None:
    noisy = [log(1.05) + value for value in (-0.05, -0.04, -0.03, -0.02, -0.01, 0.01, 0.02, 0.03, 0.04, 0.05)]
    more = [constant(total=value) for value in noisy]
    (alone,) = conclude(Comparison([constant(total=0.05)] * 5, more), FLOORS)
    crowd = {f"same {index}": measured(total=0.0) for index in range(200)}
    among = conclude(Comparison([{**constant(total=0.05), **crowd}] * 5, more), FLOORS)[0]
    assert alone.verdict is Verdict.REGRESSED
    assert among.verdict is not Verdict.REGRESSED
    assert (alone.shifts[0].p or 0) < 0.05 < (among.shifts[0].p or 0)
