"""What seems to be slower is decided on by a comparison, and by nothing less."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from framegate.errors import ComparisonError
from framegate.gate.floors import Floors
from framegate.gate.verdicts import WHOLE_RUN, Finding, GateReport, Shift, Verdict
from framegate.hooks import gate_run
from framegate.hooks.gate import GateOptions

CONFIG = cast("pytest.Config", SimpleNamespace(invocation_params=SimpleNamespace(dir=Path(), args=("suite",))))
SAME = Shift("total", Verdict.SAME, 0.0, -0.01, 0.01, None, (1.0, 1.0))
FLAGGED = (
    Finding("slow", Verdict.REGRESSED),
    Finding("unsure", Verdict.INCONCLUSIVE),
    Finding("same", Verdict.SAME),
    Finding("gone", Verdict.MISSING),
)


@pytest.fixture(autouse=True)
def another_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_run, "_check_differs", lambda _: None)


def options(confirm: str | None = "main") -> GateOptions:
    no: Any = False
    return GateOptions("default", 5, "min", no, no, (), confirm, None, no, Floors(), Path())


def confirmed(
    monkeypatch: pytest.MonkeyPatch, *decided: Finding, findings: tuple[Finding, ...] = FLAGGED
) -> tuple[dict[str, str], list[str], list[str]]:
    asked: list[str] = []

    def decide(*_: object, is_wanted: Any) -> GateReport:
        asked.extend(each.benchmark for each in FLAGGED if is_wanted(each.benchmark))
        return GateReport("head against base", decided)

    monkeypatch.setattr(gate_run, "decide", decide)
    found, notes = gate_run._confirmed(CONFIG, options(), findings, lambda _: None)
    return {each.benchmark: str(each.verdict) for each in found}, notes, asked


def test_what_is_slower_and_what_cannot_be_told_are_compared_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    decided = (Finding("slow", Verdict.SAME, "", (SAME,)), Finding("unsure", Verdict.SAME, "", (SAME,)))
    verdicts, notes, asked = confirmed(monkeypatch, *decided)
    assert asked == ["slow", "unsure"]
    assert verdicts == {"slow": "same", "unsure": "same", "same": "same", "gone": "missing"}
    assert notes == ["head against base has decided on slow, unsure."]


@pytest.mark.parametrize(
    "decided",
    [
        Finding("slow", Verdict.SAME, "skipped on both sides: no GPU"),
        Finding(WHOLE_RUN, Verdict.FAILED, "a worker ended"),
        Finding(WHOLE_RUN, Verdict.NOTHING, "no benchmark was measured on both sides"),
    ],
)
def test_what_was_not_measured_stays_flagged(monkeypatch: pytest.MonkeyPatch, decided: Finding) -> None:
    verdicts, notes, _ = confirmed(monkeypatch, decided)
    assert verdicts["slow"] == "regressed"
    assert notes == [f"--gate-confirm could not decide on slow, unsure: {decided.reason}"]


def test_a_comparison_can_say_no_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts, _, _ = confirmed(monkeypatch, Finding("slow", Verdict.FAILED, "a wrong picture"))
    assert verdicts["slow"] == "failed"


def test_nothing_is_compared_where_nothing_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    assert confirmed(monkeypatch, findings=FLAGGED[2:])[2] == []


def test_a_comparison_that_cannot_be_made_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def decide(*_: object, **__: object) -> GateReport:
        raise ComparisonError("no revision 'main' here")

    monkeypatch.setattr(gate_run, "decide", decide)
    found, notes = gate_run._confirmed(CONFIG, options(), FLAGGED, lambda _: None)
    assert found == FLAGGED
    assert notes == ["--gate-confirm could not decide: no revision 'main' here"]


def test_what_a_comparison_cannot_tell_stays_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Shift("total", Verdict.INCONCLUSIVE, 0.1, -0.1, 0.3, 0.4, (1.0, 1.1))
    decided = [Finding(name, Verdict.INCONCLUSIVE, "too noisy", (wide,)) for name in ("slow", "unsure")]
    verdicts, notes, _ = confirmed(monkeypatch, *decided)
    assert (verdicts["slow"], verdicts["unsure"]) == ("regressed", "inconclusive")
    assert any("could not decide on slow: too noisy" in note for note in notes)


def test_without_a_revision_nothing_is_compared() -> None:
    assert gate_run._confirmed(CONFIG, options(None), FLAGGED, lambda _: None) == (FLAGGED, [])
