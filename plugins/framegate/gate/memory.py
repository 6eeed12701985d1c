"""Whether a benchmark's process holds more memory than it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from framegate.gate.fingerprint import section
from framegate.gate.floors import Floors
from framegate.gate.verdicts import MEMORY, Shift, Verdict

LEAST_BYTES = 8 << 20
"""What allocators and threads make two launches of the same code differ by; a smaller change does not count."""

Held = Mapping[str, int]
"""Family -> bytes, of one launch; a family that the system does not tell is left out."""


def memory_of(extra_info: Mapping[str, Any]) -> dict[str, int]:
    """What a benchmark stored of its process; empty where it stored nothing."""
    held = section(extra_info, "memory")
    return {name: held[name] for name in MEMORY if isinstance(held.get(name), int) and held[name] > 0}


def memory_shifts(base: Sequence[Held], candidate: Sequence[Held], floors: Floors) -> Iterator[Shift]:
    """The shift of each family that both sides have.

    Bytes vary little from launch to launch, and not by a law. So a median that moved by more than the floor, and by
    more than `LEAST_BYTES`, counts where every launch of one side is above every launch of the other.

    Args:
        base: of each launch.
        candidate: of each launch.
        floors: the smallest changes that count.
    """
    for family in MEMORY:
        before, after = ([held[family] for held in side if family in held] for side in (base, candidate))
        if before and after:
            yield _shift(family, before, after, floors.fraction(family))


def _shift(family: str, before: Sequence[int], after: Sequence[int], floor: float) -> Shift:
    middle, change = median(before), median(after) / median(before) - 1
    counts = abs(change) > floor and abs(median(after) - middle) > LEAST_BYTES
    verdict = Verdict.SAME
    if counts and min(after) > max(before):
        verdict = Verdict.REGRESSED
    elif counts and max(after) < min(before):
        verdict = Verdict.IMPROVED
    return Shift(family, verdict, change, min(after) / middle - 1, max(after) / middle - 1)
