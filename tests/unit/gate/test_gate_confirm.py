"""What seems to be slower is decided on by a comparison, and by nothing less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from framegate.errors import ComparisonError
from framegate.gate import run as module
from framegate.gate.run import confirmed
from framegate.gate.verdicts import WHOLE_RUN, Finding, GateReport, Shift, Verdict
from framegate.gate.workers import Side

SIDE = Side("the candidate", "python", Path(), ("suite",))
SAME = Shift("total", Verdict.SAME, 0.0, -0.01, 0.01, None, (1.0, 1.0))
FLAGGED = (
    Finding("slow", Verdict.REGRESSED),
    Finding("unsure", Verdict.INCONCLUSIVE),
    Finding("same", Verdict.SAME),
    Finding("gone", Verdict.MISSING),
)


@pytest.fixture(autouse=True)
def another_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_check_differs", lambda _: None)


def decided_by(
    monkeypatch: pytest.MonkeyPatch, *decided: Finding, findings: tuple[Finding, ...] = FLAGGED
) -> tuple[dict[str, str], list[str], list[str]]:
    asked: list[str] = []

    def decide(*_: object, is_wanted: Any) -> GateReport:
        asked.extend(each.benchmark for each in FLAGGED if is_wanted(each.benchmark))
        return GateReport("candidate against base", decided)

    monkeypatch.setattr(module, "decide", decide)
    found, notes = confirmed("main", SIDE, findings, lambda _: None)
    return {each.benchmark: str(each.verdict) for each in found}, notes, asked


def test_what_is_slower_and_what_cannot_be_told_are_compared_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    decided = (Finding("slow", Verdict.SAME, "", (SAME,)), Finding("unsure", Verdict.SAME, "", (SAME,)))
    verdicts, notes, asked = decided_by(monkeypatch, *decided)
    assert asked == ["slow", "unsure"]
    assert verdicts == {"slow": "same", "unsure": "same", "same": "same", "gone": "missing"}
    assert notes == ["candidate against base has decided on slow, unsure."]


@pytest.mark.parametrize(
    "decided",
    [
        Finding("slow", Verdict.SAME, "skipped on both sides: no GPU"),
        Finding(WHOLE_RUN, Verdict.FAILED, "a worker ended"),
        Finding(WHOLE_RUN, Verdict.NOTHING, "no benchmark was measured on both sides"),
    ],
)
def test_what_was_not_measured_stays_flagged(monkeypatch: pytest.MonkeyPatch, decided: Finding) -> None:
    verdicts, notes, _ = decided_by(monkeypatch, decided)
    assert verdicts["slow"] == "regressed"
    assert notes == [f"--gate-confirm could not decide on slow, unsure: {decided.reason}"]


def test_a_comparison_can_say_no_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts, _, _ = decided_by(monkeypatch, Finding("slow", Verdict.FAILED, "a wrong picture"))
    assert verdicts["slow"] == "failed"


def test_nothing_is_compared_where_nothing_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decided_by(monkeypatch, findings=FLAGGED[2:])[2] == []


def test_a_comparison_that_cannot_be_made_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def decide(*_: object, **__: object) -> GateReport:
        raise ComparisonError("no revision 'main' here")

    monkeypatch.setattr(module, "decide", decide)
    found, notes = confirmed("main", SIDE, FLAGGED, lambda _: None)
    assert found == FLAGGED
    assert notes == ["--gate-confirm could not decide: no revision 'main' here"]


def test_what_a_comparison_cannot_tell_stays_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Shift("total", Verdict.INCONCLUSIVE, 0.1, -0.1, 0.3, 0.4, (1.0, 1.1))
    decided = [Finding(name, Verdict.INCONCLUSIVE, "too noisy", (wide,)) for name in ("slow", "unsure")]
    verdicts, notes, _ = decided_by(monkeypatch, *decided)
    assert (verdicts["slow"], verdicts["unsure"]) == ("regressed", "inconclusive")
    assert any("could not decide on slow: too noisy" in note for note in notes)


def test_without_a_revision_nothing_is_compared() -> None:
    assert confirmed(None, SIDE, FLAGGED, lambda _: None) == (FLAGGED, [])
