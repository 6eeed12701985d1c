"""A stored run as columns: a row for each benchmark, and the seconds of all rounds in one array."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from math import nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from framegate.errors import HistoryError
from framegate.results.cell import CellResult
from framegate.results.fingerprint import cell_fingerprint, fingerprint, section
from framegate.results.parts import StageSamples
from framegate.values import Array

ROUND = ""
"""Under this name are the seconds of whole rounds, among those of the stages."""
BENCHMARKS = "benchmarks"
_BULKY = (
    (StageSamples.key, None),
    ("realtime", "ages_s"),
    ("browser", "dispatch_s"),
    ("browser", "readback_s"),
    ("browser", "kernels"),
)
"""Long lists of which no column is made."""


class _Entry(NamedTuple):
    """A benchmark as it is stored, and what is read of it."""

    stats: Mapping[str, Any]
    result: CellResult
    fingerprint: str


def _params(params: Mapping[str, Any]) -> str | None:
    # Those of a run that is still going on may be anything.
    return (
        json.dumps({str(name): value for name, value in params.items()}, sort_keys=True, default=str)
        if params
        else None
    )


TEXTS: Mapping[str, Callable[[_Entry], object]] = {
    "benchmark": lambda entry: entry.result.name,
    "suite": lambda entry: entry.result.suite,
    "group": lambda entry: entry.result.group,
    "model": lambda entry: entry.result.frame.model,
    "model_sha256": lambda entry: entry.result.frame.model_sha256,
    "size": lambda entry: entry.result.frame.size,
    "preprocess": lambda entry: entry.result.frame.preprocess,
    "runtime": lambda entry: entry.result.frame.runtime,
    "runtime_version": lambda entry: entry.result.frame.runtime_version,
    "renderer": lambda entry: entry.result.frame.renderer,
    "gl": lambda entry: entry.result.frame.gl,
    "gl_renderer": lambda entry: entry.result.frame.gl_renderer,
    "view": lambda entry: entry.result.shown and entry.result.shown.view,
    "outputs": lambda entry: entry.result.shown and ", ".join(entry.result.shown.outputs),
    "scenario": lambda entry: entry.result.frame.scenario,
    "pipeline": lambda entry: entry.result.frame.pipeline,
    "source": lambda entry: entry.result.frames and entry.result.frames.source,
    "fit": lambda entry: entry.result.frames and entry.result.frames.fit,
    "browser": lambda entry: entry.result.page and entry.result.page.browser,
    "tfjs": lambda entry: entry.result.page and entry.result.page.tfjs,
    "page_thread": lambda entry: entry.result.page and entry.result.page.thread,
    "params": lambda entry: _params(entry.result.params),
    "fingerprint": lambda entry: entry.fingerprint,
}
"""Column of text -> what it holds of a benchmark; None where it does not apply."""

NUMBERS: Mapping[str, Callable[[_Entry], object]] = {
    "threads": lambda entry: entry.result.frame.threads,
    "is_software": lambda entry: entry.result.frame.is_software,
    "vsync": lambda entry: entry.result.frame.vsync,
    "rounds": lambda entry: entry.stats.get("rounds"),
    "iterations": lambda entry: entry.stats.get("iterations"),
    "min_s": lambda entry: entry.stats.get("min"),
    "median_s": lambda entry: entry.stats.get("median"),
    "mean_s": lambda entry: entry.stats.get("mean"),
    "max_s": lambda entry: entry.stats.get("max"),
    "stddev_s": lambda entry: entry.stats.get("stddev"),
    "q1_s": lambda entry: entry.stats.get("q1"),
    "q3_s": lambda entry: entry.stats.get("q3"),
    "peak_bytes": lambda entry: entry.result.memory and entry.result.memory.peak_bytes,
    "steady_bytes": lambda entry: entry.result.memory and entry.result.memory.steady_bytes,
    "differs_by": lambda entry: entry.result.agreement and entry.result.agreement.differs_by,
    "delivered_per_s": lambda entry: entry.result.realtime and entry.result.realtime.delivered_per_s,
    "dropped": lambda entry: entry.result.realtime and entry.result.realtime.dropped_count,
    "age_median_s": lambda entry: entry.result.realtime and entry.result.realtime.age_median_s,
    "age_p99_s": lambda entry: entry.result.realtime and entry.result.realtime.age_p99_s,
}
"""Column of numbers -> what it holds of a benchmark; not a number where that is not known."""


@dataclass(frozen=True)
class RoundSeconds:
    """What every round of a run took.

    Attributes:
        seconds: float64, one stretch after another.
        stretches: int64, a row for each: its benchmark, its name, its first item, and the one behind its last.
        names: names of stages, and `ROUND` for whole rounds; a stretch has the place of its own in here.
        launches: int64, a row for each launch of fresh processes: its benchmark, and its count of rounds.
    """

    seconds: Array
    stretches: Array
    names: Sequence[str]
    launches: Array

    def of(self, benchmark: int) -> dict[str, Array]:
        """Name -> seconds of each round of a benchmark, by its place in the run."""
        return {
            self.names[name]: self.seconds[start:stop]
            for _, name, start, stop in self.stretches[self.stretches[:, 0] == benchmark].tolist()
        }

    def launches_of(self, benchmark: int) -> list[int]:
        """How many rounds each launch of a benchmark had; empty where that is not stored."""
        counts: list[int] = self.launches[self.launches[:, 0] == benchmark][:, 1].tolist()
        return counts


@dataclass(frozen=True)
class RunColumns:
    """A stored run.

    Attributes:
        path: its file.
        sha256: digest of the file.
        head: the file without its benchmarks.
        texts: name -> a text for each benchmark; the names are those of `TEXTS`.
        numbers: name -> float64, a number for each benchmark; the names are those of `NUMBERS`.
        stages: names of all stages that have seconds.
        rounds: what its rounds took; None where they were not asked for.
    """

    path: Path
    sha256: str
    head: Mapping[str, Any]
    texts: Mapping[str, Sequence[str | None]]
    numbers: Mapping[str, Array]
    stages: Sequence[str]
    rounds: RoundSeconds | None = None

    @property
    def name(self) -> str:
        """Name of the run, as pytest-benchmark has it: ``0001_before``."""
        return self.path.stem

    @property
    def started(self) -> str:
        """When it was stored, as ISO 8601 has it; empty where the file does not say."""
        text = self.head.get("datetime")
        return text if isinstance(text, str) else ""

    @cached_property
    def instant(self) -> datetime | None:
        """The same in UTC, which is assumed where no zone is named; None where it is not a time."""
        try:
            time = datetime.fromisoformat(self.started)
            return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    @property
    def commit(self) -> str | None:
        """The commit that was measured."""
        commit = section(self.head, "commit_info").get("id")
        return commit if isinstance(commit, str) else None

    @property
    def machine(self) -> dict[str, str]:
        """The fingerprint of the machine alone."""
        return fingerprint(section(self.head, "machine_info"), {})

    @property
    def is_clocked(self) -> Array:
        """Of each benchmark, whether it is a run against a clock, whose only round is as long as that was to be."""
        return ~(np.isnan(self.numbers["age_median_s"]) & np.isnan(self.numbers["delivered_per_s"]))

    @cached_property
    def typical_s(self) -> Array:
        """Seconds that stand for each benchmark: the median of its rounds, or of its frames' ages if it is clocked."""
        typical: Array = np.where(self.is_clocked, self.numbers["age_median_s"], self.numbers["median_s"])
        return typical

    @property
    def keys(self) -> Sequence[str]:
        """Names of its benchmarks."""
        return [name or "" for name in self.texts["benchmark"]]


def columns_of(content: object, path: Path, sha256: str) -> RunColumns:
    """The columns of a file that pytest-benchmark has written.

    Args:
        content: what the file holds, as JSON.
        path: the file.
        sha256: its digest.

    Raises:
        HistoryError: pytest-benchmark has written no such file.
    """
    entries = content.get(BENCHMARKS) if isinstance(content, dict) else None
    if not (
        isinstance(content, dict) and isinstance(entries, list) and all(isinstance(item, dict) for item in entries)
    ):
        raise HistoryError(f"{path} is no stored run: it has no list of benchmarks; name files of pytest-benchmark")
    rows = list(map(_entry, entries))
    rounds = _rounds(entries)
    return RunColumns(
        path,
        sha256,
        {name: value for name, value in content.items() if name != BENCHMARKS},
        {name: [_text(read(row)) for row in rows] for name, read in TEXTS.items()},
        {name: np.array([_number(read(row)) for row in rows], np.float64) for name, read in NUMBERS.items()},
        [name for name in rounds.names if name != ROUND],
        rounds,
    )


def _entry(stored: Mapping[str, Any]) -> _Entry:
    extra_info = dict(section(stored, "extra_info"))
    for part, name in _BULKY:
        if name is None:
            extra_info.pop(part, None)
        elif name in section(extra_info, part):
            extra_info[part] = {**extra_info[part], name: []}
    result = CellResult.read({**stored, "extra_info": extra_info})
    cell = cell_fingerprint(result.frame, result.page, result.frames, result.shown)
    return _Entry(section(stored, "stats"), result, json.dumps(cell))


def _text(value: object) -> str | None:
    if type(value) is not str:
        return None
    # Half of a surrogate pair is JSON, and no text that a file can hold. What is in all runs of a history is kept once.
    return sys.intern(value if value.isascii() else value.encode("utf-8", "backslashreplace").decode())


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        return nan
    try:
        return float(value)
    except OverflowError:
        return nan


def _seconds(values: object) -> Array | None:
    """A list of numbers, with None for each entry that is not a number; None if it is not a list."""
    if not isinstance(values, list | tuple) or not set(map(type, values)) <= {int, float, type(None)}:
        return None
    try:
        return np.array(values, np.float64)
    except OverflowError:
        return None


def _rounds(entries: Iterable[Mapping[str, Any]]) -> RoundSeconds:
    names: dict[str, int] = {}
    parts: list[Array] = []
    stretches: list[tuple[int, int, int, int]] = []
    launches: list[tuple[int, int]] = []
    end = 0
    for place, entry in enumerate(entries):
        counts, samples = _samples(entry)
        launches += [(place, count) for count in counts]
        for name, seconds in samples.items():
            stretches.append((place, names.setdefault(name, len(names)), end, end + len(seconds)))
            parts.append(seconds)
            end += len(seconds)
    return RoundSeconds(
        np.concatenate(parts) if parts else np.zeros(0),
        np.array(stretches, np.int64).reshape(-1, 4),
        list(names),
        np.array(launches, np.int64).reshape(-1, 2),
    )


def _samples(entry: Mapping[str, Any]) -> tuple[list[int], dict[str, Array]]:
    """How many rounds each launch of a benchmark had, and what each round and each of its stages took."""
    extra_info, stats = section(entry, "extra_info"), section(entry, "stats")
    samples: dict[str, Array] = {}
    whole = _seconds(stats.get("data"))
    if whole is not None and len(whole):
        samples[ROUND] = whole
    launches = list(_launches(extra_info))
    if sum(rounds for rounds, _ in launches) != (len(whole) if whole is not None else -1):
        launches = []
    count = len(whole) if whole is not None and len(whole) else stats.get("rounds")
    for name, values in section(extra_info, StageSamples.key).items():
        calls = _seconds(values)
        if calls is None or type(count) is not int:
            continue
        seconds = _by_round(calls, launches or [(count, len(calls))])
        if seconds is not None:
            samples[name] = seconds
    return [rounds for rounds, _ in launches], samples


def _launches(extra_info: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Count of the rounds and of the calls of each launch; nothing where a user keeps something else there."""
    launches = section(extra_info, "gate").get("launches")
    for launch in launches if isinstance(launches, list) else ():
        counts = (section({"it": launch}, "it").get(name) for name in ("rounds", "calls"))
        rounds, calls = (count if type(count) is int and count >= 0 else 0 for count in counts)
        yield rounds, calls


def _by_round(seconds: Array, launches: Sequence[tuple[int, int]]) -> Array | None:
    """The mean of the calls of each round; None where the calls cannot be told apart."""
    if sum([calls for _, calls in launches]) != len(seconds) or not len(seconds):
        return None
    if [rounds for rounds, _ in launches] == [calls for _, calls in launches]:
        return seconds
    if any(rounds < 1 or calls < rounds or calls % rounds for rounds, calls in launches):
        return None
    ends = np.cumsum([calls for _, calls in launches])[:-1]
    blocks = zip(np.split(seconds, ends), launches, strict=True)
    return np.concatenate([block.reshape(rounds, -1).mean(1) for block, (rounds, _) in blocks])
