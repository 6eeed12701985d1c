"""Stored runs for tests of the stored mode, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from framegate.gate.floors import STORED_FLOOR, Floors
from framegate.gate.history import Candidate, compare
from framegate.gate.verdicts import Finding
from framegate.gate.worker.messages import Outcome

MACHINE = {"cpu": {"brand_raw": "A CPU", "count": 2}, "system": "Linux", "python_version": "3.11.7"}
PASSED, SKIPPED, FAILED = Outcome("passed"), Outcome("skipped", "no driver"), Outcome("failed", "a wrong picture")


def entry(name: str, seconds: float, *, draw: float | None = None, left: int = 0, launches: int = 5) -> dict[str, Any]:
    """A benchmark with launches of three rounds, the fastest of which takes that long."""
    rounds = [seconds, 1.2 * seconds, 1.1 * seconds]
    stages = {} if draw is None else {"stages_s": {"draw": [draw, draw, draw] * launches}}
    calls = 0 if draw is None else 3
    extra = {"gate": {"launches": [{"rounds": 3, "calls": calls}] * launches}, "browser": {"tensors_left": left}}
    return {"name": name, "stats": {"data": rounds * launches}, "extra_info": {**extra, **stages}}


def run(*entries: dict[str, Any], canary: float = 1e-3, machine: Mapping[str, Any] = MACHINE) -> dict[str, Any]:
    return {
        "machine_info": dict(machine),
        "benchmarks": list(entries),
        "framegate_gate": {"schema": 1, "launches": 5, "canary": [canary] * 5},
    }


def findings(
    now: dict[str, Any],
    accepted: Sequence[Mapping[str, Any]],
    outcomes: Mapping[str, Sequence[Outcome]] | None = None,
    allowed: Sequence[str] = (),
    floors: Mapping[str, Floors] | None = None,
) -> dict[str, Finding]:
    ended = {each["name"]: [PASSED] * 5 for each in now["benchmarks"]} if outcomes is None else outcomes
    default = Floors(general=STORED_FLOOR)
    found = compare(Candidate(now, ended), accepted, "min", floors or {}, default, lambda key: key in allowed)
    return {each.benchmark: each for each in found}


def only(found: Mapping[str, Finding]) -> Finding:
    (finding,) = found.values()
    return finding


FIVE = [run(entry("it", 1e-3, draw=5e-4)) for _ in range(5)]
