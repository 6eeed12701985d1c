"""The gate's rules, on evidence of known numbers: from families to a benchmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log

import pytest

from framegate.gate.evidence import Evidence, Excuse, Sample
from framegate.gate.floors import Floors
from framegate.gate.judge import judge, of_shifts, slow_machine
from framegate.gate.statistics import HistoryShift, PairsShift
from framegate.gate.verdicts import Finding, Shift, Verdict

FLOORS = Floors(general=0.03)
MakeSample = Callable[..., Sample]
SLOW_MACHINE = Excuse(log(1.3), "the machine is slower")


def paired(change: float, *, width: float = 0.0, p: float | None = 0.001, base_s: float = 1e-3) -> Sample:
    """A family that is slower by a fraction, as ten pairs show it."""
    middle = log(1 + change)
    return Sample(PairsShift(middle, middle - width, middle + width, p), (base_s, base_s * (1 + change)))


def stored(change: float, *, noise: float = 0.0, base_s: float = 1e-3) -> Sample:
    """The same, as stored runs show it."""
    return Sample(HistoryShift(log(1 + change), noise), (base_s, base_s * (1 + change)))


def only(
    families: Mapping[str, Sample],
    *,
    floors: Floors = FLOORS,
    excuse: Excuse | None = None,
    counts: Mapping[str, tuple[int, int]] | None = None,
) -> Finding:
    (finding,) = judge(
        [Evidence("it", families=families, counts=counts or {}, unsure="more pairs")], {"it": floors}, excuse
    )
    return finding


@pytest.mark.parametrize("sample", [paired, stored])
@pytest.mark.parametrize(
    ("change", "verdict"), [(0.0, "same"), (0.0299, "same"), (0.0301, "regressed"), (-0.0301, "improved")]
)
def test_a_time_counts_beyond_its_floor(sample: MakeSample, change: float, verdict: str) -> None:
    finding = only({"total": sample(change)})
    assert finding.verdict == verdict
    assert finding.shifts[0].change == pytest.approx(change)
    assert finding.shifts[0].seconds == pytest.approx((1e-3, 1e-3 * (1 + change)))


def test_intervals_are_shown_as_fractions_of_times() -> None:
    (shift,) = only({"total": paired(0.1, width=log(1.02))}).shifts
    assert (shift.low, shift.high) == pytest.approx((1.1 / 1.02 - 1, 1.1 * 1.02 - 1))
    (shift,) = only({"total": stored(0.1, noise=log(1.02))}).shifts
    assert (shift.low, shift.high) == pytest.approx((1.1 / 1.03 - 1, 1.1 * 1.03 - 1))


@pytest.mark.parametrize("sample", [paired(0.0, width=0.2, p=1.0), stored(0.1, noise=0.2)])
def test_a_total_that_cannot_be_told_says_what_would_settle_it(sample: Sample) -> None:
    finding = only({"total": sample, "draw": paired(0.0)})
    assert (finding.verdict, finding.reason) == (Verdict.INCONCLUSIVE, "more pairs")


@pytest.mark.parametrize("sample", [paired, stored])
def test_a_stage_has_to_change_by_twenty_microseconds_besides(sample: MakeSample) -> None:
    def draw(base_s: float) -> Mapping[str, Sample]:
        return {"total": sample(0.0), "draw": sample(0.1, base_s=base_s)}

    assert only(draw(1.9e-4)).verdict is Verdict.SAME
    assert only(draw(2.1e-4)).verdict is Verdict.REGRESSED


@pytest.mark.parametrize(
    ("estimate", "verdict"),
    [
        (PairsShift(0.051, 0.01, 0.1, 0.001), "regressed"),
        (PairsShift(0.05, 0.01, 0.1, 0.001), "same"),
        (PairsShift(0.3, -0.1, 0.7, 0.001), "same"),
        (PairsShift(0.3, 0.1, 0.5, 0.06), "same"),
        (PairsShift(-0.051, -0.1, -0.01, 0.001), "improved"),
        (PairsShift(0.3, 0.3, 0.3, None), "same"),
        (HistoryShift(0.051), "regressed"),
        (HistoryShift(0.05), "same"),
        (HistoryShift(-0.05), "same"),
        (HistoryShift(-0.051), "improved"),
    ],
)
def test_missed_frames_are_a_difference_of_shares_and_never_inconclusive(
    estimate: PairsShift | HistoryShift, verdict: str
) -> None:
    shift = only({"total": paired(0.0), "missed": Sample(estimate)}).shifts[1]
    assert shift.verdict == verdict
    assert shift.change == estimate.change
    assert shift.seconds is None


@pytest.mark.parametrize(
    ("counts", "change", "verdict"), [((0, 1), 1, "regressed"), ((4, 4), 0, "same"), ((4, 1), -3, "improved")]
)
def test_every_change_of_a_count_counts(counts: tuple[int, int], change: int, verdict: str) -> None:
    shift = only({"total": paired(0.0)}, counts={"tensors_left": counts}).shifts[1]
    assert (shift.verdict, shift.change, shift.low, shift.high) == (verdict, change, change, change)
    assert (shift.p, shift.seconds) == (None, None)


def test_p_is_corrected_over_all_that_was_collected() -> None:
    # Benjamini and Hochberg: 0.02 x 4/1, and 1.0 for what was only looked at.
    again = Evidence("slow", families={"total": paired(0.1, p=0.02), "draw": paired(0.0, p=1.0)})
    settled = Evidence("settled", families={"total": paired(0.0, p=None), "draw": paired(0.0, p=None)})
    slow, other = judge([again, settled], {"slow": FLOORS, "settled": FLOORS})
    assert [shift.p for shift in slow.shifts] == pytest.approx([0.08, 1.0])
    assert [shift.p for shift in other.shifts] == [None, None]
    assert slow.verdict is Verdict.SAME
    (alone,) = judge([again], {"slow": FLOORS})
    assert alone.shifts[0].p == pytest.approx(0.04)
    assert alone.verdict is Verdict.REGRESSED


def test_what_could_not_be_compared_has_its_outcome_and_no_other() -> None:
    gone = Finding("gone", Verdict.MISSING, "it is gone")
    finding, other = judge([Evidence("gone", gone), Evidence("it", families={"total": paired(0.0)})], {"it": FLOORS})
    assert finding == gone
    assert other.verdict is Verdict.SAME


def test_each_benchmark_has_floors_of_its_own() -> None:
    slow = {"total": paired(0.1)}
    evidence = [Evidence(key, families=slow) for key in ("strict", "lenient")]
    strict, lenient = judge(evidence, {"strict": FLOORS, "lenient": Floors(general=0.2)})
    assert (strict.verdict, lenient.verdict) == (Verdict.REGRESSED, Verdict.SAME)


@pytest.mark.parametrize("sample", [paired, stored])
@pytest.mark.parametrize(("change", "verdict"), [(0.29, "inconclusive"), (0.31, "regressed")])
def test_a_slow_machine_excuses_what_it_explains_and_no_more(sample: MakeSample, change: float, verdict: str) -> None:
    finding = only({"total": sample(change)}, excuse=SLOW_MACHINE)
    assert finding.verdict == verdict
    assert finding.reason == ("the machine is slower" if verdict == "inconclusive" else "")
    assert finding.shifts[0].verdict is Verdict.REGRESSED


def test_a_slow_machine_excuses_no_leak_and_hides_nothing_faster() -> None:
    slow = {"total": paired(0.1)}
    assert only(slow, excuse=SLOW_MACHINE, counts={"tensors_left": (0, 1)}).verdict is Verdict.REGRESSED
    assert only({"total": paired(-0.1)}, excuse=SLOW_MACHINE).verdict is Verdict.IMPROVED
    assert only({"total": paired(0.0)}, excuse=SLOW_MACHINE).verdict is Verdict.SAME


@pytest.mark.parametrize(
    ("estimate", "most"),
    [
        (HistoryShift(log(1.1)), 3 * log(1.1)),
        (HistoryShift(log(1.1), noise=0.2), None),
        (HistoryShift(log(1.02)), None),
        (HistoryShift(-log(1.1)), None),
        (PairsShift(log(1.1), 0.05, 0.15, 0.01), 3 * log(1.1)),
        (PairsShift(log(1.1), 0.05, 0.15, 0.06), None),
    ],
)
def test_a_machine_has_an_excuse_where_it_was_slower_for_sure(
    estimate: PairsShift | HistoryShift, most: float | None
) -> None:
    found = slow_machine(estimate, 0.03, "slower by {share}", explains_missed=True)
    assert found == (None if most is None else Excuse(most, "slower by 10 %", explains_missed=True))


@pytest.mark.parametrize(("explains", "verdict"), [(True, "inconclusive"), (False, "regressed")])
def test_missed_frames_are_excused_where_the_machine_was_watched_meanwhile(*, explains: bool, verdict: str) -> None:
    late = {"total": paired(0.0), "missed": Sample(PairsShift(0.5, 0.4, 0.6, 0.001))}
    assert only(late, excuse=Excuse(log(1.3), "slow", explains_missed=explains)).verdict == verdict


def shift(family: str, verdict: str) -> Shift:
    return Shift(family, Verdict(verdict), 0.1, 0.05, 0.15, 0.01, (1.0, 1.1))


def count(name: str, verdict: str) -> Shift:
    return Shift(name, Verdict(verdict), 1, 1, 1)


@pytest.mark.parametrize(
    ("families", "verdict"),
    [
        ({"total": "same"}, "same"),
        ({"total": "regressed"}, "regressed"),
        ({"total": "same", "draw": "regressed"}, "regressed"),
        ({"total": "same", "p95": "regressed"}, "regressed"),
        ({"total": "same", "missed": "regressed"}, "regressed"),
        ({"total": "inconclusive", "draw": "regressed"}, "regressed"),
        ({"total": "improved", "draw": "regressed", "convert": "improved"}, "improved"),
        ({"total": "improved", "p95": "regressed"}, "regressed"),
        ({"total": "same", "draw": "inconclusive"}, "same"),
        ({"total": "inconclusive", "draw": "same"}, "inconclusive"),
        ({"total": "inconclusive", "draw": "improved"}, "inconclusive"),
        ({"total": "same", "draw": "improved"}, "same"),
        ({"total": "improved", "draw": "inconclusive"}, "improved"),
    ],
)
def test_the_worst_family_decides_and_a_noisy_stage_hides_nothing(families: dict[str, str], verdict: str) -> None:
    found = of_shifts("it", [shift(name, held) for name, held in families.items()])
    assert found.verdict == verdict
    assert len(found.shifts) == len(families)


def seconds(family: str, verdict: str, base: float, candidate: float) -> Shift:
    return Shift(family, Verdict(verdict), candidate / base - 1, 0.0, 0.0, 0.01, (base, candidate))


@pytest.mark.parametrize(
    ("total", "draw", "convert", "verdict"),
    [
        ("same", (3.0, 1.0), (1.0, 3.0), "same"),
        ("inconclusive", (3.0, 0.7), (0.01, 0.2), "inconclusive"),
        ("improved", (3.0, 2.0), (0.1, 2.0), "improved"),
        ("regressed", (3.0, 1.0), (1.0, 3.0), "regressed"),
        ("same", (3.0, 2.0), (1.0, 2.5), "regressed"),
        ("inconclusive", (3.0, 2.0), (1.0, 2.5), "regressed"),
    ],
)
def test_a_stage_that_grew_by_moved_work_is_no_regression(
    total: str, draw: tuple[float, float], convert: tuple[float, float], verdict: str
) -> None:
    found = of_shifts(
        "it",
        [seconds("total", total, 5, 5), seconds("draw", "improved", *draw), seconds("convert", "regressed", *convert)],
    )
    assert found.verdict == verdict
    said = "slower: convert; faster: draw, by as much or more, so work has moved"
    assert found.reason == ("" if verdict == "regressed" else said)


@pytest.mark.parametrize("family", ["p95", "missed", "tensors_left"])
def test_moved_work_pays_for_no_late_frames_and_no_leaks(family: str) -> None:
    moved = [seconds("draw", "improved", 3, 1), seconds("convert", "regressed", 1, 2)]
    late = shift(family, "regressed") if family == "p95" else count(family, "regressed")
    assert of_shifts("it", [shift("total", "same"), *moved, late]).verdict is Verdict.REGRESSED


@pytest.mark.parametrize("total", ["same", "improved", "inconclusive"])
def test_a_leak_is_a_regression_whatever_the_times_say(total: str) -> None:
    assert of_shifts("it", [shift("total", total), count("tensors_left", "regressed")]).verdict is Verdict.REGRESSED


def test_a_missed_frame_is_no_stage() -> None:
    found = of_shifts("it", [shift("total", "improved"), Shift("missed", Verdict.REGRESSED, 0.1, 0.05, 0.15)])
    assert found.verdict is Verdict.REGRESSED


def test_a_benchmark_without_a_total_is_inconclusive() -> None:
    assert of_shifts("it", []).verdict is Verdict.INCONCLUSIVE
