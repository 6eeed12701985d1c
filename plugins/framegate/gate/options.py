"""What a user asks of ``pytest --gate``, read from pytest's options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from framegate.errors import UsageError
from framegate.gate.floors import STORED_FLOOR, Floors, parse_floors
from framegate.gate.samples import Stat
from framegate.gate.store import check_name

DEFAULT_NAME = "default"
LAUNCHES = 5
MOST_LAUNCHES = 50
OWN: Mapping[str, str] = {
    "benchmark_json": "--benchmark-json",
    "benchmark_save": "--benchmark-save",
    "benchmark_autosave": "--benchmark-autosave",
    "benchmark_compare": "--benchmark-compare",
    "benchmark_compare_fail": "--benchmark-compare-fail",
    "benchmark_histogram": "--benchmark-histogram",
    "benchmark_cprofile": "--benchmark-cprofile",
}
"""pytest-benchmark's options that would act in the process that measures nothing."""
NEEDS_GATE: Mapping[str, str] = {
    "gate_accept": "--gate-accept",
    "gate_bootstrap": "--gate-bootstrap",
    "gate_confirm": "--gate-confirm",
    "gate_json": "--gate-json",
}
"""Options of which a user expects something; the others may stand in an ini file for the runs that are gated."""


@dataclass(frozen=True)
class GateOptions:
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


def check_gate_is_on(option: object) -> None:
    """See that no option expects something of a gate that is off.

    Raises:
        UsageError: one does.
    """
    alone = next((flag for name, flag in NEEDS_GATE.items() if getattr(option, name, None)), None)
    if alone is not None:
        raise UsageError(f"{alone} does nothing without --gate; add --gate or leave it out")


def read_options(option: Any, floor_lines: Iterable[str]) -> GateOptions:
    """The gate's options.

    Args:
        option: pytest's options, by their names.
        floor_lines: the ini setting ``gate_floor``.

    Raises:
        UsageError: one that cannot be right.
    """
    name = option.gate
    if "/" in name or Path(name).exists():
        raise UsageError(f"--gate took {name!r} for its name; write --gate=NAME, or --gate at the end")
    given = [flag for attribute, flag in OWN.items() if getattr(option, attribute, None)]
    if given:
        raise UsageError(f"--gate measures in other processes and stores the run itself; leave out {given[0]}")
    if not getattr(option, "benchmark_only", False):
        raise UsageError("--gate runs benchmarks and no other tests; add --benchmark-only")
    storage = str(option.benchmark_storage)
    if "://" in storage and not storage.startswith("file://"):
        raise UsageError(f"--gate keeps its runs in files; --benchmark-storage={storage} is none")
    if option.gate_json and not Path(option.gate_json).absolute().parent.is_dir():
        raise UsageError(f"--gate-json {option.gate_json}: there is no such folder")
    return GateOptions(
        name=check_name(name),
        launches=_launches(option.gate_launches),
        stat=option.gate_stat,
        accept=option.gate_accept,
        bootstrap=option.gate_bootstrap,
        allow_missing=tuple(option.gate_allow_missing),
        confirm=option.gate_confirm,
        json=Path(option.gate_json) if option.gate_json else None,
        inconclusive_fails=option.gate_inconclusive == "fail",
        floors=parse_floors(floor_lines, STORED_FLOOR),
        storage=Path(storage.removeprefix("file://")),
        refusal=_refusal(option),
    )


def _launches(text: str | None) -> int:
    if text is None:
        return LAUNCHES
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_LAUNCHES):
        raise UsageError(f"--gate-launches {text!r} is not a whole number from 1 to {MOST_LAUNCHES}")
    return int(text)


def _refusal(option: object) -> str:
    if getattr(option, "benchmark_disable", False):
        return "--benchmark-disable measures nothing; leave it out"
    if getattr(option, "numprocesses", None) or getattr(option, "dist", "no") != "no" or getattr(option, "tx", None):
        return "pytest-xdist would have benchmarks run beside each other; leave out -n, --dist and --tx"
    return ""
