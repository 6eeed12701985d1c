"""``pytest --gate``: the run is measured in fresh processes, and each test's outcome is the gate's verdict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from framegate.gate.options import AB, FLOORS, GATE, GateOptions, check_gate_is_on, with_others
from framegate.hooks.own import NO_BENCHMARKS, has_benchmarks
from framegate.hooks.settings import add, is_given, read, usage_errors

if TYPE_CHECKING:
    from framegate.gate.run import GatedRun
    from framegate.gate.verdicts import GateReport
    from framegate.report.section import Section

MARKER = "gate"
OVERRULED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""Exit codes of a completed run; the verdict's code replaces them."""
OPTIONS = pytest.StashKey[GateOptions]()
REPORT: pytest.StashKey[GateReport] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the gate's options."""
    add(parser, parser.getgroup("framegate gate", "framegate: fail on a real regression"), GATE, FLOORS, AB)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and take away what would end the run before the gate can say why it measures nothing."""
    config.addinivalue_line("markers", f"{MARKER}(floor=..., absolute_s=...): the smallest change of it that counts")
    if not is_given(config, GATE):
        return
    values = read(config, GATE)
    with usage_errors():
        if values["name"] is None:
            check_gate_is_on(values)
            return
        if not has_benchmarks(config):
            raise pytest.UsageError(f"{NO_BENCHMARKS}, and --gate runs nothing but benchmarks; leave one of them out")
        options = with_others(values | read(config, FLOORS), config.option)
    harmless: dict[str, Any] = {"numprocesses": None, "dist": "no", "tx": [], "benchmark_disable": False}
    for name, value in harmless.items():
        if hasattr(config.option, name):
            setattr(config.option, name, value)
    config.stash[OPTIONS] = options


# First, as only one of the loops runs, and pytest's own would be the one.
@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Have other processes run the tests, and report the verdicts as their outcomes."""
    config = session.config
    if OPTIONS not in config.stash or config.option.collectonly or session.testsfailed:
        return None
    from framegate.progress import work_shown

    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    stream = None if reporter is None or config.get_verbosity() < 0 else reporter._tw._file  # noqa: SLF001 # as hooks/progress.py
    with work_shown(stream, lambda: reporter._tw.width_of_current_line, counts=False) as make_way:  # noqa: SLF001 # the same

        def say(line: str) -> None:
            make_way()
            if reporter is not None:
                reporter.ensure_newline()
                reporter.write_line(line)
            sys.stdout.flush()

        report = _gated_run(session).judge(say)
    with usage_errors():
        _report_findings(session, report, config.stash[OPTIONS])
    config.stash[REPORT] = report
    return True


def _gated_run(session: pytest.Session) -> GatedRun:
    from pytest_benchmark.utils import get_machine_id

    from framegate.gate.run import GatedRun
    from framegate.gate.store import Store
    from framegate.gate.workers import Side

    options, invocation = session.config.stash[OPTIONS], session.config.invocation_params
    benchmarks = [item for item in session.items if _is_benchmark(item)]
    markers = {item.name: marker.kwargs for item in benchmarks if (marker := item.get_closest_marker(MARKER))}
    machine: str = get_machine_id()  # type: ignore[no-untyped-call]  # the library is not typed
    return GatedRun(
        options,
        [item.name for item in benchmarks],
        markers,
        Side("the candidate", sys.executable, Path(invocation.dir), tuple(map(str, invocation.args))),
        Store(Path(invocation.dir) / options.storage / machine),
        _statistics,
    )


def _statistics(seconds: list[float]) -> dict[str, Any]:
    from pytest_benchmark.stats import Stats

    stats: Any = Stats()  # type: ignore[no-untyped-call]  # the library is not typed
    for value in seconds:
        stats.update(value)
    return dict(stats.as_dict())


def _report_findings(session: pytest.Session, report: GateReport, options: GateOptions) -> None:
    """Tell pytest's reporters, JUnit's among them, of each verdict as of a test's outcome, and write the files."""
    from framegate.gate.tables import explain, publish
    from framegate.gate.verdicts import WHOLE_RUN

    items = {item.name: item for item in session.items if _is_benchmark(item)}
    judged = {finding.benchmark for finding in report.findings}
    for item in session.items:
        if not (item.name in judged and _is_benchmark(item)) and WHOLE_RUN not in judged:
            _report(session, item.nodeid, item.location, "skipped", "not measured, and not expected to be")
    for finding in report.findings:
        benchmark = items.get(finding.benchmark)
        nodeid = finding.benchmark if benchmark is None else benchmark.nodeid
        location = ("gate", None, finding.benchmark) if benchmark is None else benchmark.location
        outcome = finding.outcome(inconclusive_fails=options.inconclusive_fails)
        _report(session, nodeid, location, outcome, f"{finding.verdict}: {explain(finding)}")
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
    for when, phase in (("setup", "passed"), ("call", outcome), ("teardown", "passed")):
        detail = longrepr if when == "call" else None
        report = pytest.TestReport(nodeid, location, {}, phase, detail, when)  # type: ignore[arg-type]  # mypy widens the words of the loop
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Exit with the verdict's code unless pytest failed for another reason."""
    report = session.config.stash.get(REPORT, None)
    if report is not None and session.exitstatus in OVERRULED:
        code = report.exit_code(inconclusive_fails=session.config.stash[OPTIONS].inconclusive_fails)
        session.exitstatus = code or session.exitstatus


def pytest_framegate_sections(config: pytest.Config) -> list[Section] | None:
    """What was found, as a section of the report."""
    report = config.stash.get(REPORT, None)
    if report is None:
        return None
    from framegate.gate.tables import gate_section

    return [gate_section(report)]


def _is_benchmark(item: pytest.Item) -> bool:
    """Whether it has the benchmark fixture, without which nothing is measured."""
    return "benchmark" in getattr(item, "fixturenames", ())
