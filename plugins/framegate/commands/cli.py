"""The ``framegate`` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from framegate.commands.bench import add_bench
from framegate.commands.export import add_export
from framegate.commands.gate import add_aa_check, add_ab, add_accept
from framegate.commands.live import add_live
from framegate.commands.report import add_report
from framegate.commands.streams import printed
from framegate.commands.trace import add_trace
from framegate.errors import FramegateError
from framegate.libraries import unavailable
from framegate.machine import installed_version
from framegate.models.tf import end_quiet


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit code is 0, 2 with one line on stderr for a user's mistake, 130 for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="framegate", description="Benchmark TF.js image models from frame to screen.")
    parser.add_argument(
        "--version", action="version", version=f"framegate {installed_version('pytest-framegate') or '(not installed)'}"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add_bench(commands)
    doctor_parser = commands.add_parser("doctor", help="what can run on this machine, and what to install for the rest")
    doctor_parser.add_argument(
        "--require", action="append", default=[], metavar="NAME", help="exit with 1 unless this is ok; may be repeated"
    )
    doctor_parser.set_defaults(run=doctor)
    _add_inspect(commands)
    _add_train(commands)
    add_live(commands)
    add_trace(commands)
    add_export(commands)
    add_report(commands)
    add_ab(commands)
    add_accept(commands)
    add_aa_check(commands)
    words = list(sys.argv[1:] if arguments is None else arguments)
    at = words.index("--") if "--" in words else len(words)
    parsed = parser.parse_args(words[:at])
    if words[at + 1 :] and not hasattr(parsed, "arguments"):
        parser.error(f"{parsed.command} takes no arguments after --")
    parsed.arguments = words[at + 1 :]
    try:
        code = printed(lambda: parsed.run(parsed))
    except FramegateError as error:
        return _refused(error)
    except ImportError as error:
        explained = unavailable(error)
        if explained is None:
            raise
        return _refused(explained)
    except KeyboardInterrupt:
        _complain("stopped")
        return 130
    return code


def _refused(error: FramegateError) -> int:
    _complain(str(error))
    return 2


def _complain(text: str) -> None:
    # A thread may load a library still, and keep that from the terminal.
    end_quiet()
    print(f"framegate: {text}", file=sys.stderr)  # noqa: T201 # a command speaks on its streams


def doctor(parsed: argparse.Namespace) -> int:
    """Print one table of every runtime, renderer, GL context, and the browser.

    The exit code is 0 if a model can be run and a picture drawn here, and all that was asked for is there; else 1.
    """
    from framegate.commands.doctor import run

    return run(parsed.require)


def inspect(parsed: argparse.Namespace) -> int:
    """Print what model.json says of a model: a table in a terminal, plain text in a pipe, JSON on demand."""
    from framegate.commands.inspect import run

    run(parsed.model, parsed.size, as_json=parsed.json, read_constants=parsed.read_constants)
    return 0


def train(parsed: argparse.Namespace) -> int:
    """Train a model and say how to benchmark it."""
    from framegate.report.training import TrainingProgress
    from framegate.training.run import train as run
    from framegate.training.settings import Settings

    settings = Settings(**{field.name: getattr(parsed, field.name) for field in fields(Settings)})
    with TrainingProgress(settings.steps) as progress:
        model = run(settings, parsed.epochs, parsed.out, parsed.quantize, progress)
    print(f"wrote {model}; to see what it does:")  # noqa: T201
    print(  # noqa: T201
        f"pytest --pyargs framegate.suites --benchmark-only --frame-model={model.parent}"
        " --frame-preprocess=greyscale+down-upscale --frame-fit=resize --frame-pictures=pictures"
    )
    return 0


def _add_inspect(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    parser.set_defaults(run=inspect)


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from framegate.training.settings import Settings

    parser = commands.add_parser(
        "train",
        help="train a small generator that sees a blurred grey picture in colour, and write it as a TF.js graph model",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("source", help="a folder of pictures, or a video")
    parser.add_argument("--out", type=Path, required=True, help="the run's folder; a run that is there is resumed")
    parser.add_argument("--epochs", type=int, default=20, help="epochs in all, those of a resumed run included")
    parser.add_argument("--size", type=int, default=Settings.size, help="input and output side: 64, 128 or 256")
    parser.add_argument("--filters", type=int, default=Settings.filters, help="filters of the first block")
    parser.add_argument("--batch", type=int, default=Settings.batch, help="pictures in a step")
    parser.add_argument("--steps", type=int, default=Settings.steps, help="steps in an epoch")
    parser.add_argument("--learning-rate", type=float, default=Settings.learning_rate, help="of Adam")
    parser.add_argument("--seed", type=int, default=Settings.seed, help="of weights, batches and dropout")
    parser.add_argument("--quantize", choices=("float16", "uint8", "uint16"), help="how the weights are stored")
    parser.set_defaults(run=train)
