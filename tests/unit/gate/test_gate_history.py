"""A candidate's launches against accepted runs: each verdict, and that nothing makes pass what does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from history_of import FAILED, FIVE, MACHINE, PASSED, SKIPPED, entry, findings, only, run

from framegate.gate.floors import Floors
from framegate.gate.history import Candidate, by_key, few_rounds, few_runs, launch_values
from framegate.gate.verdicts import Verdict
from framegate.gate.worker.messages import Outcome


@pytest.mark.parametrize(("seconds", "verdict"), [(1e-3, "same"), (1.04e-3, "same"), (1.06e-3, "regressed")])
def test_slower_than_the_floor_has_regressed(seconds: float, verdict: str) -> None:
    finding = only(findings(run(entry("it", seconds, draw=5e-4)), FIVE))
    assert finding.verdict == verdict
    assert finding.shifts[0].family == "total"
    assert finding.shifts[0].seconds == pytest.approx((1e-3, seconds))
    assert finding.shifts[0].change == pytest.approx(seconds / 1e-3 - 1)


def test_faster_than_the_floor_has_improved() -> None:
    assert only(findings(run(entry("it", 0.9e-3, draw=5e-4)), FIVE)).verdict is Verdict.IMPROVED


def test_a_stage_that_is_slower_is_named() -> None:
    finding = only(findings(run(entry("it", 1e-3, draw=6e-4)), FIVE))
    assert finding.verdict is Verdict.REGRESSED
    assert [shift.family for shift in finding.worst()] == ["draw"]


def test_a_stage_that_changes_by_less_than_the_clock_costs_has_not_changed() -> None:
    assert only(findings(run(entry("it", 1e-3, draw=5.19e-4)), FIVE)).verdict is Verdict.SAME
    short = [run(entry("it", 1e-3, draw=1e-6))] * 5
    assert only(findings(run(entry("it", 1e-3, draw=1.9e-5)), short)).verdict is Verdict.SAME


def test_a_benchmarks_own_floor_decides() -> None:
    slow = run(entry("it", 1.5e-3, draw=5e-4))
    assert only(findings(slow, FIVE, floors={"it": Floors(general=0.6)})).verdict is Verdict.SAME


def test_nothing_accepted_is_no_baseline() -> None:
    assert only(findings(run(entry("it", 1e-3)), [])).verdict is Verdict.NO_BASELINE


def test_a_new_benchmark_beside_known_ones() -> None:
    found = findings(run(entry("it", 1e-3, draw=5e-4), entry("new", 1e-3)), FIVE)
    assert {key: each.verdict for key, each in found.items()} == {"it": "same", "new": "no-baseline"}


@pytest.mark.parametrize("outcomes", [{}, {"other": [PASSED]}])
def test_a_benchmark_that_is_gone_is_missing(outcomes: dict[str, list[Outcome]]) -> None:
    assert findings(run(), FIVE, outcomes)["it"].verdict is Verdict.MISSING
    assert "it" not in findings(run(), FIVE, outcomes, allowed=["it"])


def test_the_newest_accepted_run_says_what_is_expected() -> None:
    history = [*FIVE, run(entry("other", 1e-3))]
    assert set(findings(run(entry("other", 1e-3)), history)) == {"other"}


def test_a_benchmark_that_is_skipped_now_is_missing() -> None:
    finding = only(findings(run(), FIVE, {"it": [SKIPPED] * 5}))
    assert finding.verdict is Verdict.MISSING
    assert "no driver" in finding.reason


def test_skipped_as_ever_is_nothing_to_say() -> None:
    found = findings(run(entry("it", 1e-3, draw=5e-4)), FIVE, {"it": [PASSED] * 5, "window": [SKIPPED] * 5})
    assert set(found) == {"it"}


def test_skipped_in_one_launch_of_five_is_missing() -> None:
    found = findings(run(entry("it", 1e-3, launches=4)), FIVE, {"it": [PASSED] * 4 + [SKIPPED]})
    assert only(found).verdict is Verdict.MISSING


def test_failed_in_one_launch_of_five_has_failed() -> None:
    finding = only(findings(run(entry("it", 1e-3)), FIVE, {"it": [PASSED] * 4 + [FAILED]}))
    assert (finding.verdict, finding.reason) == (Verdict.FAILED, "a wrong picture")


def test_failed_may_not_be_missing() -> None:
    finding = only(findings(run(), FIVE, {"it": [FAILED]}, allowed=["it"]))
    assert finding.verdict is Verdict.FAILED


def test_a_run_without_times_has_measured_nothing() -> None:
    assert findings(run(), [], {"it": [PASSED]})["it"].verdict is Verdict.NOTHING


def test_another_machine_names_the_field() -> None:
    now = run(entry("it", 1e-3, draw=5e-4), machine={**MACHINE, "python_version": "3.12.1"})
    finding = only(findings(now, FIVE))
    assert finding.verdict is Verdict.OTHER
    assert finding.reason == "python: None 3.12.1, was None 3.11.7"


def test_runs_of_this_machine_are_found_among_those_of_others() -> None:
    others = [run(entry("it", 9e-3), machine={**MACHINE, "system": "Darwin"}) for _ in range(10)]
    history = [FIVE[0], *others]
    assert only(findings(run(entry("it", 1e-3, draw=5e-4)), history)).verdict is Verdict.SAME


def test_the_last_ten_count() -> None:
    history = [run(entry("it", 9e-3))] * 10 + [run(entry("it", 1e-3))] * 10
    finding = only(findings(run(entry("it", 1e-3)), history))
    assert finding.shifts[0].seconds == pytest.approx((1e-3, 1e-3))


def test_a_leak_is_exact() -> None:
    finding = only(findings(run(entry("it", 1e-3, draw=5e-4, left=1)), FIVE))
    assert finding.verdict is Verdict.REGRESSED
    assert [(shift.family, shift.change) for shift in finding.worst()] == [("tensors_left", 1)]


def test_missed_frames_have_a_floor_of_their_own() -> None:
    def frames(slow: int) -> dict[str, Any]:
        made = entry("it", 1e-3, launches=1)
        made["stats"]["data"] = [0.02] * (20 - slow) + [0.04] * slow
        made["extra_info"]["gate"]["launches"] = [{"rounds": 20, "calls": 20}]
        made["extra_info"]["stages_s"] = {"inference": [0.01] * 20}
        return made

    floors = {"it": Floors(own={"p95": 9.0, "missed": 0.05})}
    assert only(findings(run(frames(1)), [run(frames(0))], floors=floors)).verdict is Verdict.SAME
    finding = only(findings(run(frames(2)), [run(frames(0))], floors=floors))
    assert [shift.family for shift in finding.worst()] == ["missed"]
    assert finding.worst()[0].change == pytest.approx(0.1)


HARMS = [
    lambda it: it["stats"].update(data=[]),
    lambda it: it["stats"].update(data=[None] * 15),
    lambda it: it["stats"].update(data=[float("nan")] * 15),
    lambda it: it["stats"].update(data=[0.0] * 15),
    lambda it: it["stats"].update(data="no"),
    lambda it: it["stats"].pop("data"),
    lambda it: it.update(stats=None),
    lambda it: it.pop("stats"),
    lambda it: it["extra_info"].pop("gate"),
    lambda it: it["extra_info"].update(gate=[]),
    lambda it: it["extra_info"]["gate"].update(launches=[]),
    lambda it: it["extra_info"]["gate"].update(launches=None),
    lambda it: it["extra_info"]["gate"].update(launches=[{"rounds": "3", "calls": 0}]),
    lambda it: it["extra_info"].update(stages_s={"draw": []}),
    lambda it: it["extra_info"].update(stages_s={"draw": 3}),
    lambda it: it["extra_info"].update(stages_s=3),
]


@pytest.mark.parametrize("harm", HARMS)
def test_an_accepted_run_without_times_is_unreadable(harm: Any) -> None:
    broken = copy.deepcopy(FIVE[0])
    harm(broken["benchmarks"][0])
    finding = only(findings(run(entry("it", 3e-3, draw=5e-4)), [*FIVE, broken]))
    assert finding.verdict is Verdict.UNREADABLE
    assert finding.reason


@pytest.mark.parametrize("harm", HARMS)
def test_a_candidate_without_times_has_measured_nothing(harm: Any) -> None:
    broken = run(entry("it", 3e-3, draw=5e-4))
    harm(broken["benchmarks"][0])
    assert only(findings(broken, FIVE)).verdict is Verdict.NOTHING


@pytest.mark.parametrize(
    "content",
    [{}, {"benchmarks": None}, {"benchmarks": 3}, {"benchmarks": [7]}, {"benchmarks": [{}]}, {"benchmarks": [None]}],
)
def test_an_accepted_file_that_is_no_run_says_which(content: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="accepted run 2 is not a stored run"):
        findings(run(entry("it", 1e-3)), [FIVE[0], content])


def test_two_benchmarks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two benchmarks are called it"):
        by_key(run(entry("it", 1e-3), entry("it", 2e-3)))


def test_each_launch_has_its_own_rounds_and_calls() -> None:
    made = entry("it", 1e-3)
    made["stats"]["data"] = [3.0, 1.0, 2.0]
    made["extra_info"]["gate"]["launches"] = [{"rounds": 1, "calls": 2}, {"rounds": 2, "calls": 1}]
    made["extra_info"]["stages_s"] = {"draw": [0.5, 0.4, 0.1]}
    assert launch_values(made, "min") == [{"total": 3.0, "draw": 0.4}, {"total": 1.0, "draw": 0.1}]


@pytest.mark.parametrize(("count", "notes"), [(0, 0), (1, 1), (4, 1), (5, 0), (10, 0)])
def test_a_short_history_is_said(count: int, notes: int) -> None:
    assert len(few_runs([None] * count)) == notes


def of_rounds(name: str, *rounds: int) -> dict[str, Any]:
    it = entry(name, 1e-3)
    it["stats"]["data"] = [1e-3] * sum(rounds)
    it["extra_info"]["gate"]["launches"] = [{"rounds": count, "calls": 0} for count in rounds]
    return it


def test_a_tail_of_too_few_rounds_is_left_out_by_name() -> None:
    entries = [of_rounds("ages", 60, 130), of_rounds("quick", 130, 130), of_rounds("slow", 3)]
    assert few_rounds(Candidate(run(*entries), {}), "min") == [
        "p95 takes 130 rounds in a launch, and is not compared where there were fewer: ages (60), slow (3)."
    ]
    assert few_rounds(Candidate(run(entries[1]), {}), "min") == []
    assert few_rounds(Candidate(run(*entries), {}), "p95") == []


def test_of_many_benchmarks_without_a_tail_some_are_named() -> None:
    many = [of_rounds(f"test_{number}", 5) for number in range(6)]
    (note,) = few_rounds(Candidate(run(*many), {}), "min")
    assert note.endswith(": test_0 (5), test_1 (5), test_2 (5) and 3 others.")
