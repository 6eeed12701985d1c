"""Whether the machine is the cause: its own speed, and how long the benchmarks waited for a processor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, log
from statistics import median
from typing import Any

from framegate.gate.evidence import Excuse
from framegate.gate.floors import STORED_FLOOR
from framegate.gate.judge import slow_machine
from framegate.gate.statistics import CANARY_REACH, against_history
from framegate.results.fingerprint import fingerprint, section

SECTION = "framegate_gate"
"""The key under which a stored run says what the gate has to know of it."""
CANARY, WAITED = "canary", "waited"
KEPT_RUNS = 10
TOO_BUSY = 2.0
"""Times of a process that spends half of its time waiting for a processor are the other processes' as well."""


def excuse_of(run: Mapping[str, Any], accepted: Sequence[Mapping[str, Any]]) -> Excuse | None:
    """How much slower the machine itself was; None if it was as fast as in the accepted runs, or nothing is known."""
    machine = fingerprint(section(run, "machine_info"), {})
    same = [old for old in accepted if fingerprint(section(old, "machine_info"), {}) == machine][-KEPT_RUNS:]
    excuses = [_busy(run), _slower(run, same, CANARY), _slower(run, same, WAITED)]
    return max((excuse for excuse in excuses if excuse is not None), key=lambda excuse: excuse.most, default=None)


def _busy(run: Mapping[str, Any]) -> Excuse | None:
    times = median(_values(run, WAITED) or [0.0])
    if times < TOO_BUSY:
        return None
    return Excuse(
        log(times),
        f"other processes kept the machine so busy that the benchmarks took {times:.1f} times as long as they ran; try"
        " again when it is quiet, or decide by framegate ab",
    )


def _slower(run: Mapping[str, Any], accepted: Sequence[Mapping[str, Any]], name: str) -> Excuse | None:
    candidate = [log(value) for value in _values(run, name)]
    base = [[log(value) for value in _values(old, name)] for old in accepted]
    if not candidate or not base or not all(base):
        return None
    what = "the machine itself is slower" if name == CANARY else "the wait for a processor is longer"
    reason = f"{what} by {{share}} than in the accepted runs; try again, or decide by framegate ab"
    reach = CANARY_REACH if name == CANARY else 1  # who waits for a processor is slower by that, and by no more
    return slow_machine(against_history(candidate, base), STORED_FLOOR, reason, reach=reach)


def _values(run: Mapping[str, Any], name: str) -> list[float]:
    """One positive number per launch; empty if the run has none, or something else in their place."""
    values = section(run, SECTION).get(name)
    if not isinstance(values, list):
        return []
    known = all(isinstance(value, int | float) and isfinite(value) and value > 0 for value in values)
    return [float(value) for value in values] if known else []
