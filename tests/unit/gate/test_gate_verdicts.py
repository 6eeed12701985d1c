"""From families to a benchmark, from benchmarks to a run, and from there to an exit code."""

from __future__ import annotations

import pytest

from framegate.gate.verdicts import (
    EXIT_CODES,
    MEANINGS,
    PASSES,
    Finding,
    GateReport,
    Shift,
    Verdict,
    of_shifts,
    worst_of,
)


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
def test_families(families: dict[str, str], verdict: str) -> None:
    found = of_shifts("it", [shift(name, held) for name, held in families.items()])
    assert found.verdict == verdict
    assert len(found.shifts) == len(families)


def seconds(family: str, verdict: str, base: float, head: float) -> Shift:
    return Shift(family, Verdict(verdict), head / base - 1, 0.0, 0.0, 0.01, (base, head))


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


def test_the_worst_decides_on_a_run() -> None:
    for index, verdict in enumerate(Verdict):
        assert worst_of([*list(Verdict)[index:], verdict]) is verdict
    assert worst_of([]) is Verdict.NOTHING


def test_what_does_not_pass_is_worse_than_what_does() -> None:
    order = list(Verdict)
    assert max(order.index(each) for each in Verdict if each not in PASSES) < min(map(order.index, PASSES))


def test_every_verdict_has_an_exit_code_of_its_own_and_a_meaning() -> None:
    assert set(EXIT_CODES) == set(MEANINGS) == set(Verdict)
    failing = [EXIT_CODES[verdict] for verdict in Verdict if EXIT_CODES[verdict]]
    assert len(failing) == len(set(failing)) == len(Verdict) - 2
    assert EXIT_CODES[Verdict.REGRESSED] == 1
    # 2 to 5 are pytest's own, 130 is Ctrl-C.
    assert all(code == 1 or 10 <= code < 100 for code in failing)


def test_a_run_that_cannot_tell_fails_where_that_was_asked_for() -> None:
    report = GateReport("x", (Finding("it", Verdict.INCONCLUSIVE), Finding("other", Verdict.SAME)))
    assert report.exit_code() == 0
    assert report.exit_code(inconclusive_fails=True) == 16
    assert GateReport("x", ()).exit_code() == 12
