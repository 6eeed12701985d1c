"""What the gate said of a stored run is read back, and what it did not say is not made up."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from history_of import FIVE, entry, findings, only, run
from stored_runs import stored_entry, stored_run, write_run

from framegate.gate.past import PastFinding, PastGate, past_gate, stored_finding
from framegate.gate.statistics import against_history, first_look, of_pairs
from framegate.gate.verdicts import Finding, Verdict
from framegate.runs.columns import columns_of

SAID = {"name": "nightly", "verdict": "regressed", "findings": {"test_a": {"verdict": "same", "least": 0.05}}}


def past_of(tmp_path: Path, said: Any) -> PastGate:
    content = stored_run(stored_entry("test_a"), framegate_gate=said)
    return past_gate(columns_of(content, tmp_path / "0001_gate-nightly.json", "5a"))


def test_what_was_said_is_read_back(tmp_path: Path) -> None:
    assert past_of(tmp_path, SAID) == PastGate(
        "nightly", Verdict.REGRESSED, False, {"test_a": PastFinding(Verdict.SAME, 0.05)}
    )


def test_a_run_from_before_findings_were_stored_has_its_verdict(tmp_path: Path) -> None:
    assert past_of(tmp_path, {"name": "nightly", "verdict": "same"}) == PastGate("nightly", Verdict.SAME)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "text",
        {"verdict": 3, "name": []},
        {"verdict": "fine", "findings": [1]},
        {"findings": {"test_a": 3, "test_b": {"verdict": "new"}, "test_c": {"least": 0.1}}},
    ],
)
def test_what_a_user_keeps_there_says_nothing(tmp_path: Path, said: Any) -> None:
    assert past_of(tmp_path, said) == PastGate()


def test_a_bound_that_is_no_number_leaves_the_verdict(tmp_path: Path) -> None:
    past = past_of(tmp_path, {"findings": {"test_a": {"verdict": "same", "least": "5 %"}}})
    assert past.findings == {"test_a": PastFinding(Verdict.SAME)}


@pytest.mark.parametrize(
    ("mark", "is_accepted"),
    [({"sha256": "right"}, True), ({"sha256": "other"}, False), ([], False), ("{", False), (None, False)],
)
def test_a_run_is_accepted_by_a_mark_of_the_same_content(tmp_path: Path, mark: Any, is_accepted: object) -> None:
    file = write_run(tmp_path / "0001_gate-default.json", stored_run(framegate_gate=SAID))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    if mark is not None:
        text = mark if isinstance(mark, str) else json.dumps(mark).replace("right", sha256)
        file.with_suffix(".accepted").write_text(text)
    assert past_gate(columns_of(json.loads(file.read_text()), file, sha256)).is_accepted is is_accepted


def test_the_smallest_slowdown_is_the_floor_where_the_history_is_calm() -> None:
    finding = only(findings(run(entry("it", 1e-3, draw=5e-4)), FIVE))
    assert stored_finding(finding) == {"verdict": "same", "least": pytest.approx(0.05)}


def test_what_was_not_compared_has_no_smallest_slowdown() -> None:
    assert stored_finding(Finding("it", Verdict.MISSING)) == {"verdict": "missing", "least": None}


def test_a_slowdown_is_flagged_from_the_smallest_on() -> None:
    noisy = [[0.0, 0.1, -0.1, 0.05, -0.05]] * 5
    least = against_history([0.0] * 5, noisy).least(0.05)
    assert least > 0.05
    for shift, verdict in ((0.99 * least, Verdict.INCONCLUSIVE), (1.01 * least, Verdict.REGRESSED)):
        assert against_history([shift] * 5, noisy).verdict(0.05) is verdict


def test_pairs_that_were_looked_at_only_have_no_smallest_slowdown() -> None:
    assert first_look([0.0, 0.01, -0.01]).least(0.03) is None
    wide = of_pairs([0.1, -0.1, 0.05, -0.05, 0.0])
    assert wide.least(0.03) == wide.half_width > 0.03
    assert of_pairs([0.0] * 5).least(0.03) == 0.03
