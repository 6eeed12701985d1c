"""``framegate trace``: a trace of frames, in a viewer."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path

VIEWERS = ("perfetto", "firefox")


def add_trace(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    about = "open a trace that --frame-trace has written, in Perfetto or the Firefox Profiler"
    parser = commands.add_parser("trace", help=about, description=about)
    parser.add_argument("file", metavar="FILE", type=Path, help="the trace: a .trace.json.gz, or .trace.json")
    parser.add_argument("--viewer", choices=VIEWERS, default=VIEWERS[0], help="who shows it (default: perfetto)")
    parser.add_argument("--no-open", action="store_true", help="print the link and open no browser")
    parser.set_defaults(run=trace)


def trace(parsed: argparse.Namespace) -> int:
    """Serve the trace until the viewer has it, or Ctrl-C."""
    from framegate.trace.read import read_trace, trace_content
    from framegate.trace.serve import served_trace

    read_trace(parsed.file)
    with served_trace(trace_content(parsed.file), parsed.viewer) as served:
        print(f"{served.link}  (waits until it is fetched; Ctrl-C ends it)", flush=True)  # noqa: T201
        if not parsed.no_open:
            webbrowser.open(served.link)
        served.fetched.wait()
    return 0
