"""A run of ``pytest --gate``, from its launches to its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from framegate.errors import ComparisonError, FramegateError, HistoryError
from framegate.gate.decide import decide
from framegate.gate.excuses import SECTION
from framegate.gate.history import Candidate, compare, few_rounds, few_runs
from framegate.gate.launches import Launch, Say, Summarise, merged_run, outcomes_of, run_launches
from framegate.gate.options import GateOptions
from framegate.gate.past import FINDINGS, stored_finding
from framegate.gate.sides import Request
from framegate.gate.store import Store, StoredRun
from framegate.gate.trees import Repository
from framegate.gate.verdicts import PASSES, WHOLE_RUN, Finding, GateReport, Verdict, worst_of
from framegate.gate.workers import Side

ENDED_WELL = (0, 1, 5)
"""Exit codes of a pytest that ran all it was asked for: passed, failed, or nothing to do."""
FIRST_RUN = "nothing is accepted yet; framegate accept takes this run as the first, --gate-bootstrap does it at once"

ACCEPTED_FIRST = "its first run, accepted as asked for"


@dataclass(frozen=True)
class GatedRun:
    """What is to be measured, and where it is kept.

    Attributes:
        options: what the user asked for.
        benchmarks: names of the benchmarks that pytest has collected.
        markers: benchmark -> arguments of its ``gate`` marker, where it has one.
        side: the same command, for other processes.
        store: the runs of this machine.
        summarise: pytest-benchmark's statistics.
    """

    options: GateOptions
    benchmarks: Sequence[str]
    markers: Mapping[str, Mapping[str, Any]]
    side: Side
    store: Store
    summarise: Summarise

    def judge(self, say: Say) -> GateReport:
        """Measure, compare with the baseline, store, and accept if the user asked for that."""
        options = self.options
        refused = self._refused()
        if refused is not None:
            return self._whole(*refused)
        try:
            floors = {name: options.floors.of_marker(marker) for name, marker in self.markers.items()}
            accepted = [run for _, run in self.store.accepted(options.name)]
            launches = run_launches(self.side, options.launches, say)
            ended = next((launch.exit_code for launch in launches if launch.exit_code not in ENDED_WELL), None)
            if ended is not None:
                return self._whole(Verdict.FAILED, f"a launch ended early, with pytest's exit code {ended}")
            candidate = Candidate(merged_run(launches, self.summarise), outcomes_of(launches))
        except HistoryError as error:
            return self._whole(Verdict.UNREADABLE, str(error))
        except (FramegateError, ValueError) as error:
            return self._whole(Verdict.FAILED, str(error))
        try:
            findings = compare(candidate, accepted, options.stat, floors, options.floors, options.is_allowed_missing)
        except ValueError as error:
            return self._whole(Verdict.UNREADABLE, str(error))
        findings += tuple(
            Finding(name, Verdict.NOTHING, "no launch ran it")
            for name in self.benchmarks
            if name not in candidate.outcomes
        )
        findings, notes = confirmed(options.confirm, self.side, findings, say)
        return self._kept(
            launches,
            candidate.run,
            findings,
            accepted,
            [*few_runs(accepted), *few_rounds(candidate, options.stat), *notes],
        )

    def _refused(self) -> tuple[Verdict, str] | None:
        """The reason not to measure at all, if there is one."""
        if self.options.refusal:
            return Verdict.NOTHING, self.options.refusal
        if not self.benchmarks:
            return Verdict.NOTHING, "no benchmark was collected"
        name, count = Counter(self.benchmarks).most_common(1)[0]
        if count > 1:
            return Verdict.FAILED, f"{count} benchmarks are called {name}; give each a name of its own"
        return None

    def _kept(
        self,
        launches: Sequence[Launch],
        run: dict[str, Any],
        findings: tuple[Finding, ...],
        accepted: Sequence[Any],
        notes: list[str],
    ) -> GateReport:
        """Store the run with its verdict, and accept it if that was asked for and it passed."""
        options = self.options
        is_first = options.bootstrap and any(finding.verdict is Verdict.NO_BASELINE for finding in findings)
        findings = _with_first_runs(findings, bootstrap=options.bootstrap, is_new=not accepted)
        verdict = worst_of(finding.verdict for finding in findings)
        details = {"mode": "stored", "name": options.name, "launches": len(launches), "stat": options.stat}
        if run["benchmarks"]:
            run[SECTION] |= {"verdict": verdict, "name": options.name, "stat": options.stat}
            run[SECTION][FINDINGS] = {finding.benchmark: stored_finding(finding) for finding in findings}
            try:
                stored = self.store.save(options.name, run)
                passed = all(finding.verdict in PASSES for finding in findings)
                if passed and verdict is not Verdict.INCONCLUSIVE and (options.accept or is_first):
                    self.store.accept(stored)
                    notes.append(f"Accepted as {stored.path.name}.")
                else:
                    notes.append(_stored_note(stored, verdict, passed=passed))
                details["run"] = str(stored.path)
            except (HistoryError, ValueError) as error:
                findings += (Finding(WHOLE_RUN, Verdict.UNREADABLE, f"the run could not be stored: {error}"),)
        elif not findings:
            reason = f"pytest exited with {launches[-1].exit_code} and no times"
            findings = (Finding(WHOLE_RUN, Verdict.NOTHING, reason),)
        return GateReport(self._title, findings, tuple(notes), details)

    def _whole(self, verdict: Verdict, reason: str) -> GateReport:
        return GateReport(self._title, (Finding(WHOLE_RUN, verdict, reason),), (), {"mode": "stored"})

    @property
    def _title(self) -> str:
        return f"{self.options.launches} launches against the baseline {self.options.name!r}"


def confirmed(
    revision: str | None, side: Side, findings: tuple[Finding, ...], say: Say
) -> tuple[tuple[Finding, ...], list[str]]:
    """Let ``framegate ab`` decide on flagged and inconclusive benchmarks.

    Args:
        revision: the base of that comparison; None has nothing decided.
        side: the side that was measured.
        findings: the findings so far.
        say: function that is called with each line of progress.

    Returns:
        The findings, and notes for the user.
    """
    slower = _benchmarks_with(Verdict.REGRESSED, findings)
    flagged = slower | _benchmarks_with(Verdict.INCONCLUSIVE, findings)
    if not flagged or revision is None:
        return findings, []
    say(f"gate: {len(flagged)} benchmarks seem to be slower; comparing them with {revision}")
    request = Request(base=revision, arguments=side.arguments)
    try:
        _check_differs(revision)
        decided = decide(request, say, is_wanted=lambda key: key in flagged)
    except FramegateError as error:
        return findings, [f"--gate-confirm could not decide: {error}"]
    # What neither side could run decides nothing.
    measured = [finding for finding in decided.findings if finding.shifts or finding.verdict not in PASSES]
    unsure = _benchmarks_with(Verdict.INCONCLUSIVE, measured)
    final = {finding.benchmark: finding for finding in measured if finding.benchmark not in unsure & slower}
    notes = [*decided.notes]
    if flagged & final.keys():
        notes.insert(0, f"{decided.title} has decided on {', '.join(sorted(flagged & final.keys()))}.")
    if flagged - final.keys():
        reasons = [finding.reason for finding in decided.findings if not finding.shifts or finding.benchmark in unsure]
        undecided = ", ".join(sorted(flagged - final.keys()))
        notes.append(f"--gate-confirm could not decide on {undecided}: {'; '.join(reasons)}")
    return tuple(final.get(finding.benchmark, finding) for finding in findings), notes


def _benchmarks_with(verdict: Verdict, findings: Iterable[Finding]) -> set[str]:
    return {finding.benchmark for finding in findings if finding.verdict is verdict}


def _check_differs(revision: str) -> None:
    """Check that the two sides differ.

    Raises:
        ComparisonError: the revision is what was measured.
    """
    repository = Repository.here()
    if repository.commit(revision) == repository.current()[0]:
        raise ComparisonError(f"{revision} is the very revision that was measured; name the one before it")


def _with_first_runs(findings: Sequence[Finding], *, bootstrap: bool, is_new: bool) -> tuple[Finding, ...]:
    """The findings, in which benchmarks without a baseline pass if the user wants their first run accepted."""
    if not bootstrap and not is_new:
        return tuple(findings)
    verdict, reason = (Verdict.SAME, ACCEPTED_FIRST) if bootstrap else (Verdict.NO_BASELINE, FIRST_RUN)
    return tuple(
        replace(finding, verdict=verdict, reason=reason) if finding.verdict is Verdict.NO_BASELINE else finding
        for finding in findings
    )


def _stored_note(run: StoredRun, verdict: Verdict, *, passed: bool) -> str:
    stored = f"Stored as {run.path.name}"
    if passed or verdict is Verdict.NO_BASELINE:
        return f"{stored}; framegate accept {run.number} makes it part of the baseline."
    meant = "" if verdict is Verdict.FAILED else f" If it is meant to be so: framegate accept {run.number} --anyway"
    return f"{stored}; it cannot serve as a baseline.{meant}"
