"""The end of a run: what was measured, as sections where they are asked for, and then the notes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from framegate.hooks.settings import options_of, words_to_repeat, written_words

if TYPE_CHECKING:
    from framegate.report.section import Section
    from framegate.results.cell import CellResult

NOTES = pytest.StashKey[dict[str, str]]()
"""Notes by what they are about."""
IN_ANSWER = pytest.StashKey[set[str]]()
"""What of them the answer says too."""
CLOSING = pytest.StashKey[dict[str, str]]()
"""Lines below the answer by what they are about."""
IS_OVER = pytest.StashKey[bool]()
"""Is there when the last test has ended."""
MEASURED = pytest.StashKey["list[CellResult]"]()
"""The results of the run, read once when it is over."""
OF_THE_TABLE = tuple(
    f"--benchmark-{name}"
    for name in (
        *("columns", "sort", "group-by", "name", "time-unit", "histogram"),
        *("compare", "compare-fail", "cprofile", "cprofile-dump", "verbose"),
    )
)
"""Options of pytest-benchmark that nobody gives who does not want to see its table."""


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


def note(config: pytest.Config, line: str, about: str | None = None, *, in_answer: bool = False) -> None:
    """Have a line shown at the end of the run, once, however many cells ask for it.

    Args:
        config: the run's.
        line: the text.
        about: subject of the note, of which only the last one is shown; None for the line itself.
        in_answer: whether the answer says it too, so that it is shown without one only, and with ``-v``.
    """
    config.stash.setdefault(NOTES, {})[about or line] = line
    if in_answer:
        config.stash.setdefault(IN_ANSWER, set()).add(about or line)


def closing_line(config: pytest.Config, line: str, about: str | None = None) -> None:
    """Have a line shown below the answer of the run, such as where something was written.

    Of several about one subject the last one is shown.
    """
    config.stash.setdefault(CLOSING, {})[about or line] = line


def measured(config: pytest.Config) -> list[CellResult]:
    """The results of this run so far, of benchmarks that use Framegate's fixtures; none with timing off."""
    if MEASURED in config.stash:
        return config.stash[MEASURED]
    results = _measured(config)
    if IS_OVER in config.stash:
        config.stash[MEASURED] = results
    return results


def _measured(config: pytest.Config) -> list[CellResult]:
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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep pytest-benchmark's table back where only Framegate's benchmarks ran and nobody asks for it."""
    config = session.config
    config.stash[IS_OVER] = True
    benchmark_session: Any = config.pluginmanager.get_plugin("pytest-benchmark")
    benchmarks = [benchmark for benchmark in getattr(benchmark_session, "benchmarks", ()) if benchmark]
    if not benchmarks:
        return
    from framegate.results.parts import Form

    if any(Form.read(benchmark.extra_info) is None for benchmark in benchmarks):
        return
    asked = any(word.partition("=")[0] in OF_THE_TABLE for word in written_words(config))
    if not (asked or options_of(config).tables):
        benchmark_session.quiet = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The tables, where they are asked for, those of other plugins, and the notes: an empty line above each block."""
    for block in [*_sections(config), *_notes(config)]:
        for line in ["", *block.splitlines()]:
            terminalreporter.write_line(line)


def _notes(config: pytest.Config) -> Iterator[str]:
    is_answered = bool(measured(config)) and config.get_verbosity() <= 0
    kept_back = config.stash.get(IN_ANSWER, set()) if is_answered else ()
    lines = [line for about, line in config.stash.get(NOTES, {}).items() if about not in kept_back]
    if not (lines and options_of(config).in_bench):
        yield from lines
        return
    from framegate.report.answer_text import lines_of

    yield from ("\n".join(lines_of([line])) for line in lines)


def _sections(config: pytest.Config) -> Iterator[str]:
    offered, results = offered_sections(config), measured(config)
    if not (results or offered):
        return
    from framegate.report.sections import own_sections, short_sections
    from framegate.report.table import section_text

    in_full = options_of(config).tables
    own = own_sections(results, tuple(words_to_repeat(config))) if in_full else short_sections(results)
    for section in [*own, *offered]:
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
