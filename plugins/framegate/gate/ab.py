"""The mode that decides: base and candidate in pairs of fresh launches, in two stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from statistics import median

from framegate.gate.evidence import Evidence, Excuse, Sample
from framegate.gate.floors import PAIRS_FLOOR, Floors
from framegate.gate.judge import is_small, judge, slow_machine
from framegate.gate.pairs import Ended, Measured
from framegate.gate.statistics import SLOWER, PairsShift, first_look, of_pairs, pairs_needed
from framegate.gate.verdicts import MISSED, TOTAL, Finding, Verdict

FIRST_PAIRS, MORE_PAIRS = 5, 10
"""Pairs of stage one, which only sorts out what has not moved, and of stage two, which decides by itself: had stage one
a say in it too, what moved by chance would count twice."""

Pair = Mapping[str, Measured | Ended]


@dataclass(frozen=True)
class Turn:
    """A pair's number and the count of pairs; as text, the words for it in a line of progress."""

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
    """Measure all benchmarks, and then again those that the first pairs did not settle."""
    pairs = [run_pair(None, Turn(number, first)) for number in range(1, first + 1)]
    open_keys = [key for key in pairs[0] if unsettled(key, pairs, floors)]
    if not open_keys:
        return Comparison(pairs, ())
    what = f"{len(open_keys)} of {len(pairs[0])} benchmarks again, "
    return Comparison(pairs, [run_pair(open_keys, Turn(number, more, what)) for number in range(1, more + 1)])


def unsettled(key: str, pairs: Sequence[Pair], floors: Floors) -> bool:
    """Whether any family of a benchmark moved by so much in stage one that stage two has to look at it."""
    measured = _measured(key, pairs)
    if len(measured) < len(pairs):
        return False
    own = _own_floors(floors, measured)
    return any(
        abs(sample.estimate.change) > first_limit(family, own) and not is_small(sample, own.seconds(family))
        for family, sample in _samples(measured, first_look).items()
    )


def first_limit(family: str, floors: Floors) -> float:
    """2 % where the floor is 3 %, and as much more or less as the floor is; no more than 2 % for the total."""
    if family == MISSED:
        return floors.fraction(MISSED) * 2 / 3
    scaled = log1p(floors.fraction(family) * 2 / 3)
    return min(scaled, SLOWER) if family == TOTAL else scaled


def conclude(comparison: Comparison, floors: Floors, pair_s: float | None = None) -> tuple[Finding, ...]:
    """A finding per benchmark.

    Args:
        comparison: all pairs that were measured.
        floors: the smallest changes that count.
        pair_s: seconds of a pair of launches, from which the time of more pairs is estimated.
    """
    keys = list(comparison.first[0]) if comparison.first else []
    own = {key: _own_floors(floors, _measured(key, (*comparison.more, *comparison.first))) for key in keys}
    evidence = [_evidence(key, comparison, own[key], pair_s) for key in keys]
    return judge(evidence, own, _excuse(comparison.more))


def _evidence(key: str, comparison: Comparison, floors: Floors, pair_s: float | None) -> Evidence:
    finding = _not_compared(key, (*comparison.first, *comparison.more))
    if finding is not None:
        return Evidence(key, finding)
    again = _measured(key, comparison.more)
    measured = again or _measured(key, comparison.first)
    families = _samples(measured, of_pairs if again else first_look)
    return Evidence(
        key,
        families=families,
        counts=measured[-1].counts,
        memory=([pair.memory[0] for pair in measured], [pair.memory[1] for pair in measured]),
        unsure=_what_settles_it(families[TOTAL], len(measured), floors, pair_s),
    )


def _what_settles_it(total: Sample, count: int, floors: Floors, pair_s: float | None) -> str:
    limit = floors.limit(TOTAL)
    low, high = total.estimate.interval(limit)
    needed = pairs_needed(count, (high - low) / 2, limit)
    if needed is None:
        return "no number of pairs settles a floor of 0 %"
    about = "" if pair_s is None else f", which would take about {max(1, round(needed * pair_s / 60))} min"
    return f"--pairs {needed} would settle it in such noise{about}"


def _measured(key: str, pairs: Iterable[Pair]) -> list[Measured]:
    return [measured for pair in pairs if isinstance(measured := pair.get(key), Measured)]


def _samples(measured: Sequence[Measured], estimate: Callable[[Sequence[float]], PairsShift]) -> dict[str, Sample]:
    """The families of a benchmark, without those for which some pairs had too few rounds."""
    return {
        family: Sample(estimate([pair.ratios[family] for pair in measured]), _seconds(family, measured))
        for family in measured[0].ratios
        if all(family in pair.ratios for pair in measured)
    }


def _seconds(family: str, measured: Sequence[Measured]) -> tuple[float, float] | None:
    both = [pair.seconds[family] for pair in measured if family in pair.seconds]
    if not both:
        return None
    base, candidate = (median(side) for side in zip(*both, strict=True))
    return base, candidate


def _own_floors(floors: Floors, measured: Sequence[Measured]) -> Floors:
    return floors.of_marker(measured[0].marker) if measured else floors


def _not_compared(key: str, pairs: Sequence[Pair]) -> Finding | None:
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
    """The finding on a skipped benchmark: unchanged if neither side ever runs it, or else not compared."""
    if any(isinstance(pair.get(key), Measured) for pair in pairs):
        return Finding(key, Verdict.FAILED, f"skipped in one pair and not in another: {reason}")
    return Finding(key, Verdict.SAME, f"skipped on both sides: {reason}")


def _excuse(pairs: Sequence[Pair]) -> Excuse | None:
    """The excuse of a machine that was certainly slower on the candidate's side."""
    values = []
    for pair in pairs:
        measured = [benchmark for benchmark in pair.values() if isinstance(benchmark, Measured)]
        if canaries := [value for benchmark in measured for value in benchmark.canaries]:
            values.append(median(canaries))
    if len(values) < FIRST_PAIRS:
        return None
    reason = "the machine itself was slower on the candidate's side by {share}; try again"
    return slow_machine(of_pairs(values), PAIRS_FLOOR, reason, explains_missed=True)
