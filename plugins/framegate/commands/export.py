"""``framegate export``: stored runs as a table for other tools."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from framegate.errors import HistoryError, UsageError
from framegate.files import check_can_be_written, whole_file

if TYPE_CHECKING:
    from framegate.export.rows import CellRows
    from framegate.runs.columns import RunColumns

_Item = TypeVar("_Item")
PARQUET, DASHBOARD = "parquet", "github-action-benchmark"
FORMATS = (PARQUET, "csv", "json", DASHBOARD)


def add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    about = "write stored runs as a table with a row for each round, for pandas, DuckDB and others"
    parser = commands.add_parser("export", help=about, description=about)
    parser.add_argument(
        "runs", nargs="*", metavar="RUN", help="number, file or folder of stored runs (default: all that are stored)"
    )
    parser.add_argument(
        "--format", choices=FORMATS, help=f"default: what FILE ends with; {DASHBOARD} takes one run, the newest"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    parser.add_argument(
        "--storage", default=".benchmarks", metavar="FOLDER", help="pytest-benchmark's storage (default: .benchmarks)"
    )
    parser.set_defaults(run=export_runs)


def export_runs(parsed: argparse.Namespace) -> int:
    """Write the table, and say on standard error what is in it."""
    from framegate.runs.files import run_files

    kind = _format(parsed.format, parsed.output)
    check_can_be_written([parsed.output])
    files = run_files(parsed.runs, Path(parsed.storage.removeprefix("file://")))
    if kind == DASHBOARD:
        lines = _write_dashboard(files, parsed.output, is_chosen=bool(parsed.runs))
    else:
        lines = _write_table(kind, files, parsed.output)
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 # a command speaks on its streams
    return 0


def _format(name: str | None, output: Path | None) -> str:
    if name is None:
        name = "" if output is None else output.suffix.removeprefix(".").lower()
        if name not in FORMATS:
            raise UsageError(f"--format is missing, and the name of the file does not say it: {', '.join(FORMATS)}")
    if name == PARQUET and output is None and sys.stdout.isatty():
        raise UsageError("--format parquet is not for a terminal; name a file with -o FILE")
    return name


def _write_table(kind: str, files: Sequence[Path], output: Path | None) -> Iterator[str]:
    from framegate.export.rows import blocks_of, table_layout
    from framegate.export.writers import WRITERS
    from framegate.runs.kept import open_runs

    runs = list(_watched(open_runs(files), len(files), "reading runs"))
    layout, counted = table_layout(runs), _Counted()
    blocks = _watched(blocks_of(runs, layout), sum(len(run.keys) for run in runs), "writing benchmarks")
    with _opened(output) as file:
        WRITERS[kind](file, layout, counted.of(blocks))
    table = f"{_some(counted.rows, 'row')} of {_some(len(runs), 'run')}, {len(layout.kinds)} columns"
    yield f"wrote {table}, to {output or 'standard output'}"
    if counted.without:
        yield (
            f"{_some(counted.without, 'benchmark')} without rounds, a row of statistics each: --benchmark-save-data,"
            " --benchmark-json and --gate store rounds"
        )


def _watched(items: Iterable[_Item], count: int, what: str) -> Iterator[_Item]:
    """The same, with a bar on a terminal while they come."""
    if not sys.stderr.isatty():
        return iter(items)
    from rich.console import Console
    from rich.progress import track

    return iter(track(items, what, count, console=Console(stderr=True), transient=True))


class _Counted:
    """Counts what goes by."""

    def __init__(self) -> None:
        self.rows = self.without = 0

    def of(self, blocks: Iterable[CellRows]) -> Iterator[CellRows]:
        for block in blocks:
            self.rows += block.count
            self.without += not block.has_rounds
            yield block


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _write_dashboard(files: Sequence[Path], output: Path | None, *, is_chosen: bool) -> Iterator[str]:
    from framegate.export.dashboard import dashboard_entries
    from framegate.runs.kept import open_run, open_runs

    if is_chosen and len(files) != 1:
        raise UsageError(f"--format {DASHBOARD} takes one run, and {len(files)} are named")
    run: RunColumns = open_run(files[0]) if is_chosen else max(open_runs(files), key=lambda run: run.started)
    entries = list(dashboard_entries(run))
    with _opened(output) as file:
        file.write((json.dumps(entries, indent=1, allow_nan=False) + "\n").encode())
    yield f"wrote {_some(len(entries), 'benchmark')} of the run {run.name}, to {output or 'standard output'}"
    if len(entries) < len(run.keys):
        yield f"{_some(len(run.keys) - len(entries), 'benchmark')} without a median left out"


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """The file, which is there in full at the end or not at all, or standard output."""
    if output is None:
        yield sys.stdout.buffer
        return
    try:
        with whole_file(output) as file:
            yield file
    except OSError as error:
        raise HistoryError(f"{output} cannot be written: {error.strerror or error}") from error
