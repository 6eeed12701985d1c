"""What a user asks of ``pytest --gate``, read from pytest's options."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from framegate.errors import UsageError
from framegate.option import Flag, Lines, Option, Patterns, choice, count, file
from framegate.words import Stat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from framegate.gate.floors import Floors


def baseline(flag: str, argument: str) -> str:
    """The name of a baseline."""
    from framegate.gate.store import check_name

    if "/" in argument or Path(argument).exists():
        raise UsageError(f"{flag} took {argument!r} for its name; write {flag}=NAME, or {flag} at the end")
    return check_name(argument)


def stored_floors(key: str, lines: Sequence[str]) -> Floors:
    """The smallest changes that count against stored runs."""
    from framegate.gate.floors import STORED_FLOOR, parse_floors

    del key
    return parse_floors(lines, STORED_FLOOR)


GATE = {
    "name": Option(
        name="gate",
        about="measure in fresh processes, and fail if slower than the accepted runs of the baseline NAME (default)",
        metavar="NAME",
        parse=baseline,
        bare="default",
        ini=False,
        in_worker=False,
    ),
    "launches": Option(
        name="gate-launches",
        about="fresh processes to measure in",
        metavar="M",
        parse=count(50),
        default=5,
        ini=False,
    ),
    "stat": Option(
        name="gate-stat",
        about="which number stands for the rounds of a process",
        metavar="|".join(get_args(Stat)),
        parse=choice(get_args(Stat)),
        default="min",
        ini=False,
    ),
    "accept": Flag(
        name="gate-accept", about="a run that passes becomes part of the baseline", ini=False, in_worker=False
    ),
    "bootstrap": Flag(
        name="gate-bootstrap", about="accept what has no baseline yet as its first run", ini=False, in_worker=False
    ),
    "allow_missing": Patterns(
        name="gate-allow-missing", about="benchmarks that may be gone", metavar="PATTERN", ini=False
    ),
    "confirm": Option(
        name="gate-confirm",
        about="have framegate ab REV decide on what seems to be slower",
        metavar="REV",
        ini=False,
        in_worker=False,
    ),
    "json": Option(
        name="gate-json",
        about="write everything that was found",
        metavar="FILE",
        parse=file,
        ini=False,
        in_worker=False,
    ),
    "inconclusive_fails": Option(
        name="gate-inconclusive",
        about="what a run that cannot tell is",
        metavar="pass|fail",
        parse=lambda flag, argument: choice(("pass", "fail"))(flag, argument) == "fail",
        default=False,
        unset="pass",
        ini=False,
    ),
}
"""For `GateOptions`."""

FLOORS = {
    "floors": Lines(
        name="gate-floor",
        about="smallest changes that count, one per line: FAMILY = 5% or FAMILY = 5% 20us; 'all' is every family",
        parse=stored_floors,
    ),
}
"""For `GateOptions` as well; it is read for runs that are gated."""

AB = {
    "same": Lines(name="gate-same", about="files and folders that framegate ab takes from the candidate on both sides")
}
"""Ini settings of the command."""

OTHERS: Mapping[str, tuple[str, Any]] = {
    "benchmark_json": ("--benchmark-json", None),
    "benchmark_save": ("--benchmark-save", False),
    "benchmark_autosave": ("--benchmark-autosave", False),
    "benchmark_compare": ("--benchmark-compare", None),
    "benchmark_compare_fail": ("--benchmark-compare-fail", None),
    "benchmark_histogram": ("--benchmark-histogram", None),
    "benchmark_cprofile": ("--benchmark-cprofile", None),
}
"""pytest-benchmark's options that would act in a process that measures nothing, and what they are when they are off."""

SWITCHED_OFF: Mapping[str, Any] = {
    **{option.key: False if isinstance(option, Flag) else None for option in GATE.values() if not option.in_worker},
    **{key: off for key, (_, off) in OTHERS.items() if key != "benchmark_json"},
    "benchmark_disable": False,
    "xmlpath": None,
    "numprocesses": None,
    "dist": "no",
    "tx": [],
}
"""Options that are the gate's own concern: what they are in its workers, whoever gave them."""


class GateOptions(NamedTuple):
    """What the user asked for.

    Attributes:
        name: the baseline's name.
        launches: number of fresh processes.
        stat: the number that stands for the rounds of a launch.
        accept: whether a run that passes becomes part of the baseline.
        bootstrap: whether what has no baseline is accepted as its first run.
        allow_missing: patterns of benchmarks that may be gone.
        confirm: the revision that decides on what was flagged; None without one.
        json: the file for everything that was found.
        inconclusive_fails: whether a run that cannot tell fails.
        floors: the smallest changes that count.
        storage: pytest-benchmark's storage folder.
        refusal: why nothing can be measured with these options; empty where it can.
    """

    name: str
    launches: int
    stat: Stat
    accept: bool
    bootstrap: bool
    allow_missing: tuple[str, ...]
    confirm: str | None
    json: Path | None
    inconclusive_fails: bool
    floors: Floors
    storage: Path
    refusal: str = ""

    def is_allowed_missing(self, key: str) -> bool:
        """Whether a benchmark may be gone."""
        return any(fnmatchcase(key, pattern) for pattern in self.allow_missing)


def check_gate_is_on(values: Mapping[str, Any]) -> None:
    """Refuse options that need the gate while it is off.

    The others may stand in an ini file for the runs that are gated.

    Raises:
        UsageError: one does.
    """
    for field, option in GATE.items():
        if values[field] and not option.in_worker:
            raise UsageError(f"{option.flag} does nothing without --gate; add --gate or leave it out")


def with_others(values: Mapping[str, Any], option: Any) -> GateOptions:
    """The gate's options, beside those of other plugins.

    Args:
        values: the fields of ``GATE`` and ``FLOORS``.
        option: pytest's options, by their names.

    Raises:
        UsageError: they do not go together.
    """
    other = next((flag for key, (flag, _) in OTHERS.items() if getattr(option, key, None)), None)
    if other is not None:
        raise UsageError(f"--gate measures in other processes and stores the run itself; leave out {other}")
    if not getattr(option, "benchmark_only", False):
        raise UsageError("--gate runs benchmarks and no other tests; add --benchmark-only")
    storage = str(option.benchmark_storage)
    if "://" in storage and not storage.startswith("file://"):
        raise UsageError(f"--gate keeps its runs in files; --benchmark-storage={storage} is not a folder")
    return GateOptions(**values, storage=Path(storage.removeprefix("file://")), refusal=_refusal(option))


def _refusal(option: object) -> str:
    if getattr(option, "benchmark_disable", False):
        return "--benchmark-disable measures nothing; leave it out"
    if getattr(option, "numprocesses", None) or getattr(option, "dist", "no") != "no" or getattr(option, "tx", None):
        return "pytest-xdist would have benchmarks run beside each other; leave out -n, --dist and --tx"
    return ""
