"""One pair of launches: two warm workers, of which one is active at a time, and blocks of both in random order."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log
from statistics import median
from typing import Any

from framegate.errors import ComparisonError
from framegate.gate.fingerprint import section
from framegate.gate.samples import FRAME_S, both_counts, checked, memory_of, p95
from framegate.gate.verdicts import MISSED, P95, TOTAL
from framegate.gate.workers import Worker

BLOCK_PAIRS = 6
ROUNDS = 5
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
        canaries: ln(candidate/base) of the machine's own speed, one a pair of blocks.
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
    """Work that is put into the candidate's side, as a fraction of the benchmark's whole time.

    Attributes:
        name: of the experiment.
        fraction: of the time of a call.
        stage: where it goes; None is the stage that takes the longest.
    """

    name: str
    fraction: float
    stage: str | None = None


class Conversation:
    """What a worker says of the benchmark in hand; keeps what belongs to a later one."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.finished: dict[str, Any] | None = None

    def next_state(self) -> dict[str, Any]:
        """``ready``, ``outcome`` or ``finished``, whichever comes next."""
        while True:
            message = self.worker.receive()
            if "finished" in message:
                self.finished = message
            if {"ready", "outcome", "finished"} & message.keys():
                return message

    def block(self, rounds: int, iterations: int, delay: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Have a block of rounds run."""
        self.worker.send(block={"rounds": rounds, "iterations": iterations}, delay=delay)
        message = self.worker.receive()
        if "outcome" in message:
            raise _EndedEarly(self, message)
        return message

    def let_go(self) -> dict[str, Any]:
        """Have the benchmark end; what it stored about itself."""
        self.worker.send(go="on")
        return self.worker.receive()


class _EndedEarly(Exception):
    """A benchmark that failed in one of its blocks."""

    def __init__(self, talk: Conversation, message: dict[str, Any]) -> None:
        super().__init__(str(message))
        self.talk, self.message = talk, message


Progress = Callable[[str], None]


def run_pair(
    sides: Sequence[Worker],
    keys: Sequence[tuple[str, str]],
    chance: random.Random,
    progress: Progress,
    delays: Sequence[Delay] = (),
) -> dict[str, Measured | Ended]:
    """Measure every benchmark of a pair, in the order in which both sides come to them.

    Args:
        sides: base and candidate, both having said what they collected.
        keys: what the benchmark is called on either side; the first is its key in what is returned.
        chance: decides which side goes first.
        progress: told of each benchmark.
        delays: experiments, each of which runs besides the comparison itself.

    Raises:
        ComparisonError: a worker ended, or the two sides do not run the same benchmarks in the same order.
    """
    talks = [Conversation(worker) for worker in sides]
    found: dict[str, Measured | Ended] = {}
    for pair in keys:
        progress(pair[0])
        states = [talk.next_state() for talk in talks]
        for talk, state, key in zip(talks, states, pair, strict=True):
            named = state.get("ready", state.get("key"))
            if named != key:
                raise ComparisonError(
                    f"{talk.worker.side.label} came to {named or 'its end'} where {key} was expected; both sides have"
                    " to run the same benchmarks in the same order"
                )
        found[pair[0]] = _compare(talks, states, chance, delays)
    return found


def _compare(
    talks: Sequence[Conversation], states: Sequence[dict[str, Any]], chance: random.Random, delays: Sequence[Delay]
) -> Measured | Ended:
    """Measure a benchmark to which both sides have come, and see it end on both."""
    ended = {talk: state for talk, state in zip(talks, states, strict=True) if "outcome" in state}
    measured = None
    if not ended:
        try:
            measured = _measure(talks, states, chance, delays)
        except _EndedEarly as early:
            ended[early.talk] = early.message
    infos = [talk.let_go() for talk in talks if talk not in ended]
    endings = [ended.get(talk) or talk.next_state() for talk in talks]
    if measured is None or any(state["outcome"] != "passed" for state in endings):
        return _ended(endings)
    base, candidate = (section(info, "extra_info") for info in infos)
    measured.counts = both_counts(base, candidate)
    measured.memory = (memory_of(base), memory_of(candidate))
    return measured


def _measure(
    talks: Sequence[Conversation], states: Sequence[Mapping[str, Any]], chance: random.Random, delays: Sequence[Delay]
) -> Measured:
    seconds = max(state["seconds"] for state in states)
    repeats = all(state["repeats"] for state in states)
    iterations = ceil(ROUND_S / max(seconds, 1e-8)) if repeats and seconds < ROUND_S else 1
    rounds = ROUNDS if seconds <= 0.1 else 2 if seconds <= 0.5 else 1
    experiments = {"": None} | {each.name: each for each in delays}
    blocks: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {name: [] for name in experiments}
    first = [talk.block(rounds, iterations) for talk in talks]
    plans = {name: _plan(each, first[0]) for name, each in experiments.items()}
    for _ in range(BLOCK_PAIRS):
        names = list(experiments)
        chance.shuffle(names)
        for name in names:
            order = [0, 1]
            chance.shuffle(order)
            taken = {side: talks[side].block(rounds, iterations, plans[name] if side else None) for side in order}
            blocks[name].append((taken[0], taken[1]))
    ratios = {name: _ratios(each) for name, each in blocks.items()}
    plain = ratios.pop("")
    return Measured(
        ratios={family: value for family, (value, _) in plain.items()},
        seconds={family: both for family, (_, both) in plain.items() if both is not None},
        marker=dict(states[1]["marker"]),
        canaries=[log(after["canary_s"] / before["canary_s"]) for before, after in blocks[""]],
        rounds_s={name: _pooled(each) for name, each in blocks.items()},
        delayed={name: {family: value for family, (value, _) in each.items()} for name, each in ratios.items()},
    )


def _plan(delay: Delay | None, block: Mapping[str, Any]) -> dict[str, Any] | None:
    if delay is None:
        return None
    stages = {name: min(values) for name, values in block["stages_s"].items()}
    stage = delay.stage or max(stages, key=stages.__getitem__, default=TOTAL)
    return {"stage": stage if stage in stages else TOTAL, "seconds": delay.fraction * min(block["rounds_s"])}


Both = tuple[Mapping[str, Any], Mapping[str, Any]]


def _ratios(blocks: Sequence[Both]) -> dict[str, tuple[float, tuple[float, float] | None]]:
    """Family -> (value of the pair, seconds on both sides)."""
    found: dict[str, tuple[float, tuple[float, float] | None]] = {}

    def add(family: str, seconds_of: Callable[[Mapping[str, Any]], Sequence[float]]) -> None:
        values = [tuple(max(min(checked_or_zero(seconds_of(side))), 1e-9) for side in both) for both in blocks]
        base, candidate = (median(side) for side in zip(*values, strict=True))
        found[family] = (median(log(after / before) for before, after in values), (base, candidate))

    add(TOTAL, lambda block: checked(block["rounds_s"]))
    for name in blocks[0][0]["stages_s"]:
        if all(name in side["stages_s"] for both in blocks for side in both):
            add(name, lambda block, name=name: block["stages_s"][name])  # type: ignore[misc]  # a lambda with a default
    base_s, candidate_s = _pooled(blocks)
    if len(base_s) >= BLOCK_PAIRS * ROUNDS:
        slow = (p95(base_s), p95(candidate_s))
        found[P95] = (log(slow[1] / slow[0]), slow)
    if "inference" in blocks[0][0]["stages_s"]:
        shares = [sum(seconds > FRAME_S for seconds in each) / len(each) for each in (base_s, candidate_s)]
        found[MISSED] = (shares[1] - shares[0], None)
    return found


def _pooled(blocks: Sequence[Both]) -> tuple[list[float], list[float]]:
    base_s, candidate_s = ([seconds for both in blocks for seconds in both[side]["rounds_s"]] for side in (0, 1))
    return base_s, candidate_s


def checked_or_zero(seconds: Sequence[float]) -> Sequence[float]:
    """A stage's times, where all of them may be too short for the clock."""
    return checked(seconds) if any(seconds) else [0.0]


def _ended(states: Sequence[Mapping[str, Any]]) -> Ended:
    outcomes = [str(state["outcome"]) for state in states]
    reasons = [str(state.get("reason", "")) for state in states]
    return Ended((outcomes[0], outcomes[1]), (reasons[0], reasons[1]))
