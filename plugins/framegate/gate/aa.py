"""How often the gate flags identical code and finds a slowdown, by drawing runs from measured pairs."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from math import exp, log
from statistics import mean, median

from framegate.errors import ComparisonError
from framegate.gate.ab import FIRST_PAIRS, MORE_PAIRS, Pair, Turn, conclude, measure
from framegate.gate.evidence import Estimate, Evidence, Sample
from framegate.gate.floors import STORED_FLOOR, Floors
from framegate.gate.judge import judge
from framegate.gate.pairs import Delay, Measured
from framegate.gate.statistics import against_history, verdict_of
from framegate.gate.verdicts import PASSES, TOTAL, Verdict
from framegate.gate.workers import end
from framegate.processes import running
from framegate.report.table import render_table

DELAYS = (Delay("+5 %", 0.05), Delay("+10 %", 0.10))
NOTHING = ""
STORED_RUNS, LAUNCHES = 10, 5
LEAST_PAIRS = FIRST_PAIRS + MORE_PAIRS
COMPARE_FAIL: Mapping[str, Callable[[Sequence[float]], float]] = {"mean": mean, "median": median, "min": min}
COMPARE_FAIL_LIMIT = 0.05
"""What a project without the gate would write: ``--benchmark-compare-fail=min:5%``."""


@dataclass(frozen=True)
class Rates:
    """What a rule does, as shares.

    Attributes:
        rule: name of the rule.
        alarms: benchmarks of identical code that it flags.
        suite_alarms: runs of all benchmarks, identical, in which it flags any.
        detected: delay -> share of the runs in which the delayed benchmark is flagged.
        unsure: benchmarks of identical code of which it says that it cannot tell.
    """

    rule: str
    alarms: float
    suite_alarms: float
    detected: Mapping[str, float]
    unsure: float = 0.0


def rates(pairs: Sequence[Pair], floors: Floors, trials: int, chance: random.Random) -> list[Rates]:
    """Both of the gate's rules, and pytest-benchmark's, on the same pairs.

    Every trial draws its pairs, each at most once, so ``LEAST_PAIRS`` are needed. In trials with a delay one benchmark
    is delayed and the others are not, so an alarm of any other is false.

    Args:
        pairs: pairs that were measured with ``DELAYS``; those in which a benchmark failed are left out.
        floors: the smallest changes that count in A/B.
        trials: number of drawn runs, for each rule and delay.
        chance: random numbers that decide what is drawn.

    Raises:
        ComparisonError: too few pairs measured every benchmark.
    """
    keys = [key for key, measured in pairs[0].items() if isinstance(measured, Measured)]
    usable = [pair for pair in pairs if all(isinstance(pair.get(key), Measured) for key in keys)]
    if not keys or len(usable) < LEAST_PAIRS:
        raise ComparisonError(
            f"{len(usable)} of {len(pairs)} pairs measured all of {len(keys)} benchmarks; {LEAST_PAIRS} are needed"
        )
    compared = {f"--benchmark-compare-fail={name}:5%": _compare_fail(of) for name, of in COMPARE_FAIL.items()}
    rules: dict[str, _Rule] = {"framegate ab": _ab(floors), "pytest --gate": _stored, **compared}
    return [_rates(name, rule, usable, keys, trials, chance) for name, rule in rules.items()]


_Rule = Callable[[Sequence[Pair], Sequence[str], str, str, random.Random], Mapping[str, Verdict]]
"""Pairs, benchmarks, the one that is delayed, by which delay, and chance -> the verdict on each benchmark."""


def _rates(
    name: str, rule: _Rule, pairs: Sequence[Pair], keys: Sequence[str], trials: int, chance: random.Random
) -> Rates:
    flagged = suites = unsure = 0
    for _ in range(trials):
        verdicts = rule(pairs, keys, keys[0], NOTHING, chance)
        alarms = [key for key, verdict in verdicts.items() if verdict not in PASSES]
        flagged += len(alarms)
        suites += bool(alarms)
        unsure += sum(verdict is Verdict.INCONCLUSIVE for verdict in verdicts.values())
    detected = {}
    for delay in DELAYS:
        hits = 0
        for trial in range(trials):
            key = keys[trial % len(keys)]
            hits += rule(pairs, keys, key, delay.name, chance)[key] is Verdict.REGRESSED
        detected[delay.name] = hits / trials
    count = trials * len(keys)
    return Rates(name, flagged / count, suites / trials, detected, unsure / count)


def _ab(floors: Floors) -> _Rule:
    def rule(
        pairs: Sequence[Pair], keys: Sequence[str], delayed: str, delay: str, chance: random.Random
    ) -> Mapping[str, Verdict]:
        drawn = iter(chance.sample(pairs, LEAST_PAIRS))

        def draw(selection: Sequence[str] | None, _: Turn) -> Pair:
            pair = next(drawn)
            names = keys if selection is None else selection
            return {key: _as_measured(pair, key, delay if key == delayed else NOTHING) for key in names}

        return {finding.benchmark: finding.verdict for finding in conclude(measure(draw, floors), floors)}

    return rule


def _as_measured(pair: Pair, key: str, delay: str) -> Measured:
    measured = pair[key]
    assert isinstance(measured, Measured)  # noqa: S101 # `rates` has left out all others
    if delay == NOTHING:
        return measured
    ratios = measured.delayed[delay]
    slower = {
        family: (base, base * exp(ratios[family])) for family, (base, _) in measured.seconds.items() if family in ratios
    }
    return replace(measured, ratios=ratios, seconds=slower)


def _stored(
    pairs: Sequence[Pair], keys: Sequence[str], delayed: str, delay: str, chance: random.Random
) -> Mapping[str, Verdict]:
    shuffled = chance.sample(pairs, len(pairs))
    now, past = shuffled[:LAUNCHES], shuffled[LAUNCHES:]
    accepted = [chance.sample(past, LAUNCHES) for _ in range(STORED_RUNS)]

    def estimate(key: str) -> Estimate:
        after = [log(min(_rounds(pair, key, delay if key == delayed else NOTHING, 1))) for pair in now]
        return against_history(after, [[log(min(_rounds(pair, key, NOTHING, 0))) for pair in run] for run in accepted])

    evidence = [Evidence(key, families={TOTAL: Sample(estimate(key))}) for key in keys]
    findings = judge(evidence, dict.fromkeys(keys, Floors(general=STORED_FLOOR)))
    return {finding.benchmark: finding.verdict for finding in findings}


def _compare_fail(of: Callable[[Sequence[float]], float]) -> _Rule:
    def rule(
        pairs: Sequence[Pair], keys: Sequence[str], delayed: str, delay: str, chance: random.Random
    ) -> Mapping[str, Verdict]:
        then, now = chance.sample(pairs, 2)

        def verdict(key: str) -> Verdict:
            after, before = (
                of(_rounds(now, key, delay if key == delayed else NOTHING, 1)),
                of(_rounds(then, key, NOTHING, 0)),
            )
            return verdict_of(after / before - 1, COMPARE_FAIL_LIMIT)

        return {key: verdict(key) for key in keys}

    return rule


def _rounds(pair: Pair, key: str, delay: str, side: int) -> Sequence[float]:
    measured = pair[key]
    assert isinstance(measured, Measured)  # noqa: S101 # see _as_measured
    return measured.rounds_s[delay][side]


def rates_table(title: str, rows: Sequence[Rates]) -> str:
    """Shares in percent: false alarms per benchmark and per run, what it cannot tell, and each delay found."""
    columns = ["", "false alarms", "in a run", "cannot tell", *(f"{delay.name} found" for delay in DELAYS)]
    return render_table(title, columns, [_row(row) for row in rows])


def _row(rates: Rates) -> list[str]:
    shares = [rates.alarms, rates.suite_alarms, rates.unsure, *(rates.detected[delay.name] for delay in DELAYS)]
    return [rates.rule, *(f"{100 * share:.1f} %" for share in shares)]


_WORK = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""
"""Ends when the process that started it has ended."""


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Keep as many cores busy for the length of a block."""
    with ExitStack() as started:
        for _ in range(count):
            started.enter_context(running(_start, end))
        yield


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _WORK], start_new_session=True)  # noqa: S603 # see _WORK
