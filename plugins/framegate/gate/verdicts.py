"""What the gate can say of a benchmark, and the exit code of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

TOTAL, P95, MISSED = "total", "p95", "missed"
"""Families that are no stages."""
MEMORY = ("peak_bytes", "steady_bytes")
"""Families that are bytes of a process."""


class Verdict(StrEnum):
    """The worst first: a run's verdict is the first of these that any of its benchmarks has."""

    REGRESSED = "regressed"
    FAILED = "failed"
    UNREADABLE = "unreadable-history"
    NOTHING = "nothing-measured"
    MISSING = "missing"
    OTHER = "other-fingerprint"
    NO_BASELINE = "no-baseline"
    INCONCLUSIVE = "inconclusive"
    IMPROVED = "improved"
    SAME = "same"


EXIT_CODES: Mapping[Verdict, int] = {
    Verdict.REGRESSED: 1,
    Verdict.NO_BASELINE: 10,
    Verdict.MISSING: 11,
    Verdict.NOTHING: 12,
    Verdict.UNREADABLE: 13,
    Verdict.OTHER: 14,
    Verdict.FAILED: 15,
    Verdict.INCONCLUSIVE: 16,
    Verdict.IMPROVED: 0,
    Verdict.SAME: 0,
}
"""Exit codes of the process. ``inconclusive`` exits with its own only where that was asked for, else with 0."""

MEANINGS: Mapping[Verdict, str] = {
    Verdict.REGRESSED: "slower than the floor allows, and not by chance",
    Verdict.FAILED: "a benchmark failed, or drew a wrong picture",
    Verdict.UNREADABLE: "an accepted run cannot be read",
    Verdict.NOTHING: "no benchmark was measured",
    Verdict.MISSING: "a benchmark of the baseline was not measured",
    Verdict.OTHER: "the accepted runs are of another machine, version, model or setting",
    Verdict.NO_BASELINE: "there is no accepted run",
    Verdict.INCONCLUSIVE: "too noisy to tell",
    Verdict.IMPROVED: "faster",
    Verdict.SAME: "no change that counts",
}


@dataclass(frozen=True)
class Shift:
    """The change of one family of a benchmark, such as its total, a stage or its 95th percentile.

    Attributes:
        family: ``total``, a stage, ``p95``, ``missed``, or the name of an exact count.
        verdict: the verdict on this family alone.
        change: change of the times as a fraction, 0.1 being 10 % slower; a difference of shares for ``missed``, and of
            counts for exact ones.
        low: lower end of the interval around ``change``; with no interval, ``change`` less its bound.
        high: upper end.
        p: chance of such a shift, or a larger one, in identical code; None where it was not tested.
        seconds: (base, candidate), where the family is a time.
        least: the smallest slowdown that would have been flagged, as ``change`` is; None for what does not vary by
            chance.
    """

    family: str
    verdict: Verdict
    change: float
    low: float
    high: float
    p: float | None = None
    seconds: tuple[float, float] | None = None
    least: float | None = None

    @property
    def is_stage(self) -> bool:
        """Whether it is a part of the total."""
        return self.seconds is not None and self.family not in {TOTAL, P95}

    @property
    def is_memory(self) -> bool:
        """Whether ``change`` is one of bytes, as a fraction."""
        return self.family in MEMORY

    @property
    def is_share(self) -> bool:
        """Whether ``change`` is a difference of shares of frames, and not a ratio of times."""
        return self.family == MISSED


@dataclass(frozen=True)
class Finding:
    """What the gate says of one benchmark.

    Attributes:
        benchmark: the benchmark's name.
        verdict: the verdict on it.
        reason: why, in a sentence; empty where the shifts say it.
        shifts: the shift of each family, ``total`` first.
    """

    benchmark: str
    verdict: Verdict
    reason: str = ""
    shifts: tuple[Shift, ...] = ()

    def worst(self) -> tuple[Shift, ...]:
        """The shifts that have the benchmark's verdict."""
        return tuple(shift for shift in self.shifts if shift.verdict == self.verdict)

    def outcome(self, *, inconclusive_fails: bool = False) -> Literal["passed", "failed", "skipped"]:
        """The outcome of a test with this verdict: a benchmark that was not measured has not passed."""
        if self.verdict is Verdict.INCONCLUSIVE:
            return "failed" if inconclusive_fails else "skipped"
        return "passed" if self.verdict in PASSES else "failed"


@dataclass(frozen=True)
class GateReport:
    """What the gate says of a run.

    Attributes:
        title: the two sides that were compared, in words.
        findings: one per benchmark; for what concerns the run as a whole the benchmark is ``the run``.
        notes: sentences for whoever reads the table.
        details: whatever else belongs into the JSON file: launches, seeds, environment.
    """

    title: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings; a report without any has measured nothing."""
        return worst_of(finding.verdict for finding in self.findings)

    def exit_code(self, *, inconclusive_fails: bool = False) -> int:
        """The process's exit code."""
        if self.verdict is Verdict.INCONCLUSIVE and not inconclusive_fails:
            return 0
        return EXIT_CODES[self.verdict]


WHOLE_RUN = "the run"
PASSES = frozenset({Verdict.SAME, Verdict.IMPROVED, Verdict.INCONCLUSIVE})


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict; ``nothing-measured`` of none."""
    return min(verdicts, key=list(Verdict).index, default=Verdict.NOTHING)
