"""The columns of a table of rounds, and its rows, one benchmark at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, Literal

import numpy as np

from framegate.errors import HistoryError
from framegate.gate.past import PastGate, past_gate
from framegate.results.fingerprint import section
from framegate.runs.columns import NUMBERS, ROUND, TEXTS, RoundSeconds, RunColumns
from framegate.runs.kept import open_run
from framegate.values import Array

ColumnKind = Literal["text", "number", "count", "flag", "time"]

RUN_COLUMNS: Mapping[str, ColumnKind] = {
    "run": "text",
    "file": "text",
    "started": "time",
    "commit": "text",
    "branch": "text",
    "is_dirty": "flag",
    "machine": "text",
    "cpu": "text",
    "cores": "count",
    "os": "text",
    "python": "text",
    "pytest_benchmark": "text",
    "baseline": "text",
    "is_accepted": "flag",
}
"""Columns of a run; those of its libraries' versions follow them."""
GATE_COLUMNS: Mapping[str, ColumnKind] = {"verdict": "text", "least_slowdown": "number"}
"""What the gate said of a benchmark."""
COUNTS = {"threads", "rounds", "iterations", "peak_bytes", "steady_bytes", "dropped"}
FLAGS = {"is_software", "vsync"}
LAUNCH, ROUND_NUMBER, ROUND_S = "launch", "round", "round_s"
_MOST_EXACT = 2.0**53
"""Up to here float64 has every whole number."""


@dataclass(frozen=True)
class TableLayout:
    """The columns of a table.

    Attributes:
        columns: name -> kind, of those that have one value for all rounds of a benchmark.
        series: name -> kind, of those that have a value for each round; they follow the others.
        versions: library -> the column of its version.
        stages: stage -> the column of its seconds.
    """

    columns: Mapping[str, ColumnKind]
    series: Mapping[str, ColumnKind]
    versions: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, ColumnKind]:
        """Name -> kind of all columns, in their order."""
        return {**self.columns, **self.series}


@dataclass(frozen=True)
class CellRows:
    """The rows of one benchmark.

    Attributes:
        values: column -> the value that is in all rows; None where it is not known, or does not apply.
        series: column -> a number for each row; a column that does not apply is not there.
        count: how many rows there are.
    """

    values: Mapping[str, Any]
    series: Mapping[str, Array]
    count: int

    @property
    def has_rounds(self) -> bool:
        """Whether its rows are rounds; else there is one row, of statistics alone."""
        return ROUND_NUMBER in self.series


def table_layout(runs: Iterable[RunColumns]) -> TableLayout:
    """The columns that are needed for some runs."""
    libraries: dict[str, None] = {}
    stages: dict[str, None] = {}
    for run in runs:
        libraries |= dict.fromkeys(map(str, _versions(run)))
        stages |= dict.fromkeys(run.stages)
    texts: dict[str, ColumnKind] = {name: "text" for name in TEXTS if name != "fingerprint"}
    numbers: dict[str, ColumnKind] = {name: _kind(name) for name in NUMBERS}
    series: dict[str, ColumnKind] = {LAUNCH: "count", ROUND_NUMBER: "count", ROUND_S: "number"}
    names = {*RUN_COLUMNS, *GATE_COLUMNS, *texts, *numbers, *series}
    versions = {library: _free(f"{_word(library)}_version", names) for library in libraries}
    columns = {stage: _free(f"{_word(stage)}_s", names) for stage in stages}
    return TableLayout(
        {**RUN_COLUMNS, **dict.fromkeys(versions.values(), "text"), **texts, **GATE_COLUMNS, **numbers},
        {**series, **dict.fromkeys(columns.values(), "number")},
        versions,
        columns,
    )


def _kind(name: str) -> ColumnKind:
    return "count" if name in COUNTS else "flag" if name in FLAGS else "number"


def _word(name: str) -> str:
    """The name as that of a column, which no query has to quote."""
    return re.sub(r"\W+", "_", name).strip("_").lower() or "unnamed"


def _free(name: str, names: set[str]) -> str:
    """The name, with a number behind it where another column has it."""
    numbered = (name if number == 1 else f"{name}_{number}" for number in range(1, len(names) + 2))
    free = next(candidate for candidate in numbered if candidate not in names)
    names.add(free)
    return free


def blocks_of(runs: Sequence[RunColumns], layout: TableLayout) -> Iterator[CellRows]:
    """The rows of some runs, in their order; one run's rounds at a time are in memory.

    Raises:
        HistoryError: a file cannot be read any more, or has changed since.
    """
    for run in runs:
        again = open_run(run.path, with_rounds=True)
        if again.sha256 != run.sha256 or again.rounds is None:
            raise HistoryError(f"{run.path} has changed while it was read; try again")
        yield from _blocks(again, again.rounds, layout)


def _blocks(run: RunColumns, rounds: RoundSeconds, layout: TableLayout) -> Iterator[CellRows]:
    gate = past_gate(run)
    of_run = _run_values(run, gate, layout)
    for place, key in enumerate(run.keys):
        finding = gate.findings.get(key)
        values = dict(of_run)
        values |= {name: texts[place] for name, texts in run.texts.items() if name in layout.columns}
        values |= {"verdict": finding and str(finding.verdict), "least_slowdown": finding and finding.least}
        values |= {name: _value(numbers[place], _kind(name)) for name, numbers in run.numbers.items()}
        yield _block(values, rounds.of(place), rounds.launches_of(place), layout)


def _block(
    values: Mapping[str, Any], seconds: Mapping[str, Array], launches: Sequence[int], layout: TableLayout
) -> CellRows:
    if not seconds:
        return CellRows(values, {}, 1)
    count = len(next(iter(seconds.values())))
    series: dict[str, Array] = {ROUND_NUMBER: np.arange(count)}
    if launches:
        series[LAUNCH] = np.repeat(np.arange(len(launches)), launches)
    series |= {ROUND_S if name == ROUND else layout.stages[name]: values for name, values in seconds.items()}
    return CellRows(values, series, count)


def _run_values(run: RunColumns, gate: PastGate, layout: TableLayout) -> dict[str, Any]:
    commit, info = section(run.head, "commit_info"), section(run.head, "machine_info")
    cpu = section(info, "cpu")
    cores, is_dirty = cpu.get("count"), commit.get("dirty")
    values = {
        "run": run.name,
        "file": str(run.path),
        "started": run.instant,
        "commit": run.commit,
        "branch": commit.get("branch"),
        "is_dirty": is_dirty if isinstance(is_dirty, bool) else None,
        "machine": info.get("node"),
        "cpu": cpu.get("brand_raw"),
        "cores": cores if type(cores) is int and abs(cores) < _MOST_EXACT else None,
        "os": _words(info.get("system"), info.get("release")),
        "python": _words(info.get("python_implementation"), info.get("python_version")),
        "pytest_benchmark": run.head.get("version"),
        "baseline": gate.baseline,
        "is_accepted": gate.is_accepted if gate.baseline else None,
        **{column: _versions(run).get(library) for library, column in layout.versions.items()},
    }
    kinds = layout.columns
    return {name: _text(value) if kinds[name] == "text" else value for name, value in values.items()}


def _words(*values: object) -> str | None:
    return " ".join(value for value in values if isinstance(value, str)) or None


def _versions(run: RunColumns) -> Mapping[str, Any]:
    return section(section(run.head, "machine_info"), "versions")


def _text(value: object) -> str | None:
    """A text that a file can hold: characters that none can are written as escapes."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else None


def _value(number: float, kind: ColumnKind) -> float | int | bool | None:
    if isnan(number):
        return None
    if kind == "flag":
        return bool(number)
    if kind == "count":
        return int(number) if abs(number) < _MOST_EXACT and float(number).is_integer() else None
    return float(number)
