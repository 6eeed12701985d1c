"""Run an A/B comparison from a request to a report."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from framegate.errors import ComparisonError
from framegate.gate.ab import MORE_PAIRS, Pair, Turn, conclude, measure
from framegate.gate.floors import PAIRS_FLOOR, parse_floors
from framegate.gate.launches import Say
from framegate.gate.pairs import Delay, run_pair
from framegate.gate.sides import Request, Sides, check_own, open_sides
from framegate.gate.verdicts import WHOLE_RUN, Finding, GateReport, Verdict
from framegate.gate.worker.messages import Collection, Finished, Measure
from framegate.gate.workers import workers
from framegate.work import long_work


def decide(
    request: Request,
    say: Say,
    *,
    floor: float | None = None,
    seed: int | None = None,
    more: int = MORE_PAIRS,
    is_wanted: Callable[[str], bool] = lambda _: True,
    is_allowed_missing: Callable[[str], bool] = lambda _: False,
) -> GateReport:
    """Compare, and report the findings.

    Args:
        request: the two sides.
        say: function that is called with each line of progress.
        floor: the smallest change that counts, in place of the ini file's for all families.
        seed: decides on the order of blocks; a random one is taken, and reported, where none is given.
        more: number of pairs in stage two.
        is_wanted: function that tells by its key whether a benchmark is compared.
        is_allowed_missing: whether one may be on one side only.

    Raises:
        ComparisonError: the sides cannot be compared; a worker that ends later is a verdict.
        UsageError: a floor cannot be parsed.
    """
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    with ExitStack() as opened:
        with long_work("preparing both sides, and collecting their benchmarks"):
            sides = opened.enter_context(open_sides(request))
        floors = parse_floors(sides.settings["gate_floor"], PAIRS_FLOOR)
        floors = floors if floor is None else replace(floors, general=floor)
        keys = [pair for pair in sides.keys if is_wanted(pair[1])]
        gone = [key for key in sides.only_base if is_wanted(key) and not is_allowed_missing(key)]
        pairs = Pairs(sides, keys, say, random.Random(seed))  # noqa: S311 # an order, no secret
        title = f"{sides.candidate.label} against {sides.base.label}"
        if sides.instruments[0] != sides.instruments[1]:
            finding = Finding(WHOLE_RUN, Verdict.OTHER, _watched(sides))
            return GateReport(title, (finding,), sides.notes, {"mode": "ab"})
        try:
            comparison = measure(pairs, floors, more=more)
        except ComparisonError as error:
            return GateReport(title, (Finding(WHOLE_RUN, Verdict.FAILED, str(error)),), sides.notes, {"mode": "ab"})
        findings = (
            *_with_both_names(conclude(comparison, floors, pairs.pair_s), dict(keys)),
            *(Finding(key, Verdict.MISSING, "present in the base, missing in the candidate") for key in gone),
            *(
                Finding(key, Verdict.NO_BASELINE, "not present in the base")
                for key in sides.only_candidate
                if is_wanted(key) and not is_allowed_missing(key)
            ),
        )
        if all(finding.verdict is Verdict.SAME and not finding.shifts for finding in findings):
            findings += (Finding(WHOLE_RUN, Verdict.NOTHING, "no benchmark was measured on both sides"),)
        return GateReport(
            title,
            findings,
            sides.notes,
            {"mode": "ab", "seed": seed, "pairs": [len(comparison.first), len(comparison.more)]},
        )


def _watched(sides: Sides) -> str:
    base, candidate = (", ".join(names) or "none" for names in sides.instruments)
    return f"instruments: {candidate}, and on the base's side {base}; run both with the same, or without"


def _with_both_names(findings: Sequence[Finding], names: dict[str, str]) -> tuple[Finding, ...]:
    """Findings by both names of their benchmarks, where these differ."""
    return tuple(
        finding
        if names[finding.benchmark] == finding.benchmark
        else replace(finding, benchmark=f"{names[finding.benchmark]} against {finding.benchmark}")
        for finding in findings
    )


class Pairs:
    """Launches pairs of workers, and says how long it will take.

    Args:
        sides: both sides.
        keys: benchmarks, by their names on either side.
        say: function that is called with each line of progress.
        chance: random numbers that decide on the order.
        delays: experiments, for ``framegate aa-check``.
    """

    def __init__(
        self,
        sides: Sides,
        keys: Sequence[tuple[str, str]],
        say: Say,
        chance: random.Random,
        delays: Sequence[Delay] = (),
    ) -> None:
        self._sides, self._keys = sides, keys
        self._say, self._chance, self._delays = say, chance, delays
        self._seconds: list[float] = []

    def __call__(self, benchmarks: Sequence[str] | None, turn: Turn) -> Pair:
        """Measure a pair of fresh launches, of all benchmarks or of those that are wanted."""
        keys = [pair for pair in self._keys if benchmarks is None or pair[0] in benchmarks]
        if not keys:
            return {}
        started = time.monotonic()
        ahead = self._left(turn, turn.count - turn.number + 1) if self._seconds else ""
        with long_work(f"{turn}{ahead}"), workers([self._sides.base, self._sides.candidate]) as pair:
            for index, worker in enumerate(pair):
                worker.send(Measure([names[index] for names in keys]))
            for worker in pair:
                worker.receive(Collection)
            measured = run_pair(pair, keys, self._chance, self._delays)
            for worker in pair:
                # What a benchmark imports in its own time is known only now.
                check_own(worker.side, self._sides.repository, worker.receive(Finished).files, self._sides.prefixes)
        self._seconds.append(time.monotonic() - started)
        many = f"{len(keys)} benchmark{'' if len(keys) == 1 else 's'}"
        self._say(f"{turn}: {many} in {self._seconds[-1]:.0f} s{self._left(turn, turn.count - turn.number)}")
        return measured

    @property
    def pair_s(self) -> float | None:
        """Seconds that a pair took, of those that were measured last."""
        return median(self._seconds[-3:]) if self._seconds else None

    def _left(self, turn: Turn, pairs: int) -> str:
        """The time of so many more pairs."""
        left = median(self._seconds[-turn.number :]) * pairs
        return f", about {left:.0f} s left in this stage" if left else ""
