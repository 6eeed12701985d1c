"""``--frame-report FILE``: the run as one page of HTML."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.outcome import UNAVAILABLE
from framegate.hooks.registries import catalogue_of, registries_of
from framegate.hooks.report import closing_line, measured, offered_sections
from framegate.hooks.settings import options_of, per_run, words_to_repeat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from framegate.analysis.inspection import Inspection
    from framegate.report.html.facts import PageBlock
    from framegate.report.html.pictures import PictureShelf
    from framegate.results.run import RunNote


@per_run
def picture_shelf_of(config: pytest.Config) -> PictureShelf:
    """The pictures of the run."""
    from framegate.report.html.pictures import PictureShelf

    del config
    return PictureShelf()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse a report of what other processes measure.

    Raises:
        UsageError: one is asked for.
    """
    if config.getoption("gate") and config.getoption("frame_report"):
        raise pytest.UsageError(
            "--frame-report shows what this process measures, and with --gate others measure; leave one of them out,"
            " and have framegate report show the run that is stored"
        )


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Store how the run was started and what of it has no result."""
    if measured(config):
        run_note(config).store(output_json)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the page."""
    config = session.config
    file = options_of(config).report if config.getoption("frame_report") else None
    if file is None or config.option.collectonly or hasattr(config, "workerinput"):
        return
    from framegate.files import write_whole
    from framegate.report.html.gather import BesideRun, gather
    from framegate.report.html.page import report_page
    from framegate.work import long_work

    with long_work("writing the report"):
        run = _run(config)
        beside = BesideRun(
            folder=file.absolute().parent,
            sections=offered_sections(config),
            inspections=list(_inspections(config, run)),
            pictures=picture_shelf_of(config).rows(),
            history=_history(config, run, file),
        )
        page = report_page(gather(run, beside))
    try:
        write_whole(file, page.encode())
    except OSError as error:
        raise pytest.UsageError(f"--frame-report {file}: it cannot be written ({error.strerror})") from None
    closing_line(config, f"Report: {file}")


def _history(config: pytest.Config, run: dict[str, Any], file: Path) -> Sequence[PageBlock]:
    """The history of its benchmarks, where runs are stored in files."""
    storage = str(getattr(config.option, "benchmark_storage", "")).removeprefix("file://")
    if not run.get("benchmarks") or not storage or "://" in storage:
        return ()
    from framegate.gate.timeline import histories_until
    from framegate.report.html.history import history_blocks
    from framegate.runs.columns import columns_of

    return history_blocks(*histories_until(columns_of(run, file.with_name("this run"), ""), Path(storage)))


def _run(config: pytest.Config) -> dict[str, Any]:
    """The run as pytest-benchmark stores it, whether or not it was asked to."""
    session: Any = config.pluginmanager.get_plugin("pytest-benchmark")
    benchmarks = [benchmark for benchmark in getattr(session, "benchmarks", ()) if not benchmark.has_error]
    run: dict[str, Any] = {}
    if benchmarks:
        commit_info = config.hook.pytest_benchmark_generate_commit_info(config=config)
        run = config.hook.pytest_benchmark_generate_json(
            config=config,
            benchmarks=benchmarks,
            include_data=True,
            machine_info=session.get_machine_info(),
            commit_info=commit_info,
        )
        config.hook.pytest_benchmark_update_json(config=config, benchmarks=benchmarks, output_json=run)
    run_note(config).store(run)
    return run


def _inspections(config: pytest.Config, run: dict[str, Any]) -> Iterator[Inspection]:
    """The models of the run, explained; what cannot be is left out, as its cells have said why."""
    from framegate.analysis.inspection import inspect_file
    from framegate.errors import FramegateError
    from framegate.models.specs import resolve
    from framegate.report.html.gather import models_of
    from framegate.values import Size

    for model in models_of(run):
        with suppress(FramegateError):
            spec = catalogue_of(config).specs[model.name]
            files = resolve(spec, registries_of(config).sources)
            yield inspect_file(spec, files.path, Size.parse(model.size) if model.size else None)


def run_note(config: pytest.Config) -> RunNote:
    """What the stored run says of itself."""
    from framegate.results.run import RunNote

    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped: dict[str, list[str]] = {}
    failed: dict[str, list[str]] = {}
    stats: dict[str, list[Any]] = getattr(reporter, "stats", {})
    for report in stats.get("skipped", ()):
        if hasattr(report, UNAVAILABLE):
            skipped.setdefault(getattr(report, UNAVAILABLE), []).append(_name(report))
    for report in [*stats.get("failed", ()), *stats.get("error", ())]:
        failed.setdefault(_reason(report), []).append(_name(report))
    return RunNote(
        tuple(words_to_repeat(config)),
        options_of(config).budget_s,
        {reason: tuple(names) for reason, names in skipped.items()},
        {reason: tuple(names) for reason, names in failed.items()},
    )


def _name(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.nodeid.rpartition("::")[2] or report.nodeid


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The first line of what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(getattr(crash, "message", None) or report.longrepr or report.outcome)
    return text.strip().splitlines()[0]
