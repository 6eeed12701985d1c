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
    add_inspect(commands)
    parsed = parser.parse_args(arguments)
    try:
        return COMMANDS[parsed.command](parsed)
    except FramegateError as error:
        print(f"framegate: {error}", file=sys.stderr)  # noqa: T201 # a command speaks on its streams
        return 2


def add_inspect(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare ``framegate inspect``."""
    about = "what a model is made of and what it costs, from model.json alone: nothing is loaded or run"
    parser = commands.add_parser("inspect", help=about, description=about)
    parser.add_argument("model", metavar="MODEL", help="folder, model.json, spec name or .toml, npm:NAME@VERSION#path")
    parser.add_argument("--size", help="compute for another input size: 256 or 640x480 (width x height)")
    parser.add_argument("--json", action="store_true", help="print one JSON object with everything")
    parser.add_argument(
        "--read-constants",
        action="store_true",
        help="also read the short integers that decide on shapes (paddings, axes, sizes) from the weight files",
    )


def inspect(parsed: argparse.Namespace) -> int:
    """Print what model.json says of a model: a table in a terminal, plain text in a pipe, JSON on demand."""
    from framegate.inspect_command import run

    run(parsed.model, parsed.size, as_json=parsed.json, read_constants=parsed.read_constants)
    return 0


def doctor(_: argparse.Namespace) -> int:
    """Print one table of every runtime, renderer and GL context; the exit code is 0 whatever is missing."""
    from framegate.doctor import examine
    from framegate.report.table import render_table

    rows = [(row.kind, row.name, row.state, row.detail) for row in examine()]
    print(render_table("framegate doctor", ["", "name", "", "version and device, or what to do"], rows, left=4))  # noqa: T201
    return 0


COMMANDS = {"doctor": doctor, "inspect": inspect}


def _version() -> str:
    try:
        return version("pytest-framegate")
    except PackageNotFoundError:
        return "(not installed)"
