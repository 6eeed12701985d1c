"""``framegate report``: a stored run as one page of HTML."""

from __future__ import annotations

import argparse
import sys
import threading
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framegate.errors import FramegateError, HistoryError, UsageError
from framegate.files import check_can_be_written
from framegate.progress import work_shown

if TYPE_CHECKING:
    from framegate.analysis.inspection import Inspection
    from framegate.interfaces import ModelSpec

CHEAP = ("path", "npm")
"""Sources of models that build none."""
MODEL = "--frame-model="
_PAGE = ".html"


def add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    about = "write a stored run as one page of HTML: the answer, bars, rounds, tables"
    parser = commands.add_parser("report", help=about, description=f"{about}; the newest of the runs, if several")
    parser.add_argument(
        "runs",
        nargs="*",
        metavar="RUN",
        help="number, file or folder of stored runs (default: all that are stored); with --serve also a page",
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("report.html"), metavar="FILE", help="default: report.html"
    )
    parser.add_argument(
        "--storage", default=".benchmarks", metavar="FOLDER", help="pytest-benchmark's storage (default: .benchmarks)"
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="then show it in the browser until Ctrl-C, with links that open its traces in Perfetto and the Firefox"
        " Profiler",
    )
    parser.add_argument("--no-open", action="store_true", help="with --serve: print the link and open no browser")
    parser.set_defaults(run=report)


def report(parsed: argparse.Namespace) -> int:
    """Write the page, and say where it is; serve it if that is asked for.

    Raises:
        UsageError: there is no such run, the file cannot be written, or the port is taken.
        HistoryError: a run cannot be read, or nothing in it is Framegate's.
    """
    page = Path(parsed.runs[0]) if len(parsed.runs) == 1 and parsed.runs[0].endswith(_PAGE) else None
    if page is None:
        with work_shown(sys.stderr, counts=True):
            _write(parsed)
    elif not parsed.serve:
        raise UsageError(f"{page} is a page already; --serve shows it with links that open its traces")
    if parsed.serve:
        _serve(page or parsed.output, is_opened=not parsed.no_open)
    return 0


def _serve(file: Path, *, is_opened: bool) -> None:
    """Answer for a page and its traces until Ctrl-C."""
    from framegate.report.html.traces import trace_files, with_links
    from framegate.trace.serve import served_report

    try:
        page = file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}); name a page that framegate has written") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no page of a report; name one that framegate has written") from None
    traces = trace_files(page, file.parent)
    with served_report(lambda links: with_links(page, links).encode(), traces) as address:
        print(f"{address}  (Ctrl-C ends it)", flush=True)  # noqa: T201 # a command speaks on its streams
        if is_opened:
            webbrowser.open(address)
        threading.Event().wait()


def _write(parsed: argparse.Namespace) -> None:
    """Write the page, and say where it is.

    Raises:
        UsageError: there is no such run, or the file cannot be written.
        HistoryError: a run cannot be read, or nothing in it is Framegate's.
    """
    from framegate.gate.store import read_run, write_file
    from framegate.gate.timeline import histories, histories_until
    from framegate.report.html.gather import BesideRun, gather
    from framegate.report.html.history import history_blocks
    from framegate.report.html.page import report_page
    from framegate.runs.files import run_files
    from framegate.runs.kept import readable_runs

    check_can_be_written([parsed.output])
    storage = Path(parsed.storage.removeprefix("file://"))
    files = run_files(parsed.runs, storage)
    runs, errors = readable_runs(files)
    if not runs:
        raise errors[0]
    last = max(runs, key=lambda run: run.instant.timestamp() if run.instant else 0.0)
    newest = last.path
    run = read_run(newest)
    past = histories_until(last, storage) if len(files) == 1 else (histories(runs, set(last.keys)), errors)
    beside = BesideRun(
        folder=parsed.output.absolute().parent,
        inspections=list(_inspections(run)),
        history=history_blocks(*past),
    )
    facts = gather(run, beside)
    if not facts.cells:
        raise HistoryError(f"{newest} holds no benchmark of Framegate; name another run")
    write_file(parsed.output, report_page(facts).encode())
    print(f"wrote {parsed.output}, of {newest}", flush=True)  # noqa: T201 # a command speaks on its streams


def _inspections(run: Mapping[str, Any]) -> Iterator[Inspection]:
    """The models of a run that are on this machine, unchanged, explained."""
    from framegate.analysis.inspection import inspect_file
    from framegate.models.sources import builtin
    from framegate.models.specs import resolve
    from framegate.report.html.gather import models_of
    from framegate.results.run import RunNote
    from framegate.values import Size

    note = RunNote.read(run) or RunNote()
    words = [word.removeprefix(MODEL) for word in note.options if word.startswith(MODEL)]
    for model in models_of(run):
        with suppress(FramegateError):
            spec = _spec(model.name, [name for word in words for name in (word, *word.split(","))])
            if spec is not None and spec.source in CHEAP:
                files = resolve(spec, builtin())
                if files.sha256 == model.sha256:
                    yield inspect_file(spec, files.path, Size.parse(model.size) if model.size else None)


def _spec(name: str, arguments: list[str]) -> ModelSpec | None:
    """The spec of that name, by itself or by what the run was told."""
    from framegate.models.specs import find_spec

    for argument in (name, *arguments):
        with suppress(FramegateError):
            spec = find_spec(argument)
            if spec.name == name:
                return spec
    return None
