"""What is compared of a benchmark: one number for each of its families, from one launch of a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from statistics import median
from typing import Any, Literal

from framegate.gate.verdicts import MISSED, P95, TOTAL

Stat = Literal["min", "median", "p95"]
FRAME_S = 1 / 30
"""A frame that takes longer has missed its turn before a camera of 30 frames a second."""
ENOUGH_FOR_P95 = 20
EXACT = (
    ("screen", "tensor_bytes"),
    ("screen", "uploaded_bytes"),
    ("browser", "tensors_left"),
    ("browser", "bytes_left"),
)
"""Counts in ``extra_info`` that do not vary by chance, and are compared as they are."""


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile: the value at rank ceil(0.95 n)."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def value_of(seconds: Sequence[float], stat: Stat) -> float:
    """One number for the rounds of a launch."""
    of: dict[Stat, Callable[[Sequence[float]], float]] = {"min": min, "median": median, "p95": p95}
    return of[stat](seconds)


def families(rounds: Sequence[float], stages_s: Mapping[str, Sequence[float]], stat: Stat) -> dict[str, float]:
    """Every family's value, times in seconds and ``missed`` as a share.

    Args:
        rounds: seconds of each round.
        stages_s: seconds of each stage in each round; empty where the benchmark has none.
        stat: which number stands for the rounds.

    Raises:
        ValueError: there is nothing, or something that is no time.
    """
    found = {TOTAL: value_of(checked(rounds), stat)}
    found |= {name: value_of(checked(seconds), stat) for name, seconds in stages_s.items()}
    if len(rounds) >= ENOUGH_FOR_P95 and stat != P95:
        found[P95] = p95(rounds)
    if "inference" in stages_s:
        found[MISSED] = sum(seconds > FRAME_S for seconds in rounds) / len(rounds)
    return found


def exact_counts(extra_info: Mapping[str, Any]) -> dict[str, int]:
    """The counts that a benchmark stores, by their last names."""
    found = {}
    for section, name in EXACT:
        held = extra_info.get(section)
        count = held.get(name) if isinstance(held, Mapping) else None
        if isinstance(count, int):
            found[name] = count
    return found


def checked(seconds: Sequence[float]) -> Sequence[float]:
    """The times themselves.

    Raises:
        ValueError: there are none, or one is no positive finite number.
    """
    if not seconds:
        raise ValueError("it has no times")
    for value in seconds:
        if not isinstance(value, int | float) or not isfinite(value) or value < 0:
            raise ValueError(f"{value!r} is no time")
    if not any(seconds):
        raise ValueError("all of its times are zero")
    return seconds
