"""``framegate bench``: is a model real-time here? The cells that depend on it, for three minutes, then the answer."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framegate.errors import FramegateError
from framegate.leftovers import temporary_folder
from framegate.option import whole
from framegate.paths import cache_dir, suites_dir
from framegate.processes import child_environment, end_in_order, module_command, running
from framegate.progress import work_shown

if TYPE_CHECKING:
    from framegate.bench.backends import Backends

LIMIT_S = 150
"""Seconds until nothing is begun any more; what is under way then, and the start, take the rest of three minutes."""
PAGE_S = 45
"""Seconds in which a page has to load a model, and to run it once."""


class NothingHere(FramegateError):
    """There is nothing here to measure a model with."""


def add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    about = "is a model real-time here? TF.js in a browser and Python, whatever is installed, within three minutes"
    parser = commands.add_parser(
        "bench", help=about, description=about, epilog="what follows -- goes to pytest, as in: -- --frame-source=clip"
    )
    parser.add_argument(
        "models", nargs="+", metavar="MODEL", help="folder, model.json, spec name or .toml, npm:NAME@VERSION#path"
    )
    parser.add_argument("--frame-budget", metavar="TIME", help="time of a frame that is real-time (default: 30fps)")
    parser.add_argument(
        "--limit",
        type=_seconds,
        default=LIMIT_S,
        metavar="SECONDS",
        help=f"seconds after which nothing more is begun (default: {LIMIT_S})",
    )
    parser.set_defaults(run=bench, arguments=[])


def bench(parsed: argparse.Namespace) -> int:
    """Measure the models, and say what came of it; the exit code is pytest's."""
    from framegate.bench.backends import find_backends
    from framegate.report.answer_text import lines_of

    end_in_order()
    with work_shown(sys.stderr, counts=True):
        for model in parsed.models:
            check_model(model)
    here = find_backends(cache_dir())
    for line in lines_of(f"Not here: {line}" for line in here.missing):
        print(line)  # noqa: T201 # a command speaks on its streams
    if not here.runtimes:
        raise NothingHere("there is nothing here to run a model with: install one of what is named above")
    with temporary_folder("bench") as folder:
        settings = folder / "pytest.ini"
        settings.write_text("[pytest]\n", encoding="utf-8")
        command = [
            *module_command("pytest"),
            *(f"--config-file={settings}", f"--rootdir={Path.cwd()}"),
            *pytest_arguments(here, parsed),
        ]
        print(flush=True)  # noqa: T201
        return _run(command)


def check_model(argument: str) -> None:
    """See that there is such a model, before anything is started for it.

    Raises:
        FramegateError: there is none, or it is no model.
    """
    from framegate.models.sources import builtin
    from framegate.models.sources.path import model_path
    from framegate.models.specs import find_spec, resolve
    from framegate.models.topology import read_model_json

    spec = find_spec(argument)
    path = model_path(spec.locator) if spec.source == "path" else resolve(spec, builtin()).path
    read_model_json(path)


def pytest_arguments(here: Backends, parsed: argparse.Namespace) -> list[str]:
    """What pytest is told: the suites that measure whole frames, and no more than there is time for.

    What the user says of an option holds.
    """
    from framegate.bench.backends import RENDERERS

    options = {
        "--frame-runtime": ",".join(here.runtimes),
        "--frame-renderer": ",".join(RENDERERS),
        "--frame-preprocess": "own",
        "--frame-browser-gpu": "native",
        "--frame-browser-timeout": str(PAGE_S),
        "--benchmark-max-time": "0.5",
        "--benchmark-min-rounds": "3",
    }
    own_options = {argument.partition("=")[0] for argument in parsed.arguments}
    return [
        *(str(suites_dir() / suite) for suite in here.suites),
        *(f"--frame-model={model}" for model in parsed.models),
        *([] if parsed.frame_budget is None else [f"--frame-budget={parsed.frame_budget}"]),
        *("--frame-bench", f"--frame-run-limit={parsed.limit}"),
        *(f"{option}={value}" for option, value in options.items() if option not in own_options),
        *("--benchmark-only", "--benchmark-autosave", "--benchmark-quiet"),
        *("-q", "--no-header", "-p", "no:cacheprovider"),
        *parsed.arguments,
    ]


def _run(command: Sequence[str]) -> int:
    """Run it to its end on this command's own streams.

    Ctrl-C reaches it as well; what else asks this command to end is handed on. It ends with what it has measured.
    """

    def end(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        process.wait()

    environment = {**child_environment(), "PYTEST_ADDOPTS": ""}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environment)  # noqa: S603 # this project's own suites

    with running(start, end) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def _seconds(text: str) -> int:
    seconds = whole(text, 1, 24 * 3600)
    if seconds is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of seconds")
    return seconds
