"""From evidence and floors to findings: the gate's rules, each of them once, for either way of measuring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import log1p
from statistics import median

from framegate.gate.evidence import Estimate, Evidence, Excuse, Sample
from framegate.gate.floors import Floors
from framegate.gate.statistics import CANARY_REACH, adjust, as_change, verdict_of
from framegate.gate.verdicts import MEMORY, MISSED, TOTAL, Finding, Shift, Verdict, worst_of

LEAST_BYTES = 8 << 20
"""What allocators and threads make two launches of the same code differ by; a smaller change does not count."""


def judge(
    evidence: Sequence[Evidence], floors: Mapping[str, Floors], excuse: Excuse | None = None
) -> tuple[Finding, ...]:
    """A finding per benchmark, in the order of the evidence.

    Args:
        evidence: all that was collected, as p is corrected over all of it.
        floors: the smallest changes that count, of each benchmark that was compared.
        excuse: how much slower the machine itself was, if it was.
    """
    # A family that was not tested counts in the correction as well: it was looked at.
    p_values = adjust(
        {
            (benchmark.key, family): 1.0 if sample.estimate.p is None else sample.estimate.p
            for benchmark in evidence
            for family, sample in benchmark.families.items()
        }
    )
    return tuple(
        benchmark.finding or _finding(benchmark, p_values, floors[benchmark.key], excuse) for benchmark in evidence
    )


def _finding(
    evidence: Evidence, p_values: Mapping[tuple[str, str], float], floors: Floors, excuse: Excuse | None
) -> Finding:
    times = [
        _shift(family, sample, p_values[evidence.key, family], floors) for family, sample in evidence.families.items()
    ]
    times.sort(key=lambda shift: shift.family != TOTAL)
    finding = of_shifts(
        evidence.key, [*times, *_count_shifts(evidence.counts), *memory_shifts(*evidence.memory, floors)]
    )
    if finding.verdict is Verdict.INCONCLUSIVE:
        return replace(finding, reason=evidence.unsure)
    if (
        finding.verdict is Verdict.REGRESSED
        and excuse is not None
        and all(_is_excused(shift, excuse) for shift in finding.worst())
    ):
        return replace(finding, verdict=Verdict.INCONCLUSIVE, reason=excuse.reason)
    return finding


def _shift(family: str, sample: Sample, corrected_p: float, floors: Floors) -> Shift:
    estimate, limit = sample.estimate, floors.limit(family)
    p = None if estimate.p is None else corrected_p
    verdict = estimate.verdict(limit, p)
    # Only times can be too noisy to tell.
    if is_small(sample, floors.seconds(family)) or (family == MISSED and verdict is Verdict.INCONCLUSIVE):
        verdict = Verdict.SAME
    change, low, high = estimate.change, *estimate.interval(limit)
    least = estimate.least(limit)
    if family != MISSED:
        change, low, high = map(as_change, (change, low, high))
        least = None if least is None else as_change(least)
    return Shift(family, verdict, change, low, high, p, sample.seconds, least)


def is_small(sample: Sample, seconds: float) -> bool:
    """Whether a family moved by too few seconds to count, however large a share of its own time that is."""
    return sample.seconds is not None and abs(sample.seconds[1] - sample.seconds[0]) < seconds


def _count_shifts(counts: Mapping[str, tuple[int, int]]) -> Iterator[Shift]:
    """Counts do not vary by chance, so every change counts."""
    for name, (base, candidate) in counts.items():
        change = candidate - base
        yield Shift(name, verdict_of(change, 0), change, change, change)


def memory_shifts(
    base: Sequence[Mapping[str, int]], candidate: Sequence[Mapping[str, int]], floors: Floors
) -> Iterator[Shift]:
    """The shift of each family of memory that both sides have.

    Bytes vary little from launch to launch, and not by a law. So a median that moved by more than the floor, and by
    more than `LEAST_BYTES`, counts where every launch of one side is above every launch of the other.

    Args:
        base: bytes of each launch, by family.
        candidate: the same of the candidate.
        floors: the smallest changes that count.
    """
    for family in MEMORY:
        before, after = ([launch[family] for launch in side if family in launch] for side in (base, candidate))
        if not (before and after):
            continue
        middle, change = median(before), median(after) / median(before) - 1
        is_apart = min(after) > max(before) or max(after) < min(before)
        sure = is_apart and abs(median(after) - middle) > LEAST_BYTES
        verdict = verdict_of(change, floors.fraction(family), sure=sure)
        yield Shift(family, verdict, change, min(after) / middle - 1, max(after) / middle - 1)


def _is_excused(shift: Shift, excuse: Excuse) -> bool:
    """Whether the machine may be the cause: it can make times longer and frames late, but leaks nothing."""
    if shift.is_share:
        return excuse.explains_missed
    return shift.seconds is not None and log1p(shift.change) <= excuse.most


def slow_machine(
    estimate: Estimate, floor: float, reason: str, *, reach: float = CANARY_REACH, explains_missed: bool = False
) -> Excuse | None:
    """The excuse of a machine that was slower itself, which is judged as a benchmark is; None if it was not for sure.

    Args:
        estimate: the shift of the machine's own time.
        floor: the smallest change that counts.
        reason: the sentence that the user reads, with ``{share}`` where the change belongs.
        reach: how many times the machine's own change the benchmarks may have changed.
        explains_missed: whether it explains missed frames, too.
    """
    if estimate.verdict(log1p(floor), estimate.p) is not Verdict.REGRESSED:
        return None
    share = f"{100 * as_change(estimate.change):.0f} %"
    return Excuse(reach * estimate.change, reason.format(share=share), explains_missed)


def of_shifts(benchmark: str, shifts: Iterable[Shift]) -> Finding:
    """The finding of a benchmark whose families were compared: the worst of theirs.

    A family that is merely noisy does not hide that others have not changed: ``inconclusive`` is the benchmark's
    verdict only if it is that of its total. Work that moved from one stage to another is no regression.
    """
    shifts = tuple(shifts)
    total = next((shift.verdict for shift in shifts if shift.family == TOTAL), Verdict.INCONCLUSIVE)
    moved = _moved(shifts, total)
    counted = [shift for shift in shifts if not (moved and shift.is_stage)]
    others = [shift.verdict for shift in counted if shift.verdict is not Verdict.INCONCLUSIVE]
    verdict = worst_of([total, *others])
    if verdict is Verdict.IMPROVED and total is Verdict.SAME:
        verdict = Verdict.SAME
    return Finding(benchmark, verdict, moved, shifts)


def _moved(shifts: Iterable[Shift], total: Verdict) -> str:
    """The stages that took over work from others, in words; empty if none did, or if the whole became slower.

    A slower stage may be paid for by a faster total, or by other stages that became faster by as many seconds.
    """
    stages = {shift: shift.seconds[1] - shift.seconds[0] for shift in shifts if shift.is_stage and shift.seconds}
    slower = {shift: change for shift, change in stages.items() if shift.verdict is Verdict.REGRESSED}
    faster = {shift: change for shift, change in stages.items() if shift.verdict is Verdict.IMPROVED}
    is_paid_for = total is Verdict.IMPROVED or sum(slower.values()) <= -sum(faster.values())
    if not slower or total is Verdict.REGRESSED or not is_paid_for:
        return ""
    lost, gained = (", ".join(shift.family for shift in part) for part in (slower, faster))
    return f"slower: {lost}; faster: {gained or 'the total'}, by as much or more, so work has moved"
