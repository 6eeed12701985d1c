"""The last lines of a run: the answer, how many cells did not run, and where more stands."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.html_report import run_note
from framegate.hooks.outcome import UNAVAILABLE
from framegate.hooks.report import CLOSING, measured
from framegate.hooks.settings import options_of

if TYPE_CHECKING:
    from framegate.report.answer import CommandWords, Glimpse

VERDICTS = {": not real-time": {"red": True}, ": real-time": {"green": True}}
"""Words of a line, and how a terminal shows them."""
GLIMPSES = pytest.StashKey[list["Glimpse"]]()
"""Frames of cells that there was no time to measure."""
LOWEST = -2
"""Verbosity at which the answer is brief; below it there is none."""


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that was to measure, and in which nothing could be measured, has failed."""
    config = session.config
    if session.exitstatus == pytest.ExitCode.OK and (_is_empty_bench(config) or _lacks_all(config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _is_empty_bench(config: pytest.Config) -> bool:
    return options_of(config).in_bench and not measured(config)


def _lacks_all(config: pytest.Config) -> bool:
    """Whether cells could not run where benchmarks alone were asked for, and there is none of anybody's."""
    if not (config.getoption("benchmark_only", default=False) and _is_lacking(config)):
        return False
    from framegate.gate.worker import PLUGIN as GATE_WORKER

    # What a worker of the gate lacks is for the gate to judge.
    benchmarks = getattr(config.pluginmanager.get_plugin("pytest-benchmark"), "benchmarks", ())
    return not benchmarks and not config.pluginmanager.hasplugin(GATE_WORKER)


def _is_lacking(config: pytest.Config) -> bool:
    """Whether a cell was skipped for something that is not here."""
    stats: dict[str, list[Any]] = getattr(config.pluginmanager.get_plugin("terminalreporter"), "stats", {})
    return any(hasattr(report, UNAVAILABLE) for report in stats.get("skipped", ()))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, object, object]:
    """Below all else but pytest's own last line; ``-qq`` keeps it to a line for each model, ``-qqq`` leaves it out."""
    returned = yield
    verbosity = config.get_verbosity()
    if verbosity < LOWEST or not (_is_lacking(config) or measured(config) or CLOSING in config.stash):
        return returned
    from framegate.report.answer_text import lines_of, not_run_lines

    is_full = verbosity > 0 or not measured(config)
    closing = lines_of(config.stash.get(CLOSING, {}).values())
    skips = [*not_run_lines(run_note(config).skipped, words_of(config).after, full=is_full)]
    answer = answer_lines(config, len(closing) + (0 if is_full else len(skips)), brief=verbosity == LOWEST)
    for line in ["", *answer, *skips, *closing, ""]:
        _write(terminalreporter, line)
    return returned


def answer_lines(config: pytest.Config, count_below: int = 0, *, brief: bool = False) -> list[str]:
    """What the results of this run so far say; none where they say nothing.

    Args:
        config: the run's.
        count_below: count of the lines that stand below it.
        brief: whether there is one line at most for each model.
    """
    results, glimpses = measured(config), config.stash.get(GLIMPSES, [])
    if not (results or glimpses):
        return []
    from framegate.report.answer import answer_of
    from framegate.report.answer_text import MOST_LINES, answer_text

    failed = {name for names in run_note(config).failed.values() for name in names}
    answer = answer_of(results, options_of(config).budget_s, failed, words_of(config), glimpses)
    return answer_text(answer, MOST_LINES - count_below, brief=brief).splitlines()


def words_of(config: pytest.Config) -> CommandWords:
    """How the command that was run is told more."""
    from framegate.report.answer import BENCH, PYTEST
    from framegate.words import ALL

    options = options_of(config)
    return BENCH if options.in_bench else replace(PYTEST, tries_all=ALL in options.runtime)


def _write(reporter: pytest.TerminalReporter, line: str) -> None:
    for words, markup in VERDICTS.items():
        before, verdict, after = line.partition(words)
        if verdict:
            reporter.write(before + verdict[:2])
            reporter.write(verdict[2:], **markup)
            reporter.line(after)
            return
    reporter.write_line(line)
