"""The ``framegate`` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from framegate.errors import FramegateError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit code is 0, or 2 with one line on stderr for a user's mistake."""
    parser = argparse.ArgumentParser(prog="framegate", description="Benchmark TF.js image models from frame to screen.")
    parser.add_argument("--version", action="version", version=f"framegate {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("doctor", help="what can run on this machine, and what to install for the rest")
    parsed = parser.parse_args(arguments)
    try:
        return COMMANDS[parsed.command]()
    except FramegateError as error:
        print(f"framegate: {error}", file=sys.stderr)  # noqa: T201 # a command speaks on its streams
        return 2


def doctor() -> int:
    """Print one table of every runtime, renderer and GL context; the exit code is 0 whatever is missing."""
    from framegate.doctor import examine
    from framegate.report.table import render_table

    rows = [(row.kind, row.name, row.state, row.detail) for row in examine()]
    print(render_table("framegate doctor", ["", "name", "", "version and device, or what to do"], rows, left=4))  # noqa: T201
    return 0


COMMANDS = {"doctor": doctor}


def _version() -> str:
    try:
        return version("pytest-framegate")
    except PackageNotFoundError:
        return "(not installed)"
