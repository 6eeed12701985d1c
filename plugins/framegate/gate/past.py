"""What the gate has said of stored runs, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from framegate.gate.excuses import SECTION
from framegate.gate.store import ACCEPTED
from framegate.gate.verdicts import TOTAL, Finding, Verdict
from framegate.results.fingerprint import section
from framegate.results.reading import Misfit, read_as
from framegate.runs.columns import RunColumns

FINDINGS = "findings"
"""The key, in what a stored run says of itself, of the verdict on each benchmark."""


@dataclass(frozen=True)
class PastFinding:
    """What the gate said of a benchmark's total.

    Attributes:
        verdict: the verdict.
        least: the smallest slowdown that it would have flagged, 0.05 being 5 %; None where nothing was compared.
    """

    verdict: Verdict
    least: float | None = None


@dataclass(frozen=True)
class PastGate:
    """What the gate said of a run; nothing, if it was stored by others.

    Attributes:
        baseline: name of the baseline that it was compared with.
        verdict: the verdict on the run.
        is_accepted: whether it is part of the baseline.
        findings: benchmark -> what was said of it; empty in runs from before that was stored.
    """

    baseline: str | None = None
    verdict: Verdict | None = None
    is_accepted: bool = False
    findings: Mapping[str, PastFinding] = field(default_factory=dict)


def stored_finding(finding: Finding) -> dict[str, Any]:
    """What `past_gate` reads back."""
    least = next((shift.least for shift in finding.shifts if shift.family == TOTAL), None)
    return {"verdict": str(finding.verdict), "least": least}


def past_gate(run: RunColumns) -> PastGate:
    """What the gate said of a stored run, and whether it was accepted since."""
    stored = section(run.head, SECTION)
    findings = {name: finding for name, item in section(stored, FINDINGS).items() if (finding := _finding(item))}
    name = stored.get("name")
    return PastGate(name if isinstance(name, str) else None, _verdict(stored), _is_accepted(run), findings)


def _finding(stored: object) -> PastFinding | None:
    values = stored if isinstance(stored, Mapping) else {}
    verdict = _verdict(values)
    try:
        least: float | None = read_as(values.get("least"), float | None)
    except Misfit:
        least = None
    return None if verdict is None else PastFinding(verdict, least)


def _verdict(values: Mapping[str, Any]) -> Verdict | None:
    return next((verdict for verdict in Verdict if verdict == values.get("verdict")), None)


def _is_accepted(run: RunColumns) -> bool:
    """Whether there is a mark beside its file that was made of the very same content."""
    try:
        mark = json.loads(run.path.with_suffix(ACCEPTED).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(mark, dict) and mark.get("sha256") == run.sha256
