"""``pytest --gate``: the run is measured in fresh processes, and each test's outcome is the gate's verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast, get_args

import pytest

from framegate.errors import FramegateError
from framegate.gate.floors import STORED_FLOOR, Floors, parse_floors
from framegate.gate.samples import Stat
from framegate.gate.store import check_name
from framegate.gate.verdicts import GateReport
from framegate.hooks.own import NO_BENCHMARKS, has_benchmarks

DEFAULT_NAME = "default"
LAUNCHES = 5
MOST_LAUNCHES = 50
MARKER = "gate"
OWN = {
    "benchmark_json": "--benchmark-json",
    "benchmark_save": "--benchmark-save",
    "benchmark_autosave": "--benchmark-autosave",
    "benchmark_compare": "--benchmark-compare",
    "benchmark_compare_fail": "--benchmark-compare-fail",
    "benchmark_histogram": "--benchmark-histogram",
    "benchmark_cprofile": "--benchmark-cprofile",
}
"""pytest-benchmark's options that would act in the process that measures nothing."""

OVERRULED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""What pytest exits with after reports of passes and failures, which a verdict says more exactly."""

NEEDS_GATE = {
    "gate_accept": "--gate-accept",
    "gate_bootstrap": "--gate-bootstrap",
    "gate_confirm": "--gate-confirm",
    "gate_json": "--gate-json",
}
"""Options of which a user expects something; the others may stand in an ini file for the runs that are gated."""


@dataclass(frozen=True)
class GateOptions:
    """What the user asked for.

    Attributes:
        name: of the baseline.
        launches: fresh processes.
        stat: which number stands for the rounds of a launch.
        accept: whether a run that passes becomes part of the baseline.
        bootstrap: whether what has no baseline is accepted as its first run.
        allow_missing: patterns of benchmarks that may be gone.
        confirm: the revision that decides on what was flagged; None is nothing.
        json: where everything that was found is written to.
        inconclusive_fails: whether a run that cannot tell fails.
        floors: the smallest changes that count.
        storage: pytest-benchmark's.
        refusal: why nothing can be measured with these options; empty where it can.
    """

    name: str
    launches: int
    stat: Stat
    accept: bool
    bootstrap: bool
    allow_missing: tuple[str, ...]
    confirm: str | None
    json: Path | None
    inconclusive_fails: bool
    floors: Floors
    storage: Path
    refusal: str = ""

    def is_allowed_missing(self, key: str) -> bool:
        """Whether a benchmark may be gone."""
        return any(fnmatchcase(key, pattern) for pattern in self.allow_missing)


GATE = pytest.StashKey[GateOptions]()
REPORT = pytest.StashKey[GateReport]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the gate's options."""
    group = parser.getgroup("framegate gate", "framegate: fail on a real regression")
    group.addoption(
        "--gate",
        nargs="?",
        const=DEFAULT_NAME,
        metavar="NAME",
        help="measure in fresh processes, and fail if slower than the accepted runs of the baseline NAME (default)",
    )
    group.addoption("--gate-launches", metavar="M", help=f"fresh processes to measure in (default: {LAUNCHES})")
    group.addoption(
        "--gate-stat",
        choices=get_args(Stat),
        default="min",
        help="which number stands for the rounds of a process (default: min)",
    )
    group.addoption("--gate-accept", action="store_true", help="a run that passes becomes part of the baseline")
    group.addoption("--gate-bootstrap", action="store_true", help="accept what has no baseline yet as its first run")
    group.addoption(
        "--gate-allow-missing", action="append", default=[], metavar="PATTERN", help="benchmarks that may be gone"
    )
    group.addoption("--gate-confirm", metavar="REV", help="have framegate ab REV decide on what seems to be slower")
    group.addoption("--gate-json", metavar="FILE", help="write everything that was found")
    group.addoption(
        "--gate-inconclusive", choices=("pass", "fail"), default="pass", help="what a run that cannot tell is (pass)"
    )
    about = "smallest changes that count, one a line: FAMILY = 5%% or FAMILY = 5%% 20us; 'all' is every family"
    parser.addini("gate_floor", about.replace("%%", "%"), type="linelist", default=[])
    parser.addini("gate_same", "files and folders that framegate ab takes from the head on both sides", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and take away what would end the run before the gate can say why it measures nothing."""
    config.addinivalue_line("markers", f"{MARKER}(floor=..., absolute_s=...): the smallest change of it that counts")
    if config.getoption("gate", None) is None:
        alone = next((flag for name, flag in NEEDS_GATE.items() if config.getoption(name, None)), None)
        if alone is not None:
            raise pytest.UsageError(f"{alone} does nothing without --gate; add --gate or leave it out")
        return
    try:
        options = read_options(config)
    except FramegateError as error:
        raise pytest.UsageError(str(error)) from None
    harmless: dict[str, Any] = {"numprocesses": None, "dist": "no", "tx": [], "benchmark_disable": False}
    for name, value in harmless.items():
        if hasattr(config.option, name):
            setattr(config.option, name, value)
    config.stash[GATE] = options


def read_options(config: pytest.Config) -> GateOptions:
    """The gate's options.

    Raises:
        UsageError: one that cannot be.
    """
    option = config.option
    name = option.gate
    if "/" in name or Path(name).exists():
        raise pytest.UsageError(f"--gate took {name!r} for its name; write --gate=NAME, or --gate at the end")
    given = [flag for attribute, flag in OWN.items() if getattr(option, attribute, None)]
    if given:
        raise pytest.UsageError(f"--gate measures in other processes and stores the run itself; leave out {given[0]}")
    if not has_benchmarks(config):
        raise pytest.UsageError(f"{NO_BENCHMARKS}, and --gate runs nothing but benchmarks; leave one of them out")
    if not getattr(option, "benchmark_only", False):
        raise pytest.UsageError("--gate runs benchmarks and no other tests; add --benchmark-only")
    storage = str(option.benchmark_storage)
    if "://" in storage and not storage.startswith("file://"):
        raise pytest.UsageError(f"--gate keeps its runs in files; --benchmark-storage={storage} is none")
    if option.gate_json and not Path(option.gate_json).absolute().parent.is_dir():
        raise pytest.UsageError(f"--gate-json {option.gate_json}: there is no such folder")
    return GateOptions(
        name=check_name(name),
        launches=_launches(option.gate_launches),
        stat=cast("Stat", option.gate_stat),
        accept=option.gate_accept,
        bootstrap=option.gate_bootstrap,
        allow_missing=tuple(option.gate_allow_missing),
        confirm=option.gate_confirm,
        json=Path(option.gate_json) if option.gate_json else None,
        inconclusive_fails=option.gate_inconclusive == "fail",
        floors=parse_floors(config.getini("gate_floor"), STORED_FLOOR),
        storage=Path(storage.removeprefix("file://")),
        refusal=_refusal(option),
    )


def _launches(text: str | None) -> int:
    if text is None:
        return LAUNCHES
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_LAUNCHES):
        raise pytest.UsageError(f"--gate-launches {text!r} is not a whole number from 1 to {MOST_LAUNCHES}")
    return int(text)


def _refusal(option: object) -> str:
    if getattr(option, "benchmark_disable", False):
        return "--benchmark-disable measures nothing; leave it out"
    if getattr(option, "numprocesses", None) or getattr(option, "dist", "no") != "no" or getattr(option, "tx", None):
        return "pytest-xdist would have benchmarks run beside each other; leave out -n, --dist and --tx"
    return ""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Have other processes run the tests, and report the verdicts as their outcomes."""
    config = session.config
    if GATE not in config.stash or config.option.collectonly or session.testsfailed:
        return None
    from framegate.hooks.gate_run import judge, report_findings

    def say(line: str) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(line)
        sys.stdout.flush()

    report = judge(session, config.stash[GATE], say)
    try:
        report_findings(session, report, config.stash[GATE])
    except FramegateError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[REPORT] = report
    return True


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Exit with the verdict's code, unless something else has gone wrong that is no verdict."""
    report = session.config.stash.get(REPORT, None)
    if report is not None and session.exitstatus in OVERRULED:
        code = report.exit_code(inconclusive_fails=session.config.stash[GATE].inconclusive_fails)
        session.exitstatus = code or session.exitstatus


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what was found."""
    from framegate.report.gate import gate_table

    report = config.stash.get(REPORT, None)
    if report is not None:
        for line in ["", *gate_table(report).splitlines()]:
            terminalreporter.write_line(line)


def is_benchmark(item: pytest.Item) -> bool:
    """Whether it has the benchmark fixture, without which nothing is measured."""
    return "benchmark" in getattr(item, "fixturenames", ())


def marked_floors(items: Iterable[pytest.Item], floors: Floors) -> dict[str, Floors]:
    """Floors of the benchmarks that have a ``gate`` marker.

    Raises:
        UsageError: one that cannot be.
    """
    found = {}
    for item in filter(is_benchmark, items):
        marker = item.get_closest_marker(MARKER)
        if marker is not None:
            found[item.name] = floors.of_marker(marker.kwargs)
    return found
