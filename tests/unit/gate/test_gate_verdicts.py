"""From benchmarks to a run, and from there to an exit code."""

from __future__ import annotations

from framegate.gate.verdicts import (
    EXIT_CODES,
    MEANINGS,
    PASSES,
    Finding,
    GateReport,
    Verdict,
    worst_of,
)


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
