"""The end of a run: what was measured, as sections, then the notes, and which cells did not run and why."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.options import options_of
from framegate.hooks.outcome import UNAVAILABLE

if TYPE_CHECKING:
    from framegate.report.section import Section
    from framegate.results.cell import CellResult

NOTES = pytest.StashKey[dict[str, str]]()
"""Notes by what they are about."""


class _Remarks(logging.Handler):
    """Shows what Framegate's own code warns of, wherever it does, at the end of the run."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(logging.WARNING)
        self._config = config

    def emit(self, record: logging.LogRecord) -> None:
        note(self._config, record.getMessage())


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the package's logger until the end of the run."""
    remarks = _Remarks(config)
    logger = logging.getLogger("framegate")
    logger.addHandler(remarks)
    config.add_cleanup(lambda: logger.removeHandler(remarks))


def note(config: pytest.Config, line: str, about: str | None = None) -> None:
    """Have a line shown at the end of the run, once, however many cells ask for it.

    Args:
        config: the run's.
        line: the text.
        about: subject of the note, of which only the last one is shown; None for the line itself.
    """
    config.stash.setdefault(NOTES, {})[about or line] = line


def measured(config: pytest.Config) -> list[CellResult]:
    """The results of this run so far, of benchmarks that use Framegate's fixtures; none with timing off."""
    session = config.pluginmanager.get_plugin("pytest-benchmark")
    benchmarks: list[Any] = getattr(session, "benchmarks", [])
    if not benchmarks:
        return []
    from framegate.results.cell import CellResult

    results = (
        CellResult.read(benchmark.as_dict(include_data=False))
        for benchmark in benchmarks
        if benchmark and not benchmark.has_error
    )
    return [result for result in results if result.version]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After pytest-benchmark's tables, the answer last: an empty line above each block, and one below the last."""
    blocks = [
        *_sections(config),
        *config.stash.get(NOTES, {}).values(),
        *_not_run(terminalreporter),
        *filter(None, [answer(config)]),
    ]
    for block in blocks:
        for line in ["", *block.splitlines()]:
            terminalreporter.write_line(line)
    if blocks:
        terminalreporter.write_line("")


def _sections(config: pytest.Config) -> Iterator[str]:
    results, offered = measured(config), offered_sections(config)
    if not (results or offered):
        return
    from framegate.report.sections import own_sections
    from framegate.report.terminal import section_text

    for section in [*own_sections(results), *offered]:
        yield section_text(section)


def offered_sections(config: pytest.Config) -> list[Section]:
    """The sections of other plugins.

    Raises:
        UsageError: one of them offers something else.
    """
    offered = config.hook.pytest_framegate_sections(config=config, results=measured(config))
    if not offered:
        return []
    from framegate.report.section import Section

    kept: list[Section] = []
    for sections in offered:
        for section in sections if isinstance(sections, Iterable) else [sections]:
            if not isinstance(section, Section) or section is sections:
                raise pytest.UsageError(
                    f"a plugin offers {type(section).__name__} ({section!r}) as sections of the report;"
                    " pytest_framegate_sections has to return a list of framegate.report.section.Section"
                )
            kept.append(section)
    return kept


def answer(config: pytest.Config) -> str:
    """What the results of this run so far say, in words; empty where they say nothing."""
    results = measured(config)
    if not results:
        return ""
    from framegate.report.answer import answer_of
    from framegate.report.answer_text import answer_text

    return answer_text(answer_of(results, options_of(config).budget_s))


def _not_run(terminalreporter: pytest.TerminalReporter) -> Iterator[str]:
    reasons = Counter(
        getattr(report, UNAVAILABLE)
        for report in terminalreporter.stats.get("skipped", ())
        if hasattr(report, UNAVAILABLE)
    )
    if reasons:
        cells = (f"  {count} cell{'s' if count > 1 else ''}: {reason}" for reason, count in reasons.items())
        yield "\n".join(["Not run:", *cells, "  (--frame-require NAME makes a missing backend an error)"])
