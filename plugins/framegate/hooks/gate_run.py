"""A run of ``pytest --gate``, from its launches to what its tests are said to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framegate.errors import ComparisonError, FramegateError, HistoryError
from framegate.gate.decide import decide
from framegate.gate.history import Candidate, compare, few_runs
from framegate.gate.launches import Launch, merge, outcomes_of, run_launches
from framegate.gate.machine import SECTION
from framegate.gate.sides import Request
from framegate.gate.store import Store, StoredRun
from framegate.gate.trees import Repository
from framegate.gate.verdicts import WHOLE_RUN, Finding, GateReport, Verdict, worst_of
from framegate.gate.workers import Side
from framegate.hooks.gate import GateOptions, is_benchmark, marked_floors
from framegate.report.gate import explain, fails, publish

Say = Callable[[str], None]
ENDED_WELL = (0, 1, 5)
"""Exit codes of a pytest that ran all it was asked for: passed, failed, or nothing to do."""
FIRST_RUN = "nothing is accepted yet; framegate accept takes this run as the first, --gate-bootstrap does it at once"


def judge(session: pytest.Session, options: GateOptions, say: Say) -> GateReport:
    """Measure, compare with the baseline, store, and accept where that was asked for."""
    title = f"{options.launches} launches against the baseline {options.name!r}"
    refused = _refused(session, options)
    if refused is not None:
        return _whole(title, *refused)
    store = Store(_folder(session.config, options))
    try:
        floors = marked_floors(session.items, options.floors)
        accepted = [run for _, run in store.accepted(options.name)]
        launches = run_launches(_side(session.config), options.launches, say)
        ended = next((each.exit_code for each in launches if each.exit_code not in ENDED_WELL), None)
        if ended is not None:
            return _whole(title, Verdict.FAILED, f"a launch ended early, with pytest's exit code {ended}")
        run = merge(launches, _statistics)
        candidate = Candidate(run, outcomes_of(launches))
    except HistoryError as error:
        return _whole(title, Verdict.UNREADABLE, str(error))
    except (FramegateError, ValueError) as error:
        return _whole(title, Verdict.FAILED, str(error))
    try:
        findings = compare(candidate, accepted, options.stat, floors, options.floors, options.is_allowed_missing)
    except ValueError as error:
        return _whole(title, Verdict.UNREADABLE, str(error))
    findings += _not_run(session, candidate)
    findings, notes = _confirmed(session.config, options, findings, say)
    findings = _bootstrapped(findings, options, accepted)
    return _kept(store, options, title, launches, run, findings, [*few_runs(accepted), *notes])


def _not_run(session: pytest.Session, candidate: Candidate) -> tuple[Finding, ...]:
    """Benchmarks that were collected here, and of which no launch said anything."""
    names = [item.name for item in session.items if is_benchmark(item)]
    return tuple(Finding(name, Verdict.NOTHING, "no launch ran it") for name in names if name not in candidate.outcomes)


def _refused(session: pytest.Session, options: GateOptions) -> tuple[Verdict, str] | None:
    """Why there is nothing to measure, before anything is."""
    if options.refusal:
        return Verdict.NOTHING, options.refusal
    names = Counter(item.name for item in session.items if is_benchmark(item))
    if not names:
        return Verdict.NOTHING, "no benchmark was collected"
    name, count = names.most_common(1)[0]
    if count > 1:
        return Verdict.FAILED, f"{count} benchmarks are called {name}; give each a name of its own"
    return None


def _confirmed(
    config: pytest.Config, options: GateOptions, findings: tuple[Finding, ...], say: Say
) -> tuple[tuple[Finding, ...], list[str]]:
    flagged = {each.benchmark for each in findings if each.verdict in {Verdict.REGRESSED, Verdict.INCONCLUSIVE}}
    if not flagged or options.confirm is None:
        return findings, []
    say(f"gate: {len(flagged)} benchmarks seem to be slower; comparing them with {options.confirm}")
    request = Request(base=options.confirm, arguments=_side(config).arguments)
    try:
        _check_differs(options.confirm)
        decided = decide(request, say, is_wanted=lambda key: key in flagged)
    except FramegateError as error:
        return findings, [f"--gate-confirm could not decide: {error}"]
    # What neither side could run decides nothing.
    by_key = {each.benchmark: each for each in decided.findings if each.shifts or fails(each)}
    unsure = {key for key, each in by_key.items() if each.verdict is Verdict.INCONCLUSIVE}
    for key in unsure & {each.benchmark for each in findings if each.verdict is Verdict.REGRESSED}:
        del by_key[key]
    notes = [*decided.notes]
    if flagged & by_key.keys():
        notes.insert(0, f"{decided.title} has decided on {', '.join(sorted(flagged & by_key.keys()))}.")
    if flagged - by_key.keys():
        said = "; ".join(each.reason for each in decided.findings if not each.shifts or each.benchmark in unsure)
        notes.append(f"--gate-confirm could not decide on {', '.join(sorted(flagged - by_key.keys()))}: {said}")
    return tuple(by_key.get(each.benchmark, each) for each in findings), notes


def _check_differs(revision: str) -> None:
    """See that there is something to compare.

    Raises:
        ComparisonError: the revision is what was measured.
    """
    repository = Repository.here()
    if repository.commit(revision) == repository.current()[0]:
        raise ComparisonError(f"{revision} is the very revision that was measured; name the one before it")


def _bootstrapped(findings: Sequence[Finding], options: GateOptions, accepted: Sequence[Any]) -> tuple[Finding, ...]:
    """What has nothing to be compared with passes where the user wants its first run accepted."""
    if options.bootstrap:
        return tuple(
            Finding(each.benchmark, Verdict.SAME, "its first run, accepted as asked for")
            if each.verdict is Verdict.NO_BASELINE
            else each
            for each in findings
        )
    if accepted:
        return tuple(findings)
    return tuple(replace(each, reason=FIRST_RUN) if each.verdict is Verdict.NO_BASELINE else each for each in findings)


def _kept(
    store: Store,
    options: GateOptions,
    title: str,
    launches: Sequence[Launch],
    run: dict[str, Any],
    findings: tuple[Finding, ...],
    notes: list[str],
) -> GateReport:
    """Store the run with its verdict, and accept it if that was asked for and it passed."""
    verdict = worst_of(each.verdict for each in findings)
    details: dict[str, Any] = {"mode": "stored", "name": options.name, "launches": len(launches), "stat": options.stat}
    if run["benchmarks"]:
        run[SECTION] |= {"verdict": verdict, "name": options.name, "stat": options.stat}
        try:
            stored = store.save(options.name, run)
            passed = not any(fails(each) for each in findings)
            is_first = any(each.reason.startswith("its first run") for each in findings)
            if passed and verdict is not Verdict.INCONCLUSIVE and (options.accept or is_first):
                store.accept(stored)
                notes.append(f"Accepted as {stored.path.name}.")
            else:
                notes.append(_stored_note(stored, verdict, passed=passed))
            details["run"] = str(stored.path)
        except (HistoryError, ValueError) as error:
            findings = (*findings, Finding(WHOLE_RUN, Verdict.UNREADABLE, f"the run could not be stored: {error}"))
    elif not findings:
        findings = (Finding(WHOLE_RUN, Verdict.NOTHING, f"pytest exited with {launches[-1].exit_code} and no times"),)
    return GateReport(title, findings, tuple(notes), details)


def _stored_note(run: StoredRun, verdict: Verdict, *, passed: bool) -> str:
    stored = f"Stored as {run.path.name}"
    if passed or verdict is Verdict.NO_BASELINE:
        return f"{stored}; framegate accept {run.number} makes it part of the baseline."
    meant = "" if verdict is Verdict.FAILED else f" If it is meant to be so: framegate accept {run.number} --anyway"
    return f"{stored}, which is no baseline.{meant}"


def _whole(title: str, verdict: Verdict, reason: str) -> GateReport:
    return GateReport(title, (Finding(WHOLE_RUN, verdict, reason),), (), {"mode": "stored"})


def _folder(config: pytest.Config, options: GateOptions) -> Path:
    from pytest_benchmark.utils import get_machine_id

    machine: str = get_machine_id()  # type: ignore[no-untyped-call]  # the library is not typed
    return Path(config.invocation_params.dir) / options.storage / machine


def _side(config: pytest.Config) -> Side:
    """The same command, in another process."""
    import sys

    given = config.invocation_params
    return Side("the candidate", sys.executable, Path(given.dir), tuple(map(str, given.args)))


def _statistics(seconds: list[float]) -> dict[str, Any]:
    from pytest_benchmark.stats import Stats

    stats: Any = Stats()  # type: ignore[no-untyped-call]  # the library is not typed
    for each in seconds:
        stats.update(each)
    return dict(stats.as_dict())


def report_findings(session: pytest.Session, report: GateReport, options: GateOptions) -> None:
    """Tell pytest's reporters, JUnit's among them, of each verdict as of a test's outcome, and write the files."""
    items = {item.name: item for item in session.items if is_benchmark(item)}
    judged = {finding.benchmark for finding in report.findings}
    for item in session.items:
        if not (item.name in judged and is_benchmark(item)) and WHOLE_RUN not in judged:
            _report(session, item.nodeid, item.location, "skipped", "not measured, and not expected to be")
    for finding in report.findings:
        found = items.get(finding.benchmark)
        nodeid = finding.benchmark if found is None else found.nodeid
        location = ("gate", None, finding.benchmark) if found is None else found.location
        text = f"{finding.verdict}: {explain(finding)}"
        if fails(finding, inconclusive_fails=options.inconclusive_fails):
            outcome = "failed"
        else:
            outcome = "skipped" if finding.verdict is Verdict.INCONCLUSIVE else "passed"
        _report(session, nodeid, location, outcome, text)
    code = report.exit_code(inconclusive_fails=options.inconclusive_fails)
    publish(report, code, options.json)


def _report(
    session: pytest.Session, nodeid: str, location: tuple[str, int | None, str], outcome: Any, text: str
) -> None:
    hook = session.config.hook
    hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
    longrepr: Any = None
    if outcome == "failed":
        longrepr = text
    elif outcome == "skipped":
        longrepr = (location[0], (location[1] or 0) + 1, text)
    for when, ended in (("setup", "passed"), ("call", outcome), ("teardown", "passed")):
        detail = longrepr if when == "call" else None
        report = pytest.TestReport(nodeid, location, {}, ended, detail, when)  # type: ignore[arg-type]  # mypy widens the words of the loop
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)
