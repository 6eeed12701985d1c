"""What is compared of a benchmark: one number for each of its families, from one launch of a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from statistics import median
from typing import Any

from framegate.gate.verdicts import MEMORY, MISSED, P95, TOTAL
from framegate.realtime.bounds import samples_needed
from framegate.results.page import Page
from framegate.results.parts import Memory, Part, ScreenCosts
from framegate.words import Stat

FRAME_S = 1 / 30
"""A frame that takes longer has missed its turn before a camera of 30 frames a second."""
EXACT: Mapping[type[Part], Sequence[str]] = {
    ScreenCosts: ("tensor_bytes", "uploaded_bytes"),
    Page: ("tensors_left", "bytes_left"),
}
"""Counts that do not vary by chance, and are compared as they are, by the part of a result that holds them."""


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile: the value at rank ceil(0.95 n)."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def value_of(seconds: Sequence[float], stat: Stat) -> float:
    """One number for the rounds of a launch."""
    of: dict[Stat, Callable[[Sequence[float]], float]] = {"min": min, "median": median, "p95": p95}
    return of[stat](seconds)


def enough_for_p95() -> int:
    """Count of rounds in a launch from which on a p95 says anything: with fewer, one accident would be the tail."""
    return samples_needed(0.95)


def families(rounds: Sequence[float], stages_s: Mapping[str, Sequence[float]], stat: Stat) -> dict[str, float]:
    """Every family's value, times in seconds and ``missed`` as a share.

    Args:
        rounds: seconds of each round.
        stages_s: seconds of each stage in each round, which may be too short for the clock; empty without stages.
        stat: the number that stands for the rounds.

    Raises:
        ValueError: there is nothing, or an invalid duration.
    """
    values = {TOTAL: value_of(checked_seconds(rounds), stat)}
    values |= {name: value_of(checked_seconds(seconds, may_be_zero=True), stat) for name, seconds in stages_s.items()}
    if len(rounds) >= enough_for_p95() and stat != P95:
        values[P95] = p95(rounds)
    if "inference" in stages_s:
        values[MISSED] = sum(seconds > FRAME_S for seconds in rounds) / len(rounds)
    return values


def exact_counts(extra_info: Mapping[str, Any]) -> dict[str, int]:
    """The counts that a benchmark stores, by their last names."""
    parts = [(kind.read(extra_info), names) for kind, names in EXACT.items()]
    counts = {name: getattr(part, name) for part, names in parts if part is not None for name in names}
    return {name: count for name, count in counts.items() if count is not None}


def both_counts(base: Mapping[str, Any], candidate: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """The exact counts that both sides' ``extra_info`` have, by their last names."""
    before = exact_counts(base)
    return {name: (before[name], count) for name, count in exact_counts(candidate).items() if name in before}


def memory_of(memory: Memory | None) -> dict[str, int]:
    """The families of a process's memory, in bytes; empty where nothing is known of it."""
    sizes = {name: getattr(memory, name, None) for name in MEMORY}
    return {name: size for name, size in sizes.items() if size is not None and size > 0}


def checked_seconds(seconds: Sequence[float], *, may_be_zero: bool = False) -> Sequence[float]:
    """The times themselves.

    Raises:
        ValueError: the list is empty, a value is not a positive finite number, or all are zero and may not be.
    """
    if not seconds:
        raise ValueError("it has no times")
    for value in seconds:
        if not isinstance(value, int | float) or not isfinite(value) or value < 0:
            raise ValueError(f"invalid duration {value!r}")
    if not (may_be_zero or any(seconds)):
        raise ValueError("all of its times are zero")
    return seconds
