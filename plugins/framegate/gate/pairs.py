"""One pair of launches: two warm workers, of which one is active at a time, and blocks of both in random order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil, log
from statistics import median
from typing import Any

from framegate.errors import ComparisonError
from framegate.gate.samples import FRAME_S, both_counts, checked_seconds, memory_of, p95
from framegate.gate.verdicts import MISSED, P95, TOTAL
from framegate.gate.worker.messages import Block, Finished, LetGo, Outcome, Ready, Stored, Timings
from framegate.gate.workers import Worker
from framegate.results.parts import Memory

BLOCK_PAIRS = 6
"""Blocks of each side in a pair. They alternate in random order, so that a machine which slows down slows both."""
ROUNDS = 5
"""Rounds of a block, of which the fastest counts; fewer where one takes longer than 0.1 s."""
ROUND_S = 1e-3
"""A round of a faster function is as many calls as fill this, so that the clock's step does not matter."""


@dataclass(frozen=True)
class Ended:
    """A benchmark that could not be compared in a pair: how it ended on either side."""

    outcomes: tuple[str, str]
    reasons: tuple[str, str]


@dataclass
class Measured:
    """A benchmark in one pair.

    Attributes:
        ratios: family -> ln(candidate/base); a difference of shares for ``missed``.
        seconds: family -> (base, candidate): the median of the blocks' values.
        counts: exact count -> (base, candidate).
        memory: family -> bytes, of the base's process and of the candidate's.
        marker: arguments of its ``gate`` marker.
        canaries: ln(candidate/base) of the machine's own speed, one per pair of blocks.
        delayed: the same as ``ratios``, for each delay that was put in.
        rounds_s: seconds of every round, of the base and of the candidate; by delay, and under ``""`` without any.
    """

    ratios: dict[str, float]
    seconds: dict[str, tuple[float, float]]
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    memory: tuple[dict[str, int], dict[str, int]] = field(default_factory=lambda: ({}, {}))
    marker: dict[str, Any] = field(default_factory=dict)
    canaries: list[float] = field(default_factory=list)
    delayed: dict[str, dict[str, float]] = field(default_factory=dict)
    rounds_s: dict[str, tuple[list[float], list[float]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Delay:
    """Work that is added to the candidate's side, as a fraction of the benchmark's whole time.

    Attributes:
        name: the experiment's name.
        fraction: the work, as a fraction of the time of a call.
        stage: the stage that it is put into; None is the stage that takes the longest.
    """

    name: str
    fraction: float
    stage: str | None = None


Both = tuple[Timings, Timings]
"""A block of the base and one of the candidate."""


class _EndedEarly(Exception):
    """A benchmark that failed in one of its blocks."""

    def __init__(self, worker: Worker, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.worker, self.outcome = worker, outcome


def run_pair(
    sides: Sequence[Worker], keys: Sequence[tuple[str, str]], chance: random.Random, delays: Sequence[Delay] = ()
) -> dict[str, Measured | Ended]:
    """Measure every benchmark of a pair, in the order in which both sides come to them.

    Args:
        sides: base and candidate, both having said what they collected.
        keys: a benchmark's names on either side; the first is its key in what is returned.
        chance: random numbers that decide which side goes first.
        delays: slowdowns that are measured as well, each as an experiment of its own.

    Raises:
        ComparisonError: a worker ended, or the two sides do not run the same benchmarks in the same order.
    """
    return {names[0]: _compare(sides, names, chance, delays) for names in keys}


def _compare(
    sides: Sequence[Worker], names: tuple[str, str], chance: random.Random, delays: Sequence[Delay]
) -> Measured | Ended:
    """Measure the benchmark that both sides come to next, and wait for its end on both."""
    states = [_next_state(worker, key) for worker, key in zip(sides, names, strict=True)]
    outcomes = {worker: state for worker, state in zip(sides, states, strict=True) if isinstance(state, Outcome)}
    measured = None
    if not outcomes:
        try:
            measured = _measure(sides, [state for state in states if isinstance(state, Ready)], chance, delays)
        except _EndedEarly as early:
            outcomes[early.worker] = early.outcome
    stored = [_let_go(worker) for worker in sides if worker not in outcomes]
    base, candidate = (outcomes.get(worker) or worker.receive(Outcome) for worker in sides)
    if measured is None or not base.outcome == candidate.outcome == "passed":
        return Ended((base.outcome, candidate.outcome), (base.reason, candidate.reason))
    return replace(
        measured,
        counts=both_counts(stored[0].extra_info, stored[1].extra_info),
        memory=(memory_of(Memory.read(stored[0].extra_info)), memory_of(Memory.read(stored[1].extra_info))),
    )


def _next_state(worker: Worker, key: str) -> Ready | Outcome:
    """The state in which a worker comes to a benchmark."""
    state = worker.receive(Ready, Outcome, Finished)
    if isinstance(state, Finished) or state.key != key:
        actual = "its end" if isinstance(state, Finished) else state.key
        raise ComparisonError(
            f"{worker.side.label} came to {actual} where {key} was expected; both sides have to run the same"
            " benchmarks in the same order"
        )
    return state


def _run(worker: Worker, block: Block) -> Timings:
    worker.send(block)
    answer = worker.receive(Timings, Outcome)
    if isinstance(answer, Outcome):
        raise _EndedEarly(worker, answer)
    return answer


def _let_go(worker: Worker) -> Stored:
    worker.send(LetGo())
    return worker.receive(Stored)


def _measure(
    sides: Sequence[Worker], ready: Sequence[Ready], chance: random.Random, delays: Sequence[Delay]
) -> Measured:
    plain = _plain_block(ready)
    first = [_run(worker, plain) for worker in sides]
    plans = {"": plain} | {delay.name: _delayed(plain, delay, first[0]) for delay in delays}
    blocks: dict[str, list[Both]] = {name: [] for name in plans}
    for _ in range(BLOCK_PAIRS):
        names = list(plans)
        chance.shuffle(names)
        for name in names:
            order = [0, 1]
            chance.shuffle(order)
            timings = {side: _run(sides[side], plans[name] if side else plain) for side in order}
            blocks[name].append((timings[0], timings[1]))
    ratios = {name: _ratios(pairs) for name, pairs in blocks.items()}
    undelayed = ratios.pop("")
    return Measured(
        ratios={family: value for family, (value, _) in undelayed.items()},
        seconds={family: both for family, (_, both) in undelayed.items() if both is not None},
        marker=dict(ready[1].marker),
        canaries=[log(candidate.canary_s / base.canary_s) for base, candidate in blocks[""]],
        rounds_s={name: _pooled(pairs) for name, pairs in blocks.items()},
        delayed={name: {family: value for family, (value, _) in values.items()} for name, values in ratios.items()},
    )


def _plain_block(ready: Sequence[Ready]) -> Block:
    """As many rounds and calls as the slower side has time for."""
    seconds = max(side.seconds for side in ready)
    repeats = all(side.repeats for side in ready)
    iterations = ceil(ROUND_S / max(seconds, 1e-8)) if repeats and seconds < ROUND_S else 1
    return Block(ROUNDS if seconds <= 0.1 else 2 if seconds <= 0.5 else 1, iterations)


def _delayed(plain: Block, delay: Delay, timings: Timings) -> Block:
    stages = {name: min(values) for name, values in timings.stages_s.items()}
    stage = delay.stage or max(stages, key=stages.__getitem__, default=TOTAL)
    return replace(plain, delay_s=delay.fraction * min(timings.rounds_s), delayed=stage if stage in stages else TOTAL)


def _ratios(blocks: Sequence[Both]) -> dict[str, tuple[float, tuple[float, float] | None]]:
    """Family -> (value of the pair, seconds on both sides)."""
    times = {
        TOTAL: [(checked_seconds(base.rounds_s), checked_seconds(candidate.rounds_s)) for base, candidate in blocks]
    }
    for name in blocks[0][0].stages_s:
        if all(name in side.stages_s for both in blocks for side in both):
            times[name] = [(base.stages_s[name], candidate.stages_s[name]) for base, candidate in blocks]
    values: dict[str, tuple[float, tuple[float, float] | None]] = {
        name: _ratio(seconds) for name, seconds in times.items()
    }
    base_s, candidate_s = _pooled(blocks)
    if len(base_s) >= BLOCK_PAIRS * ROUNDS:
        slow = (p95(base_s), p95(candidate_s))
        values[P95] = (log(slow[1] / slow[0]), slow)
    if "inference" in blocks[0][0].stages_s:
        shares = [sum(seconds > FRAME_S for seconds in side) / len(side) for side in (base_s, candidate_s)]
        values[MISSED] = (shares[1] - shares[0], None)
    return values


def _ratio(blocks: Sequence[tuple[Sequence[float], Sequence[float]]]) -> tuple[float, tuple[float, float]]:
    """The median of ln(candidate/base), and both sides' medians, of the fastest rounds of blocks."""
    base, candidate = ([_fastest(both[side]) for both in blocks] for side in (0, 1))
    ratios = [log(after / before) for before, after in zip(base, candidate, strict=True)]
    return median(ratios), (median(base), median(candidate))


def _fastest(seconds: Sequence[float]) -> float:
    """A nanosecond at least, as a stage may be too short for the clock."""
    return max(min(checked_seconds(seconds, may_be_zero=True)), 1e-9)


def _pooled(blocks: Sequence[Both]) -> tuple[list[float], list[float]]:
    base_s, candidate_s = ([seconds for both in blocks for seconds in both[side].rounds_s] for side in (0, 1))
    return base_s, candidate_s
