"""``framegate ab``, ``framegate accept`` and ``framegate aa-check``."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from framegate.errors import HistoryError, UsageError
from framegate.files import check_can_be_written
from framegate.gate.ab import FIRST_PAIRS, MORE_PAIRS, Pair, Turn
from framegate.gate.decide import Pairs, decide
from framegate.gate.excuses import SECTION
from framegate.gate.floors import PAIRS_FLOOR
from framegate.gate.launches import Say
from framegate.gate.pairs import Measured
from framegate.gate.sides import _AXES, Request, open_sides
from framegate.gate.store import Store, StoredRun, find_run, read_run, write_file
from framegate.gate.tables import gate_junit, gate_markdown, gate_table, publish
from framegate.gate.verdicts import PASSES, Verdict
from framegate.option import whole
from framegate.paths import suites_dir
from framegate.processes import end_in_order
from framegate.progress import work_shown

AA_ARGUMENTS = (
    str(suites_dir() / "test_frame.py"),
    str(suites_dir() / "test_render.py"),
    "--frame-model=colour-128-f8",
    "--frame-preprocess=none",
    "--frame-renderer=opencv,gl-upload",
    "--frame-gl=auto",
    "--frame-size=128",
)
"""A real model through all of its stages, and two ways to the screen."""
MOST_PAIRS = 1000
ACCEPTABLE = PASSES | {Verdict.NO_BASELINE}
NEW_BEGINNING = {Verdict.REGRESSED, Verdict.OTHER, Verdict.MISSING}
"""What a user may accept knowingly: a run that was measured, and is not what it was."""


def say(line: str) -> None:
    """Progress, on stderr and at once."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 # a command speaks on its streams


@contextmanager
def said_with_work() -> Iterator[Say]:
    """`say`, and on a terminal a line below it that says what is under way."""
    with work_shown(sys.stderr, counts=False) as make_way:

        def say_above(line: str) -> None:
            make_way()
            say(line)

        yield say_above


def ab(parsed: argparse.Namespace) -> int:
    """Compare two sides; the exit code is the verdict's."""
    request = Request(
        base=parsed.base,
        candidate=parsed.head,
        pythons=(parsed.base_python, parsed.head_python),
        axes=_axes(parsed),
        arguments=tuple(parsed.arguments),
    )
    check_can_be_written([parsed.json, parsed.junitxml, parsed.markdown])
    end_in_order()
    with said_with_work() as tell:
        report = decide(
            request,
            tell,
            floor=parsed.floor,
            seed=parsed.seed,
            more=parsed.pairs,
            is_allowed_missing=lambda key: any(fnmatchcase(key, pattern) for pattern in parsed.allow_missing),
        )
    code = report.exit_code(inconclusive_fails=parsed.inconclusive == "fail")
    publish(report, code, parsed.json)
    if parsed.markdown:
        write_file(parsed.markdown, gate_markdown(report).encode())
    if parsed.junitxml:
        write_file(parsed.junitxml, gate_junit(report, inconclusive_fails=parsed.inconclusive == "fail").encode())
    print(gate_table(report, everything=True))  # noqa: T201
    return code


def accept(parsed: argparse.Namespace) -> int:
    """Make a run part of its baseline."""
    storage = Path(parsed.storage.removeprefix("file://"))
    folders = [folder for folder in storage.glob("*") if folder.is_dir()] if storage.is_dir() else []
    run = find_run(folders, parsed.which, lambda run: not run.mark.exists())
    verdict = _verdict(run)
    if verdict not in ACCEPTABLE and not (parsed.anyway and verdict in NEW_BEGINNING):
        hint = (
            "; if it is meant to be so, --anyway begins the baseline anew with it" if verdict in NEW_BEGINNING else ""
        )
        raise UsageError(f"{run.path.name} is {verdict}; a failed run cannot become a baseline{hint}")
    Store(run.path.parent).accept(run, starts=verdict not in ACCEPTABLE)
    print(f"accepted {run.path} into the baseline {run.name!r}")  # noqa: T201
    return 0


def _verdict(run: StoredRun) -> Verdict:
    section: Any = read_run(run.path).get(SECTION)
    try:
        return Verdict(section["verdict"])
    except (ValueError, TypeError, KeyError):
        raise HistoryError(f"{run.path} does not say how it went; only runs of --gate can be accepted") from None


def _axes(parsed: argparse.Namespace) -> dict[str, tuple[str, str]]:
    axes = {}
    for axis in _AXES:
        both = getattr(parsed, f"base_{axis}"), getattr(parsed, f"head_{axis}")
        if any(both) and not all(both):
            raise UsageError(f"--base-{axis} and --head-{axis} go together; one of them is missing")
        if all(both):
            axes[axis] = both
    return axes


def fraction(text: str) -> float:
    """``3%`` or ``0.03`` as a fraction, for argparse."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 < value < 10:
        raise argparse.ArgumentTypeError(f"invalid share {text!r}; write 3% or 0.03")
    return value


def pairs_count(text: str) -> int:
    """A number of pairs that can be decided on, for argparse."""
    number = whole(text, FIRST_PAIRS, MOST_PAIRS)
    if number is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {FIRST_PAIRS} to {MOST_PAIRS}")
    return number


def add_ab(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe ``framegate ab``."""
    about = "compare two revisions, environments, models, renderers or runtimes, and say which is faster for sure"
    parser = commands.add_parser(
        "ab",
        help=about,
        description=about,
        usage="framegate ab [BASE [HEAD]] [options] [-- PYTEST ARGUMENTS]",
        epilog="Exit codes: 0 same, improved or inconclusive; 1 regressed; others in docs/gate.md.",
    )
    parser.add_argument("base", nargs="?", metavar="BASE", help="a git revision")
    parser.add_argument("head", nargs="?", metavar="HEAD", help="the candidate (default: the work tree as it is)")
    parser.add_argument("--base-python", metavar="PYTHON", help="the interpreter of the base's environment")
    parser.add_argument("--head-python", metavar="PYTHON", help="the interpreter of the candidate's environment")
    for axis in _AXES:
        for option, side in (("base", "base"), ("head", "candidate")):
            parser.add_argument(f"--{option}-{axis}", metavar=axis.upper(), help=f"{axis} of the {side}")
    parser.add_argument(
        "--floor", type=fraction, metavar="SHARE", help="the smallest change that counts (default: 3%%)"
    )
    parser.add_argument(
        "--pairs", type=pairs_count, default=MORE_PAIRS, help=f"of the second stage (default: {MORE_PAIRS})"
    )
    parser.add_argument("--seed", type=int, help="of the order of the blocks (default: a random one, in the JSON file)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--junitxml", type=Path, metavar="FILE", help="write a JUnit file")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the text of a comment")
    parser.add_argument(
        "--allow-missing",
        action="append",
        default=[],
        metavar="PATTERN",
        help="benchmarks that only one side may have",
    )
    parser.add_argument(
        "--inconclusive",
        choices=("pass", "fail"),
        default="pass",
        help="what a run that cannot tell is (default: pass)",
    )
    parser.set_defaults(run=ab, arguments=[])


def add_accept(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe ``framegate accept``."""
    about = "make a run of pytest --gate part of the baseline that later runs are compared with"
    parser = commands.add_parser("accept", help=about, description=about)
    parser.add_argument("which", nargs="?", metavar="RUN", help="its number or file (default: the newest)")
    parser.add_argument("--storage", default=".benchmarks", metavar="FOLDER", help="pytest-benchmark's storage")
    parser.add_argument(
        "--anyway", action="store_true", help="take one that is slower, or not comparable: the baseline begins with it"
    )
    parser.set_defaults(run=accept)


def aa_check(parsed: argparse.Namespace) -> int:
    """Measure how often identical code is flagged on this machine, and how often a slowdown is found."""
    from framegate.gate.aa import DELAYS, LEAST_PAIRS, hogs, rates, rates_table
    from framegate.gate.floors import Floors

    if parsed.pairs < LEAST_PAIRS or parsed.trials < 1 or parsed.hogs < 0:
        raise UsageError(f"--pairs has to be {LEAST_PAIRS} or more, --trials 1 or more, and --hogs 0 or more")
    seed = parsed.seed if parsed.seed is not None else random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)  # noqa: S311 # an order, no secret
    arguments = tuple(parsed.arguments) or AA_ARGUMENTS
    request = Request(axes={}, pythons=(sys.executable, sys.executable), arguments=arguments)
    check_can_be_written([parsed.json])
    end_in_order()
    content: dict[str, Any] = {"schema": 1, "seed": seed, "pairs": parsed.pairs, "arguments": arguments}
    with said_with_work() as tell, open_sides(request) as sides:
        for name, count in (("quiet", 0), ("busy", parsed.hogs)):
            if count == 0 and name == "busy":
                continue
            with hogs(count):
                measure = Pairs(sides, sides.keys, tell, chance, DELAYS)
                turns = [Turn(number, parsed.pairs, f"{name}: ") for number in range(1, parsed.pairs + 1)]
                pairs = [measure(None, turn) for turn in turns]
            rows = rates(pairs, Floors(general=PAIRS_FLOOR), parsed.trials, chance)
            benchmarks = len(pairs[0])
            drawn = f"{benchmarks} benchmarks, {parsed.trials} runs drawn from {parsed.pairs} pairs"
            title = f"{name} machine ({count} hogs): {drawn}"
            print(rates_table(title, rows) + "\n")  # noqa: T201
            content[name] = {"rates": [asdict(row) for row in rows], "values": _values(pairs)}
    if parsed.json:
        write_file(parsed.json, (json.dumps(content) + "\n").encode())
    return 0


def _values(pairs: Sequence[Pair]) -> dict[str, list[Any]]:
    """Each benchmark's values in each pair, for whoever wants to judge the rates."""
    return {
        key: [
            {"ratios": measured.ratios, "delayed": measured.delayed, "canaries": measured.canaries}
            if isinstance(measured := pair.get(key), Measured)
            else None
            for pair in pairs
        ]
        for key in pairs[0]
    }


def add_aa_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe ``framegate aa-check``."""
    about = "measure on this machine how often the gate flags identical code, and how often it finds a slowdown"
    parser = commands.add_parser(
        "aa-check", help=about, description=about, usage="framegate aa-check [options] [-- PYTEST ARGUMENTS]"
    )
    parser.add_argument("--pairs", type=int, default=40, help="pairs of launches, quiet and busy each (default: 40)")
    parser.add_argument("--trials", type=int, default=1000, help="runs that are drawn from them (default: 1000)")
    cores = os.cpu_count() or 1
    parser.add_argument(
        "--hogs", type=int, default=cores, help=f"of the busy machine (default: {cores}; 0: no such part)"
    )
    parser.add_argument("--seed", type=int, help="of all that is random (default: a random one)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rates and every pair's values")
    parser.set_defaults(run=aa_check, arguments=[])
