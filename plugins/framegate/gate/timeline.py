"""The history of benchmarks over stored runs, with what the gate said of each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

import numpy as np

from framegate.errors import HistoryError
from framegate.gate.past import past_gate
from framegate.report.history import BenchmarkHistory, HistoryPoint
from framegate.results.fingerprint import Fingerprint, differences
from framegate.runs.columns import RunColumns
from framegate.runs.files import files_in
from framegate.runs.kept import readable_runs

_Conditions = tuple[Fingerprint, str | None]
"""The machine's fingerprint, and the cell's as JSON."""
MOST_LETTERS = 200
"""Of what is said of a change; a file may say anything of its machine."""
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def histories(runs: Iterable[RunColumns], keys: Collection[str] | None = None) -> list[BenchmarkHistory]:
    """The history of each benchmark, in the order in which they first come.

    Args:
        runs: stored runs, in any order; those that say when come in the order of time, after those that do not.
        keys: names of the benchmarks that are asked for; None are all.
    """
    points: dict[str, list[HistoryPoint]] = {}
    last: dict[str, _Conditions] = {}
    for run in sorted(runs, key=lambda run: run.instant or _FIRST):
        gate, machine = past_gate(run), run.machine
        for place, key in enumerate(run.keys):
            seconds = float(run.typical_s[place])
            if not (isfinite(seconds) and seconds > 0) or (keys is not None and key not in keys):
                continue
            conditions = machine, run.texts["fingerprint"][place]
            before, last[key] = last.get(key, conditions), conditions
            finding = gate.findings.get(key)
            point = HistoryPoint(
                run.name,
                run.instant,
                run.commit,
                seconds,
                "" if conditions == before else _change(conditions, before),
                gate.is_accepted,
                "" if finding is None else str(finding.verdict),
                None if finding is None else finding.least,
            )
            points.setdefault(key, []).append(point)
    return [BenchmarkHistory(key, own) for key, own in points.items()]


def histories_until(newest: RunColumns, storage: Path) -> tuple[list[BenchmarkHistory], list[HistoryError]]:
    """The history of a run's benchmarks in what was stored before it, and itself; and files that cannot be read.

    Args:
        newest: the run, which may be among the stored ones as well.
        storage: pytest-benchmark's storage, which need not be there.
    """
    runs, errors = readable_runs(files_in(storage))
    last = newest.instant or _LAST
    before = [run for run in runs if (run.instant or _FIRST) <= last and not _is_same(run, newest)]
    return histories([*before, newest], set(newest.keys)), errors


def _is_same(run: RunColumns, other: RunColumns) -> bool:
    """Whether two files tell of one run: no two runs take the same time to the last digit."""
    times, others = dict(zip(run.keys, run.typical_s, strict=True)), dict(zip(other.keys, other.typical_s, strict=True))
    return times.keys() == others.keys() and np.array_equal(
        [*times.values()], [others[key] for key in times], equal_nan=True
    )


def _change(now: _Conditions, before: _Conditions) -> str:
    text = differences(_whole(now), _whole(before))
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 2]} …"


def _whole(conditions: _Conditions) -> Fingerprint:
    machine, cell = conditions
    return {**machine, **json.loads(cell or "{}")}
