"""Launches of a whole run: the ordinary pytest, in fresh processes, put together into one stored run."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from framegate.errors import ComparisonError
from framegate.gate.excuses import CANARY, SECTION, WAITED
from framegate.gate.history import by_key
from framegate.gate.samples import memory_of
from framegate.gate.worker.messages import Finished, Outcome, RunAll
from framegate.gate.workers import Side, Worker, workers
from framegate.leftovers import temporary_folder
from framegate.results.fingerprint import section
from framegate.results.parts import Memory, StageSamples
from framegate.work import long_work

Say = Callable[[str], None]
Summarise = Callable[[list[float]], Mapping[str, Any]]
# The fastest of many short pieces of work is what no other program got in the way of.
_CANARY_BYTES = bytes(1 << 20)
_CANARY_TIMES = 15


@dataclass(frozen=True)
class Launch:
    """What one process measured.

    Attributes:
        run: pytest-benchmark's file; without benchmarks, if it wrote none.
        outcomes: benchmark -> how it ended.
        canary_s: seconds of the work that measures the machine.
        exit_code: pytest's exit code.
        waited: the time in which it could have run, as a multiple of that in which it did; 0 where it is not known.
    """

    run: dict[str, Any]
    outcomes: Mapping[str, Outcome]
    canary_s: float
    exit_code: int
    waited: float = 0.0


def launch(side: Side, title: str = "launch") -> Launch:
    """Run the benchmarks of a side in a fresh process.

    Args:
        side: the command.
        title: which launch it is, for whoever watches the work.

    Raises:
        ComparisonError: it ended before it was through, or what it wrote cannot be read.
    """
    with temporary_folder("launch") as folder:
        file = folder / "benchmarks.json"
        canary = canary_seconds()
        side = replace(side, arguments=(*side.arguments, f"--benchmark-json={file}"))
        outcomes: dict[str, Outcome] = {}
        with workers([side]) as (worker,):
            worker.send(RunAll())
            message: Outcome | Finished = _next(worker, title, outcomes)
            while isinstance(message, Outcome):
                outcomes[message.key] = message
                message = _next(worker, title, outcomes)
            exit_code = worker.wait()
        run: dict[str, Any] = {"benchmarks": []}
        if file.exists() and file.stat().st_size:
            try:
                run = json.loads(file.read_text("utf-8"))
            except ValueError as error:
                raise ComparisonError(f"{side.label} wrote results that are not JSON: {error}") from error
        return Launch(run, outcomes, canary, exit_code, message.waited)


def _next(worker: Worker, title: str, outcomes: Mapping[str, Outcome]) -> Outcome | Finished:
    with long_work(f"{title}, {len(outcomes)} benchmarks done"):
        return worker.receive(Outcome, Finished)


def merged_run(launches: Sequence[Launch], summarise: Summarise) -> dict[str, Any]:
    """One run in pytest-benchmark's form: each benchmark with the rounds of all launches, and which are whose.

    Args:
        launches: launches, at least one.
        summarise: pytest-benchmark's statistics of some seconds, without the seconds.
    """
    benchmarks: dict[str, dict[str, Any]] = {}
    for key, entry in [item for launch in launches for item in by_key(launch.run).items()]:
        extra_info = section(entry, "extra_info")
        stages = StageSamples.read(extra_info) or StageSamples()
        part = {"rounds": len(entry["stats"]["data"]), "calls": len(next(iter(stages.samples_s.values()), ()))}
        part |= memory_of(Memory.read(extra_info))
        if key not in benchmarks:
            extra = {**finite(extra_info), "gate": {"launches": [part]}}
            benchmarks[key] = {**entry, "extra_info": extra}
            continue
        merged = benchmarks[key]
        merged["extra_info"]["gate"]["launches"].append(part)
        merged["stats"] = {**merged["stats"], "data": merged["stats"]["data"] + entry["stats"]["data"]}
        if joined := StageSamples.read(merged["extra_info"]):
            # A stage that not all launches have cannot be told apart by their numbers of calls.
            names = [name for name in joined.samples_s if name in stages.samples_s]
            samples = {name: (*joined.samples_s[name], *stages.samples_s[name]) for name in names}
            StageSamples(samples).store(merged["extra_info"])
    for merged in benchmarks.values():
        merged["stats"] = {**merged["stats"], **summarise(merged["stats"]["data"])}
    first = next((launch.run for launch in launches if launch.run["benchmarks"]), launches[0].run)
    return {
        **first,
        "benchmarks": list(benchmarks.values()),
        SECTION: {
            "schema": 1,
            "launches": len(launches),
            CANARY: [launch.canary_s for launch in launches],
            WAITED: [launch.waited for launch in launches],
        },
    }


def finite(value: Any) -> Any:
    """The same value, with NaN and infinities as text: a user's own ``extra_info`` may hold them."""
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {name: finite(part) for name, part in value.items()}
    return [finite(part) for part in value] if isinstance(value, list | tuple) else value


def outcomes_of(launches: Sequence[Launch]) -> dict[str, list[Outcome]]:
    """Benchmark -> how it ended in each launch."""
    outcomes: dict[str, list[Outcome]] = {}
    for launch in launches:
        for key, outcome in launch.outcomes.items():
            outcomes.setdefault(key, []).append(outcome)
    return outcomes


def run_launches(side: Side, count: int, say: Say, clock: Callable[[], float] = time.monotonic) -> list[Launch]:
    """Several launches, one after another; one in which a benchmark failed is the last."""
    launches: list[Launch] = []
    started, took = clock(), 0.0
    for number in range(1, count + 1):
        left = f", about {took * (count - number + 1):.0f} s left" if took else ""
        launches.append(launch(side, f"gate: launch {number} of {count}{left}"))
        took = (clock() - started) / number
        left = f", about {took * (count - number):.0f} s left" if number < count else ""
        passed = sum(outcome.outcome == "passed" for outcome in launches[-1].outcomes.values())
        say(f"gate: launch {number} of {count}: {passed} benchmarks in {took:.0f} s{left}")
        if any(outcome.outcome == "failed" for outcome in launches[-1].outcomes.values()):
            break
    return launches


def canary_seconds(clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of work that is always the same, the fastest of several times."""
    seconds = []
    for _ in range(_CANARY_TIMES):
        started = clock()
        hashlib.sha256(bytearray(_CANARY_BYTES)).digest()
        seconds.append(clock() - started)
    return min(seconds)
