"""The mode that decides: base and candidate in pairs of fresh launches, in two stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from statistics import median
from typing import Any

from framegate.gate.floors import PAIRS_FLOOR, Floors
from framegate.gate.memory import memory_shifts
from framegate.gate.pairs import Ended, Measured
from framegate.gate.statistics import (
    SLOWER,
    PairsShift,
    adjust,
    as_change,
    may_be_the_machine,
    of_pairs,
    verdict_of_pairs,
)
from framegate.gate.verdicts import MISSED, TOTAL, Finding, Shift, Verdict, of_shifts

FIRST_PAIRS, MORE_PAIRS = 5, 10

Pair = Mapping[str, Measured | Ended]


@dataclass(frozen=True)
class Turn:
    """Which pair of how many; as text it is what the progress calls it, after ``what``."""

    number: int
    count: int
    what: str = ""

    def __str__(self) -> str:
        return f"{self.what}pair {self.number} of {self.count}"


RunPair = Callable[[Sequence[str] | None, Turn], Pair]
"""Measures a pair: the benchmarks to run (None for all), and whose turn it is."""


@dataclass(frozen=True)
class Comparison:
    """Everything that was measured.

    Attributes:
        first: the pairs of stage one, which measure all benchmarks.
        more: the pairs of stage two, which measure what the first did not settle.
    """

    first: Sequence[Pair]
    more: Sequence[Pair]


def measure(run_pair: RunPair, floors: Floors, first: int = FIRST_PAIRS, more: int = MORE_PAIRS) -> Comparison:
    """Both stages."""
    pairs = [run_pair(None, Turn(number, first)) for number in range(1, first + 1)]
    open_keys = [key for key in pairs[0] if unsettled(key, pairs, floors)]
    if not open_keys:
        return Comparison(pairs, ())
    what = f"{len(open_keys)} of {len(pairs[0])} benchmarks again, "
    return Comparison(pairs, [run_pair(open_keys, Turn(number, more, what)) for number in range(1, more + 1)])


def values_of(key: str, pairs: Iterable[Pair]) -> dict[str, list[float]]:
    """Family -> one value a pair, of a benchmark; a family that some pairs had too few rounds for is left out."""
    measured = [each for pair in pairs if isinstance(each := pair.get(key), Measured)]
    return {
        family: [each.ratios[family] for each in measured]
        for family in (measured[0].ratios if measured else ())
        if all(family in each.ratios for each in measured)
    }


def unsettled(key: str, pairs: Sequence[Pair], floors: Floors) -> bool:
    """Whether any family of a benchmark moved by so much in stage one that stage two has to look at it."""
    measured = [pair.get(key) for pair in pairs]
    if not all(isinstance(each, Measured) for each in measured):
        return False
    own = _own_floors(floors, measured)
    return any(
        abs(median(values)) > first_limit(family, own) and not _is_small(family, measured, own)
        for family, values in values_of(key, pairs).items()
    )


def first_limit(family: str, floors: Floors) -> float:
    """2 % where the floor is 3 %, and as much more or less as the floor is; no more than 2 % for the total."""
    if family == MISSED:
        return floors.fraction(MISSED) * 2 / 3
    scaled = log1p(floors.fraction(family) * 2 / 3)
    return min(scaled, SLOWER) if family == TOTAL else scaled


def conclude(comparison: Comparison, floors: Floors, pair_s: float | None = None) -> tuple[Finding, ...]:
    """A finding a benchmark, after the correction for all that was collected.

    Args:
        comparison: what was measured.
        floors: the smallest changes that count.
        pair_s: seconds that a pair of launches takes, to say how long more of them would.
    """
    keys = list(comparison.first[0]) if comparison.first else []
    ended = {key: finding for key in keys if (finding := _not_compared(key, comparison)) is not None}
    tested: dict[tuple[str, str], PairsShift] = {}
    p_values: dict[tuple[str, str], float] = {}
    for key in keys:
        if key in ended:
            continue
        looked_at_again = any(key in pair for pair in comparison.more)
        for family, values in values_of(key, comparison.more if looked_at_again else comparison.first).items():
            p_values[key, family] = 1.0
            if looked_at_again:
                tested[key, family] = of_pairs(values)
                p_values[key, family] = tested[key, family].p
    adjusted = adjust(p_values)
    drift = _drift(comparison.more)
    return tuple(ended.get(key) or _finding(key, comparison, tested, adjusted, floors, drift, pair_s) for key in keys)


def _finding(
    key: str,
    comparison: Comparison,
    tested: Mapping[tuple[str, str], PairsShift],
    adjusted: Mapping[tuple[str, str], float],
    floors: Floors,
    drift: PairsShift | None,
    pair_s: float | None,
) -> Finding:
    pairs = comparison.more if any(key in pair for pair in comparison.more) else comparison.first
    measured = [pair.get(key) for pair in pairs]
    own = _own_floors(floors, measured)
    shifts = []
    for family, values in values_of(key, pairs).items():
        shift = tested.get((key, family))
        shifts.append(
            _settled(family, values, measured)
            if shift is None
            else _tested(family, shift, adjusted[key, family], measured, own)
        )
    shifts.sort(key=lambda shift: shift.family != TOTAL)
    shifts += _count_shifts(measured)
    held = [each.memory for each in measured if isinstance(each, Measured)]
    shifts += memory_shifts([base for base, _ in held], [candidate for _, candidate in held], own)
    finding = of_shifts(key, shifts)
    if finding.verdict is Verdict.INCONCLUSIVE:
        needed = tested[key, TOTAL].pairs_needed(own.fraction(TOTAL))
        about = "" if pair_s is None else f", which would take about {max(1, round(needed * pair_s / 60))} min"
        return Finding(
            key, Verdict.INCONCLUSIVE, f"--pairs {needed} would settle it in such noise{about}", finding.shifts
        )
    if (
        finding.verdict is Verdict.REGRESSED
        and drift is not None
        and all(_is_excused(each, drift) for each in finding.worst())
    ):
        reason = (
            f"the machine itself was slower on the candidate's side by {100 * as_change(drift.mean):.0f} %; try again"
        )
        return Finding(key, Verdict.INCONCLUSIVE, reason, finding.shifts)
    return finding


def _is_excused(shift: Shift, drift: PairsShift) -> bool:
    return shift.p is not None and (shift.is_share or may_be_the_machine(shift.change, drift.mean))


def _settled(family: str, values: Sequence[float], measured: Sequence[Any]) -> Shift:
    change = median(values)
    low, high = min(values), max(values)
    if family != MISSED:
        change, low, high = map(as_change, (change, low, high))
    return Shift(family, Verdict.SAME, change, low, high, None, _seconds(family, measured))


def _tested(family: str, shift: PairsShift, p: float, measured: Sequence[Any], floors: Floors) -> Shift:
    seconds = _seconds(family, measured)
    if family == MISSED:
        floor = floors.fraction(MISSED)
        sure = p <= 0.05
        worse, better = sure and shift.low > 0 and shift.mean > floor, sure and shift.high < 0 and shift.mean < -floor
        verdict = Verdict.REGRESSED if worse else Verdict.IMPROVED if better else Verdict.SAME
        return Shift(family, verdict, shift.mean, shift.low, shift.high, p)
    verdict = verdict_of_pairs(shift, floors.fraction(family), p)
    if _is_small(family, measured, floors):
        verdict = Verdict.SAME
    return Shift(family, verdict, as_change(shift.mean), as_change(shift.low), as_change(shift.high), p, seconds)


def _seconds(family: str, measured: Sequence[Any]) -> tuple[float, float] | None:
    both = [each.seconds[family] for each in measured if isinstance(each, Measured) and family in each.seconds]
    if not both:
        return None
    base, candidate = (median(side) for side in zip(*both, strict=True))
    return base, candidate


def _is_small(family: str, measured: Sequence[Any], floors: Floors) -> bool:
    """Whether a family moved by fewer seconds than count, however large that is of its own time."""
    seconds = _seconds(family, measured)
    return seconds is not None and abs(seconds[1] - seconds[0]) < floors.seconds(family)


def _own_floors(floors: Floors, measured: Sequence[Any]) -> Floors:
    marker = next((each.marker for each in measured if isinstance(each, Measured)), {})
    return floors.of_marker(marker)


def _count_shifts(measured: Sequence[Any]) -> list[Shift]:
    last = next((each for each in reversed(measured) if isinstance(each, Measured)), None)
    found = []
    for name, (before, after) in ({} if last is None else last.counts).items():
        verdict = Verdict.REGRESSED if after > before else Verdict.IMPROVED if after < before else Verdict.SAME
        found.append(Shift(name, verdict, after - before, after - before, after - before))
    return found


def _not_compared(key: str, comparison: Comparison) -> Finding | None:
    pairs = (*comparison.first, *comparison.more)
    for pair in pairs:
        ended = pair.get(key)
        if not isinstance(ended, Ended):
            continue
        (base, candidate), (base_reason, reason) = ended.outcomes, ended.reasons
        if candidate == "failed":
            return Finding(key, Verdict.FAILED, reason)
        if base == "failed":
            return Finding(key, Verdict.FAILED, f"on the base's side: {base_reason}")
        if base == "skipped" and candidate == "skipped":
            return _skipped(key, pairs, reason)
        if candidate == "skipped":
            return Finding(key, Verdict.MISSING, f"the base has it, and the candidate skips it: {reason}")
        return Finding(key, Verdict.NO_BASELINE, f"the base skips it: {base_reason}")
    return None


def _skipped(key: str, pairs: Sequence[Pair], reason: str) -> Finding:
    """Nothing has changed for a benchmark that neither side ever runs; one that is run at times was not compared."""
    if any(isinstance(each.get(key), Measured) for each in pairs):
        return Finding(key, Verdict.FAILED, f"skipped in one pair and not in another: {reason}")
    return Finding(key, Verdict.SAME, f"skipped on both sides: {reason}")


def _drift(pairs: Sequence[Pair]) -> PairsShift | None:
    """How much slower the machine itself was on the candidate's side, if it was for sure."""
    values = []
    for pair in pairs:
        canaries = [value for each in pair.values() if isinstance(each, Measured) for value in each.canaries]
        if canaries:
            values.append(median(canaries))
    if len(values) < FIRST_PAIRS:
        return None
    shift = of_pairs(values)
    return shift if verdict_of_pairs(shift, PAIRS_FLOOR, shift.p) is Verdict.REGRESSED else None
